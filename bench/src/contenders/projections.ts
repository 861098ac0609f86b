import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import {
  createProjectionTable,
  createStreamHandler,
  DynamoDbCheckpointStore,
  dynamoDbProjection,
  type Projection,
  projection,
} from '@castore-dynamodb/streams';

import { toItem } from '../data/items.js';
import type { Contender, ContenderOptions, CreateContender } from './contender.js';
import { countingStore } from './countingStore.js';

/** `projection`, with a handler that does nothing: what it costs to handle each event in order, and to remember it. */
export const ourProjection: CreateContender = options => {
  const { eventStore, dynamoDbClient, tableName } = prepare(options);
  const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
  const nothing = projection({
    name: 'nothing',
    eventStores: [eventStore],
    checkpoints,
    on: { POKEMON_LEVELED_UP: () => {} },
  });
  return handle(nothing, dynamoDbClient, tableName);
};

/** `dynamoDbProjection`, with a view for each aggregate. */
export const ourDynamoDbProjection: CreateContender = options => {
  const { eventStore, dynamoDbClient, tableName } = prepare(options);
  const levels = dynamoDbProjection({
    name: 'levels',
    eventStores: [eventStore],
    tableName,
    dynamoDbClient,
    initialView: { levels: 0 },
    key: ({ aggregateId }) => aggregateId,
    project: { POKEMON_LEVELED_UP: (view, { payload }) => ({ levels: view.levels + payload.level }) },
  });
  return handle(levels, dynamoDbClient, tableName);
};

const prepare = ({ config, tableName }: ContenderOptions) => {
  const dynamoDbClient = new DynamoDBClient(config);
  const eventStore = countingStore(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
  return { eventStore, dynamoDbClient, tableName: `views-${process.pid}` };
};

/** Gets batches as a Lambda function does. */
const handle = (handled: Projection, client: DynamoDBClient, tableName: string): Contender => {
  const handler = createStreamHandler({ projections: [handled] });
  return {
    client,
    seed: () => createProjectionTable(client, { tableName }),
    project: async events => {
      const { batchItemFailures } = await handler({ Records: events.map(toRecord) });
      if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} events were not handled.`);
    },
  };
};

const toRecord = (event: EventDetail, index: number) => ({
  dynamodb: { NewImage: toItem(event), SequenceNumber: String(index + 1) },
});
