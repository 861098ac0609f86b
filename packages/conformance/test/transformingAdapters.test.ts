import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { allTransformations } from '@castore-dynamodb/testing/allTransformations';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';
import { preset } from '@castore-dynamodb/testing/preset';

import { describeDynamoDbAdapters } from './describeDynamoDbAdapters.js';
import type { TestedDynamoDbAdapter } from './testedAdapters.js';

const transformations = allTransformations(useObjectServer());

const adapters: readonly TestedDynamoDbAdapter[] = [
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

// What is transformed is one event, whatever the layout.
describeDynamoDbAdapters(preset({ quick: adapters.slice(0, 1), soak: adapters }));
