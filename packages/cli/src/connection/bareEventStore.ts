import { EventStore } from '@castore/core';
import {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  type EventTable,
} from '@castore-dynamodb/adapter';

/** An event store of which nothing but its table is known: its events are read as they are stored. */
export const bareEventStore = ({ tableName, dynamoDbClient, layout }: EventTable, eventStoreId: string): EventStore => {
  const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
  return new EventStore({
    eventStoreId,
    eventTypes: [],
    reducer: (_: unknown, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter: new Adapter({ tableName, dynamoDbClient }),
  });
};
