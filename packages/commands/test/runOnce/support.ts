import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Command, tuple } from '@castore/core';
import { deleteEventTable, type EventTableLayout } from '@castore-dynamodb/adapter';
import { createProjectionTable } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';

import { runOnce } from '../../src/index.js';
import { type Accounts, describeOnEveryTable, newAggregateId, type TestTable } from '../support.js';

export interface DepositInput {
  aggregateId: string;
  /** What is the same for each repetition. */
  requestId: string;
  amount?: number;
}

export interface DepositResult {
  balance: number;
  version: number;
  timestamp: string;
}

/** Deposits, and tells what came of it. `onRun` is called at the beginning of each run of the handler. */
export const depositCommand = (accounts: Accounts, onRun: (input: DepositInput) => unknown = () => {}, retries = 2) =>
  new Command({
    commandId: 'DEPOSIT',
    requiredEventStores: tuple(accounts),
    eventAlreadyExistsRetries: retries,
    handler: async (input: DepositInput, [store]): Promise<DepositResult> => {
      await onRun(input);
      const { aggregateId, amount = 1, requestId } = input;
      const { aggregate } = await store.getAggregate(aggregateId);
      const version = (aggregate?.version ?? 0) + 1;
      const { event, nextAggregate } = await store.pushEvent(
        { aggregateId, version, type: 'DEPOSITED', payload: { amount, by: requestId } },
        aggregate === undefined ? {} : { prevAggregate: aggregate },
      );
      return { balance: nextAggregate?.balance ?? 0, version: event.version, timestamp: event.timestamp };
    },
  });

export interface OnceTable extends TestTable {
  resultTable: string;
  /** `runOnce` with the request's id as its key. */
  once: <COMMAND extends Command>(command: COMMAND, client?: DynamoDBClient) => COMMAND;
  /** A command of any handler, which acts once. */
  commandOf: <OUTPUT>(
    handler: (store: Accounts, input: DepositInput) => Promise<OUTPUT>,
    retries?: number,
  ) => Command<string, [Accounts], [Accounts], DepositInput, OUTPUT>;
  /** What was deposited, an event each; the type of any other event. */
  amountsOf: (aggregateId: string) => Promise<unknown[]>;
}

export const describeWithResults = (
  name: string,
  tests: (context: OnceTable) => void,
  layouts?: readonly EventTableLayout[],
): void =>
  describeOnEveryTable(
    name,
    context => {
      const { accounts, dynamoDbClient } = context;
      const resultTable = uniqueTableName('results');
      beforeAll(() => createProjectionTable(dynamoDbClient, { tableName: resultTable }));
      afterAll(() => deleteEventTable(dynamoDbClient, { tableName: resultTable }));
      beforeEach(() => void context.requests.splice(0));

      const once: OnceTable['once'] = (command, client = dynamoDbClient) =>
        runOnce({
          command,
          tableName: resultTable,
          dynamoDbClient: client,
          key: input => (input as DepositInput).requestId,
          days: 7,
        });

      tests({
        ...context,
        resultTable,
        once,
        commandOf: (handler, retries = 2) =>
          once(
            new Command({
              commandId: 'ANY',
              requiredEventStores: tuple(accounts),
              eventAlreadyExistsRetries: retries,
              handler: async (input: DepositInput, [store]) => handler(store, input),
            }),
          ),
        amountsOf: async aggregateId => {
          const { events } = await accounts.getEvents(aggregateId);
          return events.map(event => (event.type === 'DEPOSITED' ? event.payload.amount : event.type));
        },
      });
    },
    layouts,
  );

let lastRequest = 0;
export const newRequestId = (): string => `request-${++lastRequest}`;

export const newInput = (rest: Partial<DepositInput> = {}): DepositInput => ({
  aggregateId: newAggregateId(),
  requestId: newRequestId(),
  ...rest,
});

/** What several must have come by before any of them goes on. */
export const barrier = (count: number): (() => Promise<void>) => {
  let open = (): void => {};
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  let arrived = 0;
  return () => {
    if (++arrived >= count) open();
    return opened;
  };
};
