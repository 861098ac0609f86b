import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { GroupedEvent } from '@castore/core';
import type { Fault } from '@castore-dynamodb/testing/faultProxy';
import { impatient } from '@castore-dynamodb/testing/impatient';
import { preset } from '@castore-dynamodb/testing/preset';

import {
  CastoreDynamoDbError,
  createEventTable,
  DynamoDbEventAlreadyExistsError,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  describeEventTable,
} from '../../src/index.js';
import { type Adapter, caught, context, createAdapter, newAggregateId, pushMany, rejection } from '../support.js';
import { always, collectSdkErrors, countOf, describeWithFaults, inTurn } from './faultySupport.js';

/** The faults are the proxy's, whichever engine is behind it. */
const ENGINES = preset<'one' | 'every'>({ quick: 'one', soak: 'every' });

interface Operation {
  request: string;
  run: (adapter: Adapter, aggregateId: string) => Promise<unknown>;
}

const OPERATIONS: Record<string, Operation> = {
  pushEvent: { request: 'PutItem', run: (adapter, id) => adapter.pushEvent(caught(id, 1), context) },
  pushEventGroup: {
    request: 'TransactWriteItems',
    run: (adapter, id) => {
      const group = [1, 2].map(version =>
        Object.assign(adapter.groupEvent(caught(id, version, { timestamp: '2026-01-01T00:00:00.000Z' })), { context }),
      );
      return adapter.pushEventGroup({}, ...(group as [GroupedEvent]));
    },
  },
  getEvents: { request: 'Query', run: (adapter, id) => adapter.getEvents(id, context) },
  streamEvents: { request: 'Query', run: (adapter, id) => adapter.streamEvents(id, context).next() },
  listAggregateIds: { request: 'Query', run: adapter => adapter.listAggregateIds(context) },
};

/** What the SDK makes of faults that do not end. */
const LASTING: [Fault, { name: string; attempts: number }][] = [
  ['reset before', { name: 'Error', attempts: 2 }],
  ['reset after', { name: 'Error', attempts: 2 }],
  ['server error before', { name: 'InternalServerError', attempts: 2 }],
  ['throttling', { name: 'ThrottlingException', attempts: 2 }],
  ['short body', { name: 'SyntaxError', attempts: 1 }],
];

const isWrite = (request: string): boolean => request !== 'Query';

