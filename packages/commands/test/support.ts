import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventStorageAdapter, EventStore, EventType } from '@castore/core';
import {
  createEventTable,
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  type EventTableLayout,
} from '@castore-dynamodb/adapter';

import { describeOnEveryEngine, type TestEngine, uniqueTableName } from '../../../test-support/engines.js';
import { type RecordedRequest, recordRequests } from '../../../test-support/recordRequests.js';

export interface Account {
  aggregateId: string;
  version: number;
  balance: number;
}

/** An event store whose events add up, so that none may be lost or happen twice. */
export const createAccounts = (eventStorageAdapter: EventStorageAdapter, eventStoreId = 'ACCOUNTS') =>
  new EventStore({
    eventStoreId,
    eventTypes: [
      new EventType<'DEPOSITED', { amount: number; by?: string }>({ type: 'DEPOSITED' }),
      new EventType<'CLOSED'>({ type: 'CLOSED' }),
    ],
    reducer: (account: Account | undefined, event): Account => ({
      aggregateId: event.aggregateId,
      version: event.version,
      balance: (account?.balance ?? 0) + (event.type === 'DEPOSITED' ? event.payload.amount : 0),
    }),
    eventStorageAdapter,
  });

export type Accounts = ReturnType<typeof createAccounts>;

export interface TestTable {
  engine: TestEngine;
  layout: EventTableLayout;
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  accounts: Accounts;
  /** The same event store by a client of its own, or with other options. */
  connect: (options?: { dynamoDbClient?: DynamoDBClient; gapless?: boolean; eventStoreId?: string }) => Accounts;
  /** Every request since the last test began. */
  requests: RecordedRequest[];
}

/** Runs the tests on every engine and layout, each with a table of its own. */
export const describeOnEveryTable = (
  name: string,
  tests: (context: TestTable) => void,
  layouts: readonly EventTableLayout[] = ['single-table', 'table-per-store'],
): void => {
  describeOnEveryEngine(name, engine => {
    for (const layout of layouts) {
      describe(`in layout ${layout}`, () => {
        const tableName = uniqueTableName('commands');
        const dynamoDbClient = engine.client();
        const requests = recordRequests(dynamoDbClient);
        const Adapter =
          layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
        const connect: TestTable['connect'] = ({ eventStoreId, ...options } = {}) =>
          createAccounts(new Adapter({ tableName, dynamoDbClient, ...options }), eventStoreId);

        beforeAll(() => createEventTable(dynamoDbClient, { tableName, layout }));
        beforeEach(() => void requests.splice(0));
        afterAll(() => deleteEventTable(dynamoDbClient, { tableName }));

        tests({ engine, layout, tableName, dynamoDbClient, accounts: connect(), connect, requests });
      });
    }
  });
};

let lastAggregate = 0;
export const newAggregateId = (): string => `account-${++lastAggregate}`;

export const deposit = (aggregateId: string, version: number, amount = 1) =>
  ({ aggregateId, version, type: 'DEPOSITED', payload: { amount } }) as const;

/** `Query 1`: the operations, in the order in which they were sent, and what each cost. */
export const costs = (requests: readonly RecordedRequest[]): string[] =>
  requests.map(({ operation, units }) => `${operation} ${units}`);

export const operations = (requests: readonly RecordedRequest[]): string[] =>
  requests.map(({ operation }) => operation);

export const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail, and did not.');
};
