import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { allTransformations } from '@castore-dynamodb/testing/allTransformations';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';
import { isSoak } from '@castore-dynamodb/testing/preset';

import { describeDynamoDbAdapters } from './describeDynamoDbAdapters.js';
import type { TestedDynamoDbAdapter } from './testedAdapters.js';

const transformations = allTransformations(useObjectServer());

const ADAPTERS: TestedDynamoDbAdapter[] = [
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
];

// What transforms events knows nothing of layouts, so that one of them is enough within npm test.
describeDynamoDbAdapters(ADAPTERS.filter(({ layout }) => isSoak || layout === 'single-table'));