describeWithFaults(
  'a fault that lasts',
  ({ adapter, tableName, layout, proxy, faultyAdapter }) => {
    const operations = Object.entries(OPERATIONS);

    describe.each(LASTING)('(%s)', (fault, { name, attempts }) => {
      it.each(operations)("comes out of %s as the SDK's own error, unchanged", async (_, { request, run }) => {
        const { faulty, client } = faultyAdapter({ maxAttempts: 2 });
        const sdkErrors = collectSdkErrors(client);
        const aggregateId = newAggregateId();
        proxy().choose = always(request, fault);

        const error = await rejection(run(faulty, aggregateId));

        expect(error).not.toBeInstanceOf(CastoreDynamoDbError);
        expect(sdkErrors.has(error as object)).toBe(true);
        expect((error as Error).name).toBe(name);
        expect(error).toMatchObject({ $metadata: { attempts } });

        const { events } = await adapter.getEvents(aggregateId, context);
        expect(new Set(events.map(({ version }) => version)).size).toBe(events.length);
        if (fault.endsWith('before') || fault === 'throttling') expect(events).toStrictEqual([]);
      });
    });

    it("comes out as the SDK's own error after one attempt if the client has only one; the event may be stored", async () => {
      const { faulty, client } = faultyAdapter({ maxAttempts: 1 });
      const sdkErrors = collectSdkErrors(client);
      const event = caught(newAggregateId(), 1);
      proxy().choose = inTurn('PutItem', 'server error after');

      const error = await rejection(faulty.pushEvent(event, context));

      expect(sdkErrors.has(error as object)).toBe(true);
      expect(error).toMatchObject({ name: 'InternalServerError', $metadata: { httpStatusCode: 500, attempts: 1 } });
      expect(countOf(proxy(), 'PutItem')).toBe(1);
      await expect(adapter.getEvents(event.aggregateId, context)).resolves.toStrictEqual({ events: [event] });
      // Nothing tells this push from another one of an equal event, so it must be a conflict.
      const again = await rejection(faulty.pushEvent(event, context));
      expect((again as DynamoDbEventAlreadyExistsError).winningEvent).toStrictEqual(event);
    });

    it.each<[string, Fault]>([
      ['answers never come', 'no answer before'],
      ['answers stop in the middle', 'stalled body'],
    ])("comes out as the SDK's TimeoutError if %s", async (_, fault) => {
      const { faulty, client } = faultyAdapter(impatient(2));
      const sdkErrors = collectSdkErrors(client);
      proxy().choose = always('Query', fault);

      const error = await rejection(faulty.getEvents(newAggregateId(), context));

      expect(sdkErrors.has(error as object)).toBe(true);
      expect(error).toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 2 } });
    });

    describe('while events are read', () => {
      const threeMegabytes = newAggregateId();
      let events: unknown[];

      beforeAll(async () => {
        events = await pushMany(adapter, threeMegabytes, 30, 100 * 1024);
      });

      it.each<Fault>(['reset before', 'cut body', 'slow body', 'stalled body', 'throughput exceeded'])(
        'leaves nothing out: %s on the second page',
        async fault => {
          const { faulty } = faultyAdapter(impatient());
          proxy().choose = inTurn('Query', undefined, fault);

          await expect(faulty.getEvents(threeMegabytes, context)).resolves.toStrictEqual({ events });
        },
      );

      it('has what was written last, even if only consistent reads have it', async () => {
        const { faulty, client } = faultyAdapter();
        proxy().choose = always('Query', 'stale answer');

        await expect(faulty.getEvents(threeMegabytes, context)).resolves.toStrictEqual({ events });
        await expect(faulty.streamEvents(threeMegabytes, context).next()).resolves.toMatchObject({ value: events[0] });
        const gapless = new DynamoDbSingleTableEventStorageAdapter({
          tableName,
          dynamoDbClient: client,
          gapless: true,
        });
        const aggregateId = newAggregateId();
        await adapter.pushEvent(caught(aggregateId, 1), context);
        await expect(gapless.pushEvent(caught(aggregateId, 2), context)).resolves.toMatchObject({ event: {} });
      });

      it('gives no part of them for the whole', async () => {
        const { faulty } = faultyAdapter();
        proxy().choose = inTurn('Query', undefined, 'short body');

        await expect(faulty.getEvents(threeMegabytes, context)).rejects.toMatchObject({ name: 'SyntaxError' });
      });

      it('ends a stream after the events that came', async () => {
        const { faulty, client } = faultyAdapter({ maxAttempts: 1 });
        const sdkErrors = collectSdkErrors(client);
        proxy().choose = inTurn('Query', undefined, 'server error before');
        const streamed: unknown[] = [];
        const reading = (async () => {
          for await (const event of faulty.streamEvents(threeMegabytes, context)) streamed.push(event);
        })();

        const error = await rejection(reading);

        expect(sdkErrors.has(error as object)).toBe(true);
        expect(streamed.length).toBeGreaterThan(0);
        expect(streamed).toStrictEqual(events.slice(0, streamed.length));
      });
    });

    it('does not keep a table from being created and deleted once', async () => {
      const { client } = faultyAdapter();
      const table = { tableName: `${tableName}-2`, layout };
      proxy().choose = inTurn('CreateTable', 'reset after');
      await createEventTable(client, table);
      await expect(describeEventTable(client, table)).resolves.toMatchObject({ status: 'ACTIVE', differences: [] });

      proxy().choose = inTurn('DeleteTable', 'reset after');
      await deleteEventTable(client, table);
      await expect(describeEventTable(client, table)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });
  },
  ENGINES,
);

