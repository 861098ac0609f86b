import { EventStore } from '@castore/core';
import {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  type EventTable,
} from '@castore-dynamodb/adapter';

/**
 * An event store of which nothing but its table is known: its events are read as they are stored.
 *
 * @param shards over how many keys of the index its aggregates are spread; 0 if they are not
 */
export const bareEventStore = (
  { tableName, dynamoDbClient, layout }: EventTable,
  eventStoreId: string,
  shards = 0,
): EventStore =>
  new EventStore({
    eventStoreId,
    eventTypes: [],
    reducer: (_: unknown, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter:
      layout === 'single-table'
        ? new DynamoDbSingleTableEventStorageAdapter({
            tableName,
            dynamoDbClient,
            ...(shards > 0 && { initialEventShards: shards }),
          })
        : new DynamoDbEventStorageAdapter({ tableName, dynamoDbClient }),
  });
