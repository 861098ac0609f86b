import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { sealed } from '@castore-dynamodb/testing/transformations';

import { describeDynamoDbAdapters } from './describeDynamoDbAdapters.js';

const transformations = [sealed('inner'), sealed('outer', { key: 0x33, isLater: true })];

describeDynamoDbAdapters([
  {
    name: 'DynamoDbSingleTableEventStorageAdapter with transformations',
    package: '@castore-dynamodb/adapter',
    column: 'ours, single table, transformed',
    layout: 'single-table',
    createAdapter: (tableName, dynamoDbClient) =>
      new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient, transformations }),
    knownFailures: { always: [] },
  },
  {
    name: 'DynamoDbEventStorageAdapter with transformations',
    package: '@castore-dynamodb/adapter',
    column: 'ours, table per store, transformed',
    layout: 'table-per-store',
    createAdapter: (tableName, dynamoDbClient) =>
      new DynamoDbEventStorageAdapter({ tableName, dynamoDbClient, transformations }),
    knownFailures: { always: [] },
  },
]);
