import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

import { EVENT_STORE_ID } from '../data/events.js';
import type { ContenderOptions, CreateContender } from './contender.js';
import { countingStore } from './countingStore.js';

const context = { eventStoreId: EVENT_STORE_ID };

export const createAdapter = ({ config, tableName }: ContenderOptions) => {
  const dynamoDbClient = new DynamoDBClient(config);
  return { dynamoDbClient, adapter: new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }) };
};

export const ours: CreateContender = options => {
  const { adapter, dynamoDbClient } = createAdapter(options);
  const eventStore = countingStore(adapter);
  return {
    client: dynamoDbClient,
    read: async onFirst => {
      const { events } = await adapter.getEvents(options.aggregateId, context);
      onFirst();
      return events;
    },
    load: async () => (await eventStore.getAggregate(options.aggregateId)).aggregate?.levels,
    push: async event => void (await adapter.pushEvent(event, context)),
  };
};

/** Our `streamEvents`, of whose events nothing is kept. */
export const oursStreaming: CreateContender = options => {
  const { adapter } = createAdapter(options);
  return {
    read: async onFirst => {
      for await (const { version } of adapter.streamEvents(options.aggregateId, context)) if (version === 1) onFirst();
      return [];
    },
  };
};
