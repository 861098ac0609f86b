import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb';

import { EVENT_STORE_ID } from '../data/events.js';
import type { CreateContender } from './contender.js';
import { countingStore } from './countingStore.js';

/** Castore's own adapter, that all others are compared with. */
export const castore: CreateContender = ({ config, tableName, aggregateId }) => {
  const client = new DynamoDBClient(config);
  const adapter = new DynamoDBSingleTableEventStorageAdapter({ tableName, dynamoDBClient: client });
  const context = { eventStoreId: EVENT_STORE_ID };
  const eventStore = countingStore(adapter);
  return {
    client,
    read: async onFirst => {
      const { events } = await adapter.getEvents(aggregateId, context);
      onFirst();
      return events;
    },
    load: async () => (await eventStore.getAggregate(aggregateId)).aggregate?.levels,
    push: async event => void (await adapter.pushEvent(event, context)),
  };
};