describeWithFaults(
  'a transaction under way on the same event',
  ({ adapter, proxy, faultyAdapter }) => {
    const writes = Object.entries(OPERATIONS).filter(([, { request }]) => isWrite(request));

    it.each(writes)('is waited for by %s', async (_, { request, run }) => {
      const { faulty } = faultyAdapter();
      const random = jest.spyOn(Math, 'random');
      proxy().choose = inTurn(request, 'transaction conflict', 'transaction conflict', 'transaction conflict');
      const aggregateId = newAggregateId();

      await run(faulty, aggregateId);

      expect(countOf(proxy(), request)).toBe(4);
      expect(random.mock.calls.length).toBeGreaterThanOrEqual(3);
      random.mockRestore();
      const { events } = await adapter.getEvents(aggregateId, context);
      expect(events[0]).toMatchObject({ version: 1 });
    });

    it.each(writes)('is the conflict that it is to %s, after 8 attempts', async (_, { request, run }) => {
      const { faulty, client } = faultyAdapter();
      const sdkErrors = collectSdkErrors(client);
      proxy().choose = always(request, 'transaction conflict');
      const aggregateId = newAggregateId();

      const error = await rejection(run(faulty, aggregateId));

      expect(error).toBeInstanceOf(DynamoDbEventAlreadyExistsError);
      expect(error).toMatchObject({ ...context, aggregateId, winningEvent: undefined });
      // The one that the transaction is about: the last one, as the proxy has it.
      expect(error).toMatchObject({ version: request === 'PutItem' ? 1 : 2 });
      expect(sdkErrors.has((error as Error).cause as object)).toBe(true);
      expect(countOf(proxy(), request)).toBe(8);
      await expect(adapter.getEvents(aggregateId, context)).resolves.toStrictEqual({ events: [] });
    });

    it.each(writes)(
      "is the SDK's own error to %s if the answer to an earlier attempt was lost",
      async (_, operation) => {
        const { request, run } = operation;
        const { faulty, client } = faultyAdapter();
        const sdkErrors = collectSdkErrors(client);
        proxy().choose = inTurn(request, 'reset after', ...Array<Fault>(8).fill('transaction conflict'));
        const aggregateId = newAggregateId();

        const error = await rejection(run(faulty, aggregateId));

        // A conflict would make Castore's command do it again, and it is stored.
        expect(sdkErrors.has(error as object)).toBe(true);
        expect((error as Error).name).toMatch(/^Transaction(Conflict|Canceled)Exception$/);
        expect(countOf(proxy(), request)).toBe(9);
        const { events } = await adapter.getEvents(aggregateId, context);
        expect(events[0]).toMatchObject({ version: 1 });
      },
    );

    it.each(writes)('does not hide an own event from %s', async (_, { request, run }) => {
      const { faulty } = faultyAdapter();
      proxy().choose = inTurn(request, 'reset after', 'transaction conflict');
      const aggregateId = newAggregateId();

      await run(faulty, aggregateId);

      const { events } = await adapter.getEvents(aggregateId, context);
      expect(events.length).toBe(request === 'PutItem' ? 1 : 2);
    });
  },
  ENGINES,
);

/** As a replica of a global table with strong consistency answers. Local engines have no replicas. */
const writeElsewhere = (attempts = 1): Error =>
  Object.assign(new Error('Another region is writing the item.'), {
    name: 'ReplicatedWriteConflictException',
    $metadata: { httpStatusCode: 400, attempts },
  });

const clientThatRefuses = (times: number, attempts?: number) => {
  const state = { sent: 0 };
  const send = async (): Promise<object> => {
    state.sent += 1;
    if (state.sent <= times) throw writeElsewhere(attempts);
    return {};
  };
  return { state, adapter: createAdapter('single-table', 'events', { send } as unknown as DynamoDBClient) };
};

describe('a push that meets a write in another region', () => {
  it.each([1, 3, 7])('is repeated: %i times', async times => {
    const { adapter, state } = clientThatRefuses(times);
    await expect(adapter.pushEvent(caught('pikachu', 1), context)).resolves.toMatchObject({ event: { version: 1 } });
    expect(state.sent).toBe(times + 1);
  });

  it('is a conflict after eight attempts, with the error as its cause', async () => {
    const { adapter, state } = clientThatRefuses(100);
    const error = await rejection(adapter.pushEvent(caught('pikachu', 1), context));
    expect(error).toMatchObject({
      code: 'EventAlreadyExistsError',
      version: 1,
      winningEvent: undefined,
      cause: { name: 'ReplicatedWriteConflictException' },
    });
    expect(state.sent).toBe(8);
  });

  it('fails with that error if an attempt before had no answer, as it may be stored', async () => {
    const { adapter } = clientThatRefuses(100, 2);
    const error = await rejection(adapter.pushEvent(caught('pikachu', 1), context));
    expect(error).toMatchObject({ name: 'ReplicatedWriteConflictException' });
  });
});

describe('a group on tables that take no transactions', () => {
  it("fails with DynamoDB's own error", async () => {
    const refusal = Object.assign(new Error('Transactions are not supported on this table.'), {
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
    const client = { send: () => Promise.reject(refusal) } as unknown as DynamoDBClient;
    const adapter = createAdapter('single-table', 'events', client);
    const [first, second] = [1, 2].map(version =>
      Object.assign(adapter.groupEvent({ aggregateId: 'a', version, type: 'T' }), { context }),
    );
    expect(await rejection(adapter.pushEventGroup({}, first as never, second as never))).toBe(refusal);
  });
});
