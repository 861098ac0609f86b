import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  Command,
  type CommandInput,
  type CommandOutput,
  type EventStore,
  type OnEventAlreadyExistsCallback,
  tuple,
} from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { InMemorySnapshotStorage, withSnapshots } from '@castore-dynamodb/snapshots';
import { expectTypeOf } from 'expect-type';

import {
  type AggregateCheck,
  appendEvents,
  pushEventsTransaction,
  retryOnConflict,
  runOnce,
  unchanged,
} from '../src/index.js';
import { type Accounts, createAccounts } from './support.js';

const accounts = createAccounts(new InMemoryEventStorageAdapter());

// retryOnConflict goes into a Command, whose types stay what they are.
const deposit = new Command({
  commandId: 'DEPOSIT',
  requiredEventStores: tuple(accounts),
  ...retryOnConflict({ retries: 5, firstDelayMs: 10, maxDelayMs: 1_000 }),
  handler: async ({ amount }: { amount: number }, [store]) => {
    expectTypeOf(store).toExtend<EventStore>();
    return { amount };
  },
});
expectTypeOf(deposit.handler({ amount: 1 }, [accounts])).resolves.toEqualTypeOf<{ amount: number }>();
expectTypeOf(retryOnConflict().onEventAlreadyExists).toEqualTypeOf<OnEventAlreadyExistsCallback>();
// @ts-expect-error: a misspelt option
retryOnConflict({ maxDelay: 1 });

// appendEvents takes the event store's events, without their places, and gives them back with them.
type AccountEvent = NonNullable<Accounts['_types']>['details'];
const events = await appendEvents(accounts, 'a', [
  { type: 'DEPOSITED', payload: { amount: 1 } },
  { type: 'DEPOSITED', payload: { amount: 1, by: 'ash' }, timestamp: '2026-01-01T00:00:00.000Z' },
  { type: 'CLOSED' },
]);
expectTypeOf(events).toEqualTypeOf<AccountEvent[]>();
const withThem = withSnapshots(accounts, { storage: new InMemorySnapshotStorage(), reducerVersion: '1' });
expectTypeOf(appendEvents(withThem, 'a', [{ type: 'CLOSED' }], { retries: 3 })).resolves.toEqualTypeOf<
  AccountEvent[]
>();
// Events of any event store, when nothing is known of it.
await appendEvents(accounts as EventStore, 'a', [{ type: 'ANY', payload: { a: 1 }, metadata: 1 }]);

// @ts-expect-error: an event type of another event store
await appendEvents(accounts, 'a', [{ type: 'OPENED' }]);
// @ts-expect-error: the payload of another event type
await appendEvents(accounts, 'a', [{ type: 'DEPOSITED', payload: { sum: 1 } }]);
// @ts-expect-error: a payload that is missing
await appendEvents(accounts, 'a', [{ type: 'DEPOSITED' }]);
// @ts-expect-error: a payload for a type that has none
await appendEvents(accounts, 'a', [{ type: 'CLOSED', payload: 1 }]);
// @ts-expect-error: the version is for appendEvents to find
await appendEvents(accounts, 'a', [{ type: 'CLOSED', version: 1 }]);
// @ts-expect-error: an event that is not in an array
await appendEvents(accounts, 'a', { type: 'CLOSED' });
// @ts-expect-error: no event store
await appendEvents({ eventStoreId: 'ACCOUNTS' }, 'a', [{ type: 'CLOSED' }]);
// @ts-expect-error: a misspelt option
await appendEvents(accounts, 'a', [{ type: 'CLOSED' }], { retry: 1 });

// unchanged is for pushEventsTransaction.
expectTypeOf(unchanged(withThem, 'a', 0)).toEqualTypeOf<AggregateCheck>();
const { eventGroup } = await pushEventsTransaction(
  [accounts.groupEvent({ aggregateId: 'a', version: 1, type: 'CLOSED' })],
  { checks: [unchanged(accounts, 'b', 3)] },
);
expectTypeOf(eventGroup[0].event).toEqualTypeOf<AccountEvent>();
// @ts-expect-error: no version
unchanged(accounts, 'b');
// @ts-expect-error: a check that is none
await pushEventsTransaction([accounts.groupEvent({ aggregateId: 'a', version: 1, type: 'CLOSED' })], { checks: ['b'] });

// runOnce makes a command of the same types.
declare const dynamoDbClient: DynamoDBClient;
const table = { tableName: 'results', dynamoDbClient, days: 7 };
const once = runOnce({ command: deposit, ...table, key: ({ amount }) => String(amount) });
expectTypeOf(once).toEqualTypeOf<typeof deposit>();
expectTypeOf<CommandInput<typeof once>>().toEqualTypeOf<{ amount: number }>();
expectTypeOf<CommandOutput<typeof once>>().toEqualTypeOf<{ amount: number }>();
expectTypeOf(once.handler({ amount: 1 }, [accounts])).resolves.toEqualTypeOf<{ amount: number }>();
// @ts-expect-error: an input of another command
await once.handler({ sum: 1 }, [accounts]);
// @ts-expect-error: a key of a member that the input has not
runOnce({ command: deposit, ...table, key: ({ id }) => id });
// @ts-expect-error: a key that is no string
runOnce({ command: deposit, ...table, key: ({ amount }) => amount });
// @ts-expect-error: no days
runOnce({ command: deposit, tableName: 'results', dynamoDbClient, key: () => '' });
// @ts-expect-error: no command
runOnce({ command: () => undefined, ...table, key: () => '' });
