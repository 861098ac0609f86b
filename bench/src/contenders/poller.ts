import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { InMemoryCheckpointStore, projection, StreamPoller } from '@castore-dynamodb/streams';

import { EVENT_STORE_ID } from '../data/events.js';
import type { CreateContender } from './contender.js';
import { countingStore } from './countingStore.js';

/** A push that ends when a handler has got the event, through the table's stream. */
export const poller: CreateContender = ({ config }) => {
  const dynamoDbClient = new DynamoDBClient(config);
  const tableName = `streamed-${process.pid}`;
  const adapter = new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient });
  let handled = (): void => {};
  const checkpoints = new InMemoryCheckpointStore();
  const waiting = projection({
    name: 'waiting',
    eventStores: [countingStore(adapter)],
    checkpoints,
    on: { POKEMON_LEVELED_UP: () => handled() },
  });
  return {
    client: dynamoDbClient,
    seed: async () => {
      await createEventTable(dynamoDbClient, { tableName, layout: 'single-table', stream: true });
      const dynamoDbStreamsClient = new DynamoDBStreamsClient(config);
      const projections = [waiting];
      await new StreamPoller({
        name: 'poller',
        projections,
        checkpoints,
        dynamoDbStreamsClient,
        pollIntervalMs: 100,
      }).start();
    },
    push: async event => {
      const isHandled = new Promise<void>(resolve => (handled = resolve));
      // There is no version 1: the pushes begin after the events that are read elsewhere.
      await adapter.pushEvent({ ...event, version: event.version - 1 }, { eventStoreId: EVENT_STORE_ID });
      await isHandled;
    },
  };
};
