import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventStorageAdapter, EventStore, EventType } from '@castore/core';
import type { EventTableLayout } from '@castore-dynamodb/adapter';
import type { TestEngine } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import type { RecordedRequest } from '@castore-dynamodb/testing/recordRequests';

export { costs, newAggregateId, operations, rejection } from '@castore-dynamodb/testing/eventTables';

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
  layouts?: readonly EventTableLayout[],
): void =>
  describeOnEveryLayout(
    name,
    ({ tableNames: { events: tableName }, ...tables }) => {
      const { layout, dynamoDbClient } = tables;
      const connect: TestTable['connect'] = ({ eventStoreId, ...options } = {}) =>
        createAccounts(newAdapter(layout, { tableName, dynamoDbClient, ...options }), eventStoreId);
      tests({ ...tables, tableName, accounts: connect(), connect });
    },
    { layouts },
  );

export const deposit = (aggregateId: string, version: number, amount = 1) =>
  ({ aggregateId, version, type: 'DEPOSITED', payload: { amount } }) as const;
