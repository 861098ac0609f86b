import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStorageAdapter } from '@castore/core';
import {
  DynamoDBSingleTableEventStorageAdapter,
  LegacyDynamoDBEventStorageAdapter,
} from '@castore/event-storage-adapter-dynamodb';
import {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  type EventTableLayout,
} from '@castore-dynamodb/adapter';

import { CASTORES_IN_MEMORY_ADAPTER } from './castoresInMemoryAdapter.js';
import type { KnownFailures, TestedAdapter } from './testedAdapter.js';

export interface TestedDynamoDbAdapter extends TestedAdapter {
  layout: EventTableLayout;
  createAdapter: (tableName: string, client: DynamoDBClient) => EventStorageAdapter;
}

export const OUR_ADAPTERS: readonly TestedDynamoDbAdapter[] = [
  {
    name: 'DynamoDbSingleTableEventStorageAdapter',
    package: '@castore-dynamodb/adapter',
    column: 'ours, single table',
    layout: 'single-table',
    createAdapter: (tableName, client) =>
      new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient: client }),
    knownFailures: { always: [] },
  },
  {
    name: 'DynamoDbSingleTableEventStorageAdapter({ initialEventShards: 4 })',
    package: '@castore-dynamodb/adapter',
    column: 'ours, single table, sharded index',
    layout: 'single-table',
    createAdapter: (tableName, client) =>
      new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient: client, initialEventShards: 4 }),
    knownFailures: { always: [] },
  },
  {
    name: 'DynamoDbEventStorageAdapter',
    package: '@castore-dynamodb/adapter',
    column: 'ours, table per store',
    layout: 'table-per-store',
    createAdapter: (tableName, client) => new DynamoDbEventStorageAdapter({ tableName, dynamoDbClient: client }),
    knownFailures: { always: [] },
  },
];

/** What Castore's two DynamoDB adapters have in common. */
const CASTORES_DYNAMODB_FAILURES = {
  always: [
    'what pushEvent returns is read',
    'an undefined timestamp is now',
    'versions are positive integers',
    'incomplete events are refused',
    'hostile keys are data',
    'nothing is altered in silence',
    'an empty range has no events',
    'limit is exact',
    'limit is exact in large aggregates',
    'an empty time range lists nothing',
    'the last page has no token',
    'a page token that is none is refused',
    'an altered page token is refused',
    'a forged page token is refused',
    'what pushEventGroup returns is read',
    'an undefined timestamp is none in a group',
    "a group's timestamp spreads",
    'different timestamps in a group are refused',
    "a group's conflict names its event",
    'what cannot be kept keeps its group out',
    'a group never goes to the wrong place',
  ],
  only: {
    'dynamodb-local': [
      'a huge limit is no limit',
      'senseless limits are refused',
      'ids are never cut or mended',
      'senseless listing limits are refused',
      'the range may move while paging',
    ],
  },
} as const satisfies KnownFailures;

const { always, only } = CASTORES_DYNAMODB_FAILURES;

export const CASTORES_DYNAMODB_ADAPTERS: readonly TestedDynamoDbAdapter[] = [
  {
    name: 'DynamoDBSingleTableEventStorageAdapter',
    package: '@castore/event-storage-adapter-dynamodb',
    column: "Castore's, single table",
    layout: 'single-table',
    createAdapter: (tableName, dynamoDBClient) =>
      new DynamoDBSingleTableEventStorageAdapter({ tableName, dynamoDBClient }),
    knownFailures: {
      always: [...always, 'ids do not run together'],
      only: { ...only, dynoxide: ["another event store's page token is refused"] },
    },
  },
  {
    name: 'LegacyDynamoDBEventStorageAdapter',
    package: '@castore/event-storage-adapter-dynamodb',
    column: "Castore's, legacy",
    layout: 'table-per-store',
    createAdapter: (tableName, dynamoDBClient) => new LegacyDynamoDBEventStorageAdapter({ tableName, dynamoDBClient }),
    knownFailures: { always: [...always, "another event store's page token is refused"], only },
  },
];

export const TESTED_ADAPTERS: readonly TestedAdapter[] = [
  ...OUR_ADAPTERS,
  ...CASTORES_DYNAMODB_ADAPTERS,
  CASTORES_IN_MEMORY_ADAPTER,
];
