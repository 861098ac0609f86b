import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

import { EVENT_STORE_ID } from '../data/events.js';
import { readFirst } from './readFirst.js';

void readFirst((dynamoDbClient, tableName) => {
  const adapter = new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient });
  return async aggregateId => (await adapter.getEvents(aggregateId, { eventStoreId: EVENT_STORE_ID })).events;
});
