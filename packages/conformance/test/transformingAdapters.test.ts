import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { allTransformations } from '@castore-dynamodb/testing/allTransformations';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';

import { describeDynamoDbAdapters } from './describeDynamoDbAdapters.js';

const transformations = allTransformations(useObjectServer());

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
