import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb';

import { EVENT_STORE_ID } from '../data/events.js';
import { readFirst } from './readFirst.js';

void readFirst((dynamoDBClient, tableName) => {
  const adapter = new DynamoDBSingleTableEventStorageAdapter({ tableName, dynamoDBClient });
  return async aggregateId => (await adapter.getEvents(aggregateId, { eventStoreId: EVENT_STORE_ID })).events;
});
