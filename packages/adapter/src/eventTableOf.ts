import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStorageAdapter } from '@castore/core';
import type { EventTableLayout } from '@castore-dynamodb/table';

import { findEventStorage } from './eventStorage.js';

/** Where an adapter keeps its events. */
export interface EventTable {
  /** The table's name or ARN: what the adapter was made with or, where that is a function, what it returned now. */
  readonly tableName: string;
  readonly layout: EventTableLayout;
  /** The adapter's own client. */
  readonly dynamoDbClient: DynamoDBClient;
}

/** Where an adapter keeps its events; undefined for an adapter that is not of this package. */
export const eventTableOf = (adapter: EventStorageAdapter | undefined): EventTable | undefined => {
  const storage = findEventStorage(adapter);
  return (
    storage && {
      tableName: storage.tableName(),
      layout: storage.layout.name,
      dynamoDbClient: storage.dynamoDbClient,
    }
  );
};
