import { isDeepStrictEqual } from 'node:util';

import { type Put, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  Command,
  ConnectedEventStore,
  EventStore,
  type GroupedEvent,
  NotificationMessageQueue,
  tuple,
} from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { formatEventForTransaction } from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import { appendEvents, pushEventsTransaction, runOnce, unchanged } from '../../src/index.js';
import { type Accounts, costs, createAccounts, deposit, newAggregateId, operations, rejection } from '../support.js';
import { barrier, type DepositInput, depositCommand, describeWithResults, newRequestId } from './support.js';

describeWithResults('runOnce', context => {
  const { engine, accounts, connect, dynamoDbClient, layout, once, requests, resultTable, tableName } = context;

  const newInput = (rest: Partial<DepositInput> = {}): DepositInput => ({
    aggregateId: newAggregateId(),
    requestId: newRequestId(),
    ...rest,
  });
  const amountsOf = async (aggregateId: string): Promise<unknown[]> => {
    const { events } = await accounts.getEvents(aggregateId);
    return events.map(event => (event.type === 'DEPOSITED' ? event.payload.amount : event.type));
  };

  /** A command of any handler. */
  const commandOf = <OUTPUT>(handler: (store: Accounts, input: DepositInput) => Promise<OUTPUT>, retries = 2) =>
    once(
      new Command({
        commandId: 'ANY',
        requiredEventStores: tuple(accounts),
        eventAlreadyExistsRetries: retries,
        handler: async (input: DepositInput, [store]) => handler(store, input),
      }),
    );

  it('acts once, and answers the same to every later call', async () => {
    const input = newInput();
    let runs = 0;
    const command = once(depositCommand(accounts, () => runs++));
    const first = await command.handler(input, [accounts]);
    expect(first).toStrictEqual({ balance: 1, version: 1, timestamp: expect.any(String) });
    expect(operations(requests)).toStrictEqual(['Query', 'Query', 'TransactWriteItems']);
    // A read of each; in the transaction two for the event, one for its index entry, two for the result.
    const units = requests.map(request => request.units);
    if (engine.engine === 'dynoxide') expect(units).toStrictEqual([expect.any(Number), expect.any(Number), 5]);
    requests.splice(0);

    for (const client of [dynamoDbClient, engine.client()]) {
      const again = once(
        depositCommand(connect(), () => runs++),
        client,
      );
      await expect(again.handler({ ...input }, [connect()])).resolves.toStrictEqual(first);
    }
    expect(costs(requests)).toStrictEqual(['Query 1']);
    expect(runs).toBe(1);
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    const { events } = await accounts.getEvents(input.aggregateId);
    expect(events[0]?.timestamp).toBe(first.timestamp);
  });

  it('acts anew for another key, and for the same key of another command', async () => {
    const input = newInput();
    const command = once(depositCommand(accounts));
    await command.handler(input, [accounts]);
    await command.handler({ ...input, requestId: newRequestId() }, [accounts]);
    const other = depositCommand(accounts);
    await once(Object.assign(other, { commandId: 'DEPOSIT_OTHERWISE' })).handler(input, [accounts]);
    await expect(amountsOf(input.aggregateId)).resolves.toHaveLength(3);
  });

  it('is a command with the same id, event stores, options and class', () => {
    class OwnCommand extends Command {
      inputSchema = { type: 'object' };
    }
    const onEventAlreadyExists = async () => {};
    const own = new OwnCommand({
      commandId: 'OWN',
      requiredEventStores: [accounts],
      eventAlreadyExistsRetries: 7,
      onEventAlreadyExists,
      handler: async () => 1,
    });
    const command = once(own);
    expect(command).toBeInstanceOf(OwnCommand);
    expect(command).toMatchObject({
      commandId: 'OWN',
      requiredEventStores: [accounts],
      eventAlreadyExistsRetries: 7,
      onEventAlreadyExists,
      inputSchema: { type: 'object' },
    });
    expect(command.handler).not.toBe(own.handler);
  });

  it('lets one of 10 act that come at once, and gives its answer to the others', async () => {
    for (let round = 0; round < 3; round++) {
      const input = newInput();
      const everyone = barrier(10);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => {
          const client = engine.client();
          const store = connect({ dynamoDbClient: client });
          return once(depositCommand(store, everyone), client).handler(input, [store]);
        }),
      );
      expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    }
  });

  it('keeps nobody waiting for a handler that never ends', async () => {
    const input = newInput();
    let goOn = (): void => {};
    const stuck = once(depositCommand(accounts, () => new Promise<void>(resolve => (goOn = resolve)))).handler(input, [
      accounts,
    ]);
    const answer = await once(depositCommand(accounts)).handler(input, [accounts]);
    goOn();
    await expect(stuck).resolves.toStrictEqual(answer);
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
  });

  it('gives the answer of another call that acted meanwhile, if the handler then refuses', async () => {
    const input = newInput();
    const refusing = commandOf(async (store, { aggregateId }) => {
      if (!(await store.getAggregate(aggregateId)).aggregate) {
        await commandOf(async own => {
          await own.pushEvent(deposit(aggregateId, 1));
          return 'done';
        }).handler(input, [accounts]);
      }
      throw new Error('It has been done already.');
    });
    await expect(refusing.handler(input, [accounts])).resolves.toBe('done');
  });

  it("runs again on a conflict, as often as Castore's command would", async () => {
    const input = newInput();
    let [runs, rivals] = [0, 2];
    const command = commandOf(async (store, { aggregateId }) => {
      runs += 1;
      const version = ((await store.getAggregate(aggregateId)).aggregate?.version ?? 0) + 1;
      await store.pushEvent(deposit(aggregateId, version, 5));
      if (rivals-- > 0) await accounts.pushEvent(deposit(aggregateId, version));
      return version;
    });
    await expect(command.handler(input, [accounts])).resolves.toBe(3);
    expect(runs).toBe(3);
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1, 1, 5]);

    rivals = 3;
    const error = await rejection(command.handler(newInput(), [accounts]));
    expect(error).toMatchObject({ code: 'EventAlreadyExistsError', version: 3 });
  });

  it('stores the result of a command that pushes nothing', async () => {
    const input = newInput();
    let runs = 0;
    const command = commandOf(async () => ({ runs: ++runs }));
    await expect(command.handler(input, [accounts])).resolves.toStrictEqual({ runs: 1 });
    expect(operations(requests)).toStrictEqual(['Query', 'PutItem']);
    expect(requests[1]?.units).toBe(1);
    await expect(command.handler(input, [accounts])).resolves.toStrictEqual({ runs: 1 });

    const race = newInput();
    const both = barrier(2);
    const answers = await Promise.all(
      ['a', 'b'].map(name => commandOf(async () => both().then(() => name)).handler(race, [accounts])),
    );
    expect(answers[0]).toBe(answers[1]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'é 🦊'],
    ['an empty text', ''],
    ['bytes', Uint8Array.of(0, 1, 255)],
    ['a set of bytes', new Set([Uint8Array.of(1), Uint8Array.of(2)])],
    ['a large bigint', 2n ** 80n],
    ['members that are called like types', { B: 'x', BS: ['y'], M: { L: [{ S: { N: 1 } }] } }],
    ['a member named __proto__', JSON.parse('{"__proto__":{"a":1},"constructor":{"b":null}}')],
    ['100 KB that do not compress', Uint8Array.from({ length: 100 * 1024 }, () => Math.random() * 256)],
    ['100 KB that do', 'x'.repeat(100 * 1024)],
    ['many small values', Array.from({ length: 50_000 }, () => null)],
  ])('answers the same with %s', async (_, result) => {
    const input = newInput();
    const command = commandOf(async (store, { aggregateId }) => {
      await store.pushEvent(deposit(aggregateId, 1));
      return result;
    });
    const answers = [await command.handler(input, [accounts]), await command.handler(input, [accounts])];
    for (const answer of answers) expect(isDeepStrictEqual(answer, result)).toBe(true);
  });

  it('answers the first call too with what is stored', async () => {
    const input = newInput();
    const command = commandOf(async () => ({ gone: undefined, zero: -0, bytes: Buffer.from('a') }));
    const expected = { zero: 0, bytes: Uint8Array.of(97) };
    await expect(command.handler(input, [accounts])).resolves.toStrictEqual(expected);
    await expect(command.handler(input, [accounts])).resolves.toStrictEqual(expected);
  });

  it.each<[string, unknown, object]>([
    ['a date', { at: new Date() }, { code: 'InexactValueError', path: 'result.at' }],
    ['NaN', [Number.NaN], { code: 'InexactValueError', path: 'result[0]' }],
    ['a function', () => 1, { code: 'InexactValueError', path: 'result' }],
    ['a revoked proxy', revokedProxy(), { name: 'TypeError' }],
    ['over 100 KB', 'x'.repeat(100 * 1024 + 1), { code: 'ResultTooLargeError', size: 102_401, limit: 102_400 }],
  ])('refuses a result that cannot be kept (%s), and writes nothing', async (_, result, expected) => {
    const input = newInput();
    const command = commandOf(async (store, { aggregateId }) => {
      await store.pushEvent(deposit(aggregateId, 1));
      return result;
    });
    await expect(rejection(command.handler(input, [accounts]))).resolves.toMatchObject(expected);
    expect(operations(requests)).not.toContain('TransactWriteItems');
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([]);
    await once(depositCommand(accounts)).handler(input, [accounts]);
  });

  it('refuses another input under a key, whatever the order of its members', async () => {
    const input = newInput({ amount: 3 });
    const command = once(depositCommand(accounts));
    await command.handler(input, [accounts]);
    const error = await rejection(command.handler({ ...input, amount: 4 }, [accounts]));
    expect(error).toMatchObject({ code: 'DifferentInputError', commandId: 'DEPOSIT' });
    expect(String(error)).not.toContain(input.requestId);
    const { aggregateId, requestId } = input;
    await expect(command.handler({ amount: 3, requestId, aggregateId }, [accounts])).resolves.toMatchObject({
      balance: 3,
    });
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([3]);
  });

  it('refuses another input under a key at once', async () => {
    const input = newInput();
    const both = barrier(2);
    const results = await Promise.allSettled(
      [1, 2].map(amount => once(depositCommand(accounts, both)).handler({ ...input, amount }, [accounts])),
    );
    const refused = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toMatchObject([{ code: 'DifferentInputError' }]);
    await expect(amountsOf(input.aggregateId)).resolves.toHaveLength(1);
  });

  it('refuses what is stored under a key and is no result', async () => {
    const input = newInput();
    const command = once(depositCommand(accounts));
    await command.handler(input, [accounts]);
    const { Items: items = [] } = await dynamoDbClient.send(new ScanCommand({ TableName: resultTable }));
    const mine = requests.flatMap(({ input: { TransactItems: parts = [] } }) => parts as { Put: Put }[]).at(-1)
      ?.Put.Item;
    const stored = items.find(({ pk }) => pk?.S === mine?.pk?.S);
    for (const result of [
      { S: 'x' },
      { B: Uint8Array.of(9, 1) },
      { B: Uint8Array.of(1, 2) },
      { B: Uint8Array.of(2, 3) },
    ]) {
      await dynamoDbClient.send(new PutItemCommand({ TableName: resultTable, Item: { ...stored, result } }));
      const error = await rejection(command.handler(input, [accounts]));
      expect(error).toMatchObject({ code: 'UnreadableResultError', commandId: 'DEPOSIT' });
    }
    await expect(amountsOf(input.aggregateId)).resolves.toHaveLength(1);
  });

  it.each(['one after the other', 'at once', 'with the error swallowed'])(
    'refuses several pushes of one run (%s), and writes nothing',
    async way => {
      const input = newInput();
      const command = commandOf(async (store, { aggregateId }) => {
        const pushes = [1, 2].map(version => () => store.pushEvent(deposit(aggregateId, version)));
        if (way === 'at once') await Promise.all(pushes.map(push => push()));
        else {
          await pushes[0]?.();
          await (way === 'one after the other' ? pushes[1]?.() : pushes[1]?.().catch(() => {}));
        }
      });
      const error = await rejection(command.handler(input, [accounts]));
      expect(error).toMatchObject({ code: 'UnsupportedPushError', reason: 'several-pushes', commandId: 'ANY' });
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([]);
      expect(operations(requests)).not.toContain('TransactWriteItems');
    },
  );

  it('sends a push that nobody awaited, and refuses one after the handler has returned', async () => {
    const input = newInput();
    let later: () => Promise<unknown> = () => Promise.resolve();
    const command = commandOf(async (store, { aggregateId }) => {
      void store.pushEvent(deposit(aggregateId, 1));
      later = () => store.pushEvent(deposit(aggregateId, 2));
      return 1;
    });
    await command.handler(input, [accounts]);
    await expect(rejection(later())).resolves.toMatchObject({ code: 'UnsupportedPushError', reason: 'after-return' });
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
  });

  it('lets a handler correct a push that was refused before it was sent', async () => {
    const input = newInput();
    const command = commandOf(async (store, { aggregateId }) => {
      const error = await rejection(store.pushEvent({ ...deposit(aggregateId, 1), payload: { amount: Number.NaN } }));
      expect(error).toMatchObject({ code: 'UnstorableValueError', path: 'payload.amount' });
      await store.pushEvent(deposit(aggregateId, 1));
    });
    await command.handler(input, [accounts]);
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
  });

  it('writes nothing if the handler throws after its push, whatever it throws', async () => {
    for (const thrown of [new Error('no'), undefined, 'text', Object.create(null)]) {
      const input = newInput();
      const command = commandOf(async (store, { aggregateId }) => {
        await store.pushEvent(deposit(aggregateId, 1));
        throw thrown;
      });
      await expect(rejection(command.handler(input, [accounts]))).resolves.toBe(thrown);
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([]);
    }
  });

  it('writes groups and transactions, with checks, and with events of several event stores', async () => {
    const [others, foreign] = [connect({ eventStoreId: 'OTHERS' }), createAccounts(new InMemoryEventStorageAdapter())];
    const idOf = (aggregateId: string, store: Accounts) =>
      layout === 'single-table' || store === accounts ? aggregateId : `${aggregateId} other`;
    const command = once(
      new Command({
        commandId: 'TRANSFER',
        requiredEventStores: tuple(accounts, others, foreign),
        handler: async ({ aggregateId, amount: way = 0 }: DepositInput, [store, other, elsewhere]) => {
          const [from, to] = [deposit(aggregateId, 1, -1), deposit(idOf(aggregateId, others), 1, 1)];
          expect(elsewhere.eventStoreId).toBe('ACCOUNTS');
          const { eventGroup } =
            way === 0
              ? await EventStore.pushEventGroup(store.groupEvent(from), other.groupEvent(to))
              : await pushEventsTransaction(
                  [formatEventForTransaction(store, from), formatEventForTransaction(other, to)],
                  { checks: [unchanged(store, 'bank', way - 1)] },
                );
          return eventGroup.map(({ event, nextAggregate }) => [event.version, nextAggregate?.balance]);
        },
      }),
    );
    const stores = [accounts, others, foreign] as [Accounts, Accounts, Accounts];
    for (const amount of [0, 1]) {
      const input = newInput({ amount });
      for (let call = 0; call < 2; call++) {
        await expect(command.handler(input, stores)).resolves.toStrictEqual([
          [1, -1],
          [1, 1],
        ]);
      }
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([-1]);
      await expect(others.getEvents(idOf(input.aggregateId, others))).resolves.toMatchObject({ events: { length: 1 } });
    }
    await accounts.pushEvent(deposit('bank', 1));
    const conflict = await rejection(command.handler(newInput({ amount: 1 }), stores));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', aggregateId: 'bank', version: 1 });
  });

  it('refuses a group that goes past it, and foreign adapters', async () => {
    const input = newInput();
    const past = commandOf(async (store, { aggregateId }) => {
      await EventStore.pushEventGroup(
        accounts.groupEvent(deposit(aggregateId, 1)),
        store.groupEvent(deposit(aggregateId, 2)),
      );
    });
    await expect(rejection(past.handler(input, [accounts]))).resolves.toMatchObject({ reason: 'outside-the-group' });
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([]);

    const foreign = createAccounts(new InMemoryEventStorageAdapter());
    const error = await rejection(once(depositCommand(foreign)).handler(newInput(), [foreign]));
    expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'foreign-adapter' });
    const abroad = once(
      depositCommand(accounts),
      engine.client({ credentials: { accessKeyId: 'other', secretAccessKey: 'x' } }),
    );
    const elsewhere = await rejection(abroad.handler(newInput(), [accounts]));
    expect(elsewhere).toMatchObject({ code: 'InvalidEventGroupError', reason: 'different-accounts-or-regions' });
  });

  it('takes a group of 99 events, and refuses what leaves no place for the result', async () => {
    const command = commandOf(async (store, { aggregateId, amount = 0 }) => {
      const group = Array.from({ length: amount }, (_, index) => store.groupEvent(deposit(aggregateId, index + 1)));
      await EventStore.pushEventGroup({}, ...(group as unknown as [GroupedEvent, ...GroupedEvent[]]));
    });
    const input = newInput({ amount: 99 });
    await command.handler(input, [accounts]);
    await expect(amountsOf(input.aggregateId)).resolves.toHaveLength(99);
    const error = await rejection(command.handler(newInput({ amount: 100 }), [accounts]));
    expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-many-events' });
  });

  it('holds what appendEvents pushes', async () => {
    const input = newInput();
    const command = commandOf(async (store, { aggregateId }) =>
      appendEvents(store, aggregateId, [{ type: 'DEPOSITED', payload: { amount: 4 } }, { type: 'CLOSED' }]),
    );
    const events = await command.handler(input, [accounts]);
    await expect(command.handler(input, [accounts])).resolves.toStrictEqual(events);
    await expect(accounts.getEvents(input.aggregateId)).resolves.toStrictEqual({ events });
  });

  it.each([false, true])('can be part of another one, in one transaction with it (which fails: %s)', async fails => {
    const input = newInput();
    const inner = once(depositCommand(accounts));
    const outer = once(
      new Command({
        commandId: 'OUTER',
        requiredEventStores: tuple(accounts),
        handler: async (given: DepositInput, [store]) => {
          const { balance } = await inner.handler(given, [store]);
          if (fails) throw new Error('no');
          return { doubled: 2 * balance };
        },
      }),
    );
    if (fails) {
      await rejection(outer.handler(input, [accounts]));
      await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([]);
      await inner.handler(input, [accounts]);
      return;
    }
    await expect(outer.handler(input, [accounts])).resolves.toStrictEqual({ doubled: 2 });
    const { TransactItems: parts } = requests.find(({ operation }) => operation === 'TransactWriteItems')?.input ?? {};
    expect(parts).toHaveLength(3);
    await expect(outer.handler(input, [accounts])).resolves.toStrictEqual({ doubled: 2 });
    await expect(inner.handler(input, [accounts])).resolves.toMatchObject({ balance: 1 });
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
  });

  it('takes pushes by the adapter itself', async () => {
    const input = newInput();
    const command = commandOf(async (store, { aggregateId }) => {
      const { event } = await store
        .getEventStorageAdapter()
        .pushEvent(deposit(aggregateId, 1), { eventStoreId: store.eventStoreId });
      expect(store.eventStorageAdapter).toBe(store.getEventStorageAdapter());
      await expect(store.eventStorageAdapter?.getEvents(aggregateId, store)).resolves.toStrictEqual({ events: [] });
      return event.version;
    });
    await command.handler(input, [accounts]);
    await command.handler(input, [accounts]);
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
  });

  it('tells onEventPushed once, when the events are stored, and lets its errors through', async () => {
    const store = connect();
    const told: unknown[] = [];
    const failure = new Error('not told');
    store.onEventPushed = async ({ event, nextAggregate }) => {
      expect((await accounts.getEvents(event.aggregateId)).events).toContainEqual(event);
      told.push([event.version, nextAggregate?.balance]);
      if (told.length > 1) throw failure;
    };
    const input = newInput();
    for (let call = 0; call < 2; call++) await once(depositCommand(store)).handler(input, [store]);
    expect(told).toStrictEqual([[1, 1]]);

    const failing = newInput();
    await expect(rejection(once(depositCommand(store)).handler(failing, [store]))).resolves.toBe(failure);
    await expect(once(depositCommand(store)).handler(failing, [store])).resolves.toMatchObject({ balance: 1 });
    await expect(amountsOf(failing.aggregateId)).resolves.toStrictEqual([1]);
  });

  it('lets a conflict of onEventPushed through, which is no reason to run again', async () => {
    const store = connect();
    const input = newInput();
    store.onEventPushed = async ({ event }) => void (await accounts.pushEvent(deposit(event.aggregateId, 1)));
    let runs = 0;
    const command = once(depositCommand(store, () => void runs++));
    await expect(rejection(command.handler(input, [store]))).resolves.toMatchObject({
      code: 'EventAlreadyExistsError',
    });
    await expect(command.handler(input, [store])).resolves.toMatchObject({ balance: 1 });
    expect(runs).toBe(1);
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
  });

  it.each([false, true])(
    'works with snapshots, gapless adapters and connected event stores (%s)',
    async transactional => {
      const published: number[] = [];
      const withThem = withSnapshots(connect({ gapless: true }), {
        storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
        ...(transactional ? { transactional } : {}),
        reducerVersion: '1',
        policy: everyNEvents(2),
      } as Parameters<typeof withSnapshots<Accounts>>[1]);
      const connected = new ConnectedEventStore(
        withThem,
        new NotificationMessageQueue({
          messageQueueId: 'accounts',
          sourceEventStores: [withThem],
          messageQueueAdapter: {
            publishMessage: async message =>
              void published.push((message as { event: { version: number } }).event.version),
            publishMessages: async () => undefined,
          },
        }),
      );
      const store = connected as unknown as Accounts;
      const { aggregateId } = newInput();
      for (let call = 0; call < 4; call++) {
        const input = { aggregateId, requestId: newRequestId() };
        const command = once(depositCommand(store));
        const answer = await command.handler(input, [store]);
        expect(answer).toMatchObject({ balance: call + 1 });
        await expect(command.handler(input, [store])).resolves.toStrictEqual(answer);
      }
      await withThem.snapshots.settled();
      const { aggregate, snapshot } = await withThem.getAggregate(aggregateId);
      expect(aggregate).toStrictEqual({ aggregateId, version: 4, balance: 4 });
      expect(snapshot?.version).toBe(4);
      expect(published).toStrictEqual([1, 2, 3, 4]);
    },
  );

  it('stores neither key nor input, and when the record may go', async () => {
    const input = newInput({ requestId: `secret-${'x'.repeat(2 ** 20)}` });
    const before = Math.floor(Date.now() / 1000);
    await commandOf(async () => 1).handler(input, [accounts]);
    await once(depositCommand(accounts)).handler({ ...input, requestId: '__proto__' }, [accounts]);
    const { Items: items = [] } = await dynamoDbClient.send(new ScanCommand({ TableName: resultTable }));
    expect(JSON.stringify(items)).not.toContain('secret');
    for (const item of items) {
      expect(Object.keys(item).toSorted()).toStrictEqual(['expiresAt', 'input', 'pk', 'result', 'sk']);
      const days = (Number(item.expiresAt?.N) - before) / 86_400;
      expect(days).toBeGreaterThan(6.9);
      expect(days).toBeLessThan(7.1);
    }
  });

  it('counts a record that has expired, as long as it is there', async () => {
    const input = newInput();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 30 * 86_400_000);
    await once(depositCommand(accounts)).handler(input, [accounts]);
    clock.mockRestore();
    await once(depositCommand(accounts)).handler(input, [accounts]);
    await expect(amountsOf(input.aggregateId)).resolves.toStrictEqual([1]);
  });
});

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('runOnce', () => {
  const accounts = createAccounts(new InMemoryEventStorageAdapter());
  const dynamoDbClient = { send: () => Promise.reject(new Error('It was not to be sent.')), config: {} };
  const good = { command: depositCommand(accounts), tableName: 'results', dynamoDbClient, key: () => 'k', days: 1 };

  it.each<[object | undefined, string]>([
    [undefined, 'options'],
    [{ ...good, command: undefined }, 'options.command'],
    [{ ...good, command: { handler: () => {} } }, 'options.command'],
    [{ ...good, tableName: '' }, 'options.tableName'],
    [{ ...good, dynamoDbClient: {} }, 'options.dynamoDbClient'],
    [{ ...good, dynamoDBClient: dynamoDbClient }, 'options.dynamoDBClient'],
    [{ ...good, key: 'k' }, 'options.key'],
    [{ ...good, days: undefined }, 'options.days'],
    [{ ...good, days: 0 }, 'options.days'],
    [{ ...good, days: Number.POSITIVE_INFINITY }, 'options.days'],
    [{ ...good, days: 1e9 }, 'options.days'],
    [{ ...good, ttl: 1 }, 'options.ttl'],
  ])('refuses bad options by their names (%#)', async (options, argument) => {
    const error = await rejection((async () => runOnce(options as never))());
    expect(error).toMatchObject({ code: 'InvalidArgumentError', argument });
  });

  it('takes the rejection of a key that is a promise, which would end the process', async () => {
    const command = runOnce({ ...good, key: () => Promise.reject(new Error('no key')) } as never) as Command;
    await expect(rejection(command.handler({}, []))).resolves.toMatchObject({ argument: 'options.key()' });
    // By then Node would have told of a rejection that nobody took.
    await new Promise(resolve => setImmediate(resolve));
  });

  const endless: Record<string, unknown> = {};
  endless.self = endless;
  it.each<[unknown, unknown, string]>([
    [{}, undefined, 'options.key()'],
    [{}, '', 'options.key()'],
    [{}, Promise.resolve('k'), 'options.key()'],
    [{}, '\ud800', 'options.key()'],
    [{ a: [() => 1] }, 'k', 'input.a.0'],
    [{ a: Symbol('x') }, 'k', 'input.a'],
  ])('refuses a key that is none, and input that cannot be compared (%#)', async (input, key, argument) => {
    const command = runOnce({ ...good, key: () => key } as never) as Command;
    const error = await rejection(command.handler(input, [accounts]));
    expect(error).toMatchObject({ code: 'InvalidArgumentError', argument });
    const deep = await rejection(command.handler(endless, [accounts]));
    expect(deep).toMatchObject({ code: 'InvalidArgumentError' });
  });
});
