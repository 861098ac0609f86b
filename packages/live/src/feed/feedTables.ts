import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStore } from '@castore/core';
import { eventTableOf, InvalidArgumentError } from '@castore-dynamodb/adapter';

/** The tables that event stores lie in, each once. @throws InvalidArgumentError for one that is not in DynamoDB. */
export const tablesOf = (eventStores: readonly EventStore[], dynamoDbClient: DynamoDBClient) => {
  const tables = eventStores.map(({ eventStoreId, eventStorageAdapter }) => {
    const table = eventTableOf(eventStorageAdapter);
    if (table !== undefined) return { ...table, dynamoDbClient };
    throw new InvalidArgumentError(
      'eventStores',
      `event store ${JSON.stringify(eventStoreId)} has no adapter of @castore-dynamodb/adapter, so its events cannot be read.`,
    );
  });
  return [...new Map(tables.map(table => [table.tableName, table])).values()];
};
