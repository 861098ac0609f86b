import type { EventStore } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import { appendEvents } from '../src/index.js';
import {
  costs,
  describeOnEveryTable,
  levelUp,
  newAggregateId,
  newPokemons,
  operations,
  type Pokemons,
  rejection,
} from './support.js';

const one = [{ type: 'POKEMON_LEVELED_UP', payload: { by: 1 } }] as const;
const three = [
  { type: 'POKEMON_LEVELED_UP', payload: { by: 1 } },
  { type: 'POKEMON_LEVELED_UP', payload: { by: 2 }, metadata: undefined },
  { type: 'POKEMON_RELEASED' },
] as const;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describeOnEveryTable('appendEvents', ({ pokemons, connect, requests, engine, tableName, dynamoDbClient }) => {
  const versionsOf = async (aggregateId: string) =>
    (await pokemons.getEvents(aggregateId)).events.map(({ version }) => version);

  /** An event store with other writers, who append so many events before each of its next pushes. */
  const withRivals = (...counts: number[]): Pokemons => {
    const [rival, store] = [connect({ dynamoDbClient: engine.client() }), connect()];
    const adapter = store.getEventStorageAdapter();
    const { pushEvent, pushEventGroup } = adapter;
    const race = async (aggregateId: string) => {
      for (let left = counts.shift() ?? 0; left > 0; left--) await appendEvents(rival, aggregateId, one);
    };
    return Object.assign(store, {
      eventStorageAdapter: Object.assign(adapter, {
        pushEvent: async (...args: Parameters<typeof pushEvent>) => {
          await race(args[0].aggregateId);
          return pushEvent.apply(adapter, args);
        },
        pushEventGroup: async (...args: Parameters<typeof pushEventGroup>) => {
          await race(args[1].event.aggregateId);
          return pushEventGroup.apply(adapter, args);
        },
      }),
    });
  };

  it('stores an event after the last one, which is all that it reads', async () => {
    const aggregateId = newAggregateId();
    for (let version = 1; version <= 30; version++) await pokemons.pushEvent(levelUp(aggregateId, version));
    requests.splice(0);

    const events = await appendEvents(pokemons, aggregateId, one);

    expect(costs(requests)).toStrictEqual(['Query 1', 'PutItem 1']);
    expect(events).toStrictEqual([{ ...levelUp(aggregateId, 31), timestamp: expect.any(String) }]);
    await expect(pokemons.getEvents(aggregateId, { minVersion: 31 })).resolves.toStrictEqual({ events });
  });

  it('begins an aggregate that has no events', async () => {
    const aggregateId = newAggregateId();
    await appendEvents(pokemons, aggregateId, one);
    await expect(versionsOf(aggregateId)).resolves.toStrictEqual([1]);
    await expect(pokemons.listAggregateIds()).resolves.toMatchObject({
      aggregateIds: expect.arrayContaining([expect.objectContaining({ aggregateId })]),
    });
  });

  it('stores several events as one group, in their order', async () => {
    const aggregateId = newAggregateId();
    await pokemons.pushEvent(levelUp(aggregateId, 1));
    requests.splice(0);

    const events = await appendEvents(pokemons, aggregateId, three);

    expect(operations(requests)).toStrictEqual(['Query', 'TransactWriteItems']);
    expect(events.map(({ version, type }) => [version, type])).toStrictEqual([
      [2, 'POKEMON_LEVELED_UP'],
      [3, 'POKEMON_LEVELED_UP'],
      [4, 'POKEMON_RELEASED'],
    ]);
    expect(new Set(events.map(({ timestamp }) => timestamp)).size).toBe(1);
    await expect(pokemons.getEvents(aggregateId, { minVersion: 2 })).resolves.toStrictEqual({ events });
  });

  it('keeps a timestamp that was given', async () => {
    const timestamp = '2020-01-01T00:00:00.000Z';
    const [event] = await appendEvents(pokemons, newAggregateId(), [{ ...one[0], timestamp }]);
    expect(event?.timestamp).toBe(timestamp);
  });

  it('goes on after the event that won, without another read', async () => {
    const aggregateId = newAggregateId();
    await appendEvents(withRivals(1), aggregateId, one);
    expect(operations(requests)).toStrictEqual(['Query', 'PutItem', 'PutItem']);
    await expect(versionsOf(aggregateId)).resolves.toStrictEqual([1, 2]);
  });

  it('reads how far the others have come when it has lost twice', async () => {
    const aggregateId = newAggregateId();
    await appendEvents(withRivals(1, 5), aggregateId, one);
    expect(operations(requests)).toStrictEqual(['Query', 'PutItem', 'PutItem', 'Query', 'PutItem']);
    await expect(versionsOf(aggregateId)).resolves.toStrictEqual(upTo(7));
  });

  it('moves a whole group to after the event that won', async () => {
    const aggregateId = newAggregateId();
    const store = withRivals(1);
    const events = await appendEvents(store, aggregateId, three);
    expect(events.map(({ version }) => version)).toStrictEqual([2, 3, 4]);
    await expect(versionsOf(aggregateId)).resolves.toStrictEqual([1, 2, 3, 4]);
  });

  it('gives up with the conflict when its retries are used up', async () => {
    const aggregateId = newAggregateId();
    const error = await rejection(appendEvents(withRivals(1, 1, 1), aggregateId, one, { retries: 2 }));
    expect(error).toMatchObject({ code: 'EventAlreadyExistsError', aggregateId, version: 3 });
    await expect(versionsOf(aggregateId)).resolves.toStrictEqual([1, 2, 3]);

    requests.splice(0);
    await expect(rejection(appendEvents(withRivals(1), aggregateId, one, { retries: 0 }))).resolves.toMatchObject({
      version: 4,
    });
    expect(operations(requests)).toStrictEqual(['Query', 'PutItem']);
  });

  it('appends after a gap, with a gapless adapter too', async () => {
    const aggregateId = newAggregateId();
    await pokemons.pushEvent(levelUp(aggregateId, 7));
    const gapless = connect({ gapless: true });
    await appendEvents(gapless, aggregateId, one);
    await appendEvents(gapless, aggregateId, three);
    await expect(versionsOf(aggregateId)).resolves.toStrictEqual([7, 8, 9, 10, 11]);
  });

  it.each([
    ['one', one],
    ['several', three],
  ])('tells onEventPushed of each of %s, once, after the commit', async (_, events) => {
    const aggregateId = newAggregateId();
    const store = withRivals(1);
    const told: unknown[] = [];
    store.onEventPushed = async ({ event }) => {
      expect((await pokemons.getEvents(aggregateId)).events).toContainEqual(event);
      told.push(event);
    };
    const pushed = await appendEvents(store, aggregateId, events);
    expect(told).toHaveLength(events.length);
    expect(told).toStrictEqual(expect.arrayContaining(pushed));
  });

  it('appends nothing twice if onEventPushed fails with a conflict about another event', async () => {
    const aggregateId = newAggregateId();
    for (const elsewhere of [
      { aggregateId: newAggregateId(), version: 1 },
      { aggregateId, version: 2 },
      { aggregateId, version: 1, eventStoreId: 'OTHERS' },
    ]) {
      const failure = Object.assign(new Error('conflict'), { code: 'EventAlreadyExistsError', ...elsewhere });
      const store = connect();
      store.onEventPushed = () => Promise.reject(failure);
      const id = elsewhere.aggregateId === aggregateId ? aggregateId : newAggregateId();
      const before = (await versionsOf(id)).length;
      await expect(rejection(appendEvents(store, id, one))).resolves.toBe(failure);
      await expect(versionsOf(id)).resolves.toHaveLength(before + 1);
    }
  });

  it.each([
    ['one', one],
    ['several', three],
  ])('appends %s once if onEventPushed fails with a conflict about that very event', async (_, events) => {
    const aggregateId = newAggregateId();
    const store = connect();
    store.onEventPushed = async ({ event }) => void (await pokemons.pushEvent(levelUp(aggregateId, event.version)));
    const conflict = await rejection(appendEvents(store, aggregateId, events));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', aggregateId });
    await expect(versionsOf(aggregateId)).resolves.toHaveLength(events.length);
  });

  it('lets through whatever onEventPushed throws', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const thrown of [proxy, 'no', null, undefined]) {
      const store = connect();
      store.onEventPushed = () => Promise.reject(thrown);
      let caught: unknown = 'nothing';
      try {
        await appendEvents(store, newAggregateId(), one);
      } catch (error) {
        caught = error;
      }
      // Compared here: Jest looks into what it prints.
      expect(caught === thrown).toBe(true);
    }
  });

  it.each([false, true])('takes snapshots along (transactional: %s)', async transactional => {
    const aggregateId = newAggregateId();
    const withThem = withSnapshots(pokemons, {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
      ...(transactional ? { transactional } : {}),
      reducerVersion: '1',
      policy: everyNEvents(2),
    } as Parameters<typeof withSnapshots<Pokemons>>[1]);
    await appendEvents(withThem, aggregateId, one);
    await appendEvents(withThem, aggregateId, three);
    await withThem.snapshots.settled();
    const { aggregate, snapshot } = await withThem.getAggregate(aggregateId);
    expect(aggregate).toMatchObject({ aggregateId, version: 4, level: 4 });
    expect(snapshot?.version).toBe(4);
  });
});

describe('appendEvents with an adapter of somebody else', () => {
  it('reads where to go on, as the conflict says at which version', async () => {
    const adapter = new InMemoryEventStorageAdapter();
    const store = newPokemons(adapter);
    await appendEvents(store, 'a', one);
    const { pushEvent } = store;
    store.pushEvent = async (...args) => {
      store.pushEvent = pushEvent;
      await appendEvents(store, 'a', one);
      return pushEvent(...args);
    };
    await expect(appendEvents(store, 'a', one)).resolves.toMatchObject([{ version: 3 }]);
  });
});

describe('appendEvents', () => {
  const store = newPokemons(new InMemoryEventStorageAdapter());
  const call = (...args: unknown[]) => (appendEvents as (...given: unknown[]) => Promise<unknown>)(...args);

  it.each<[string, unknown[], string]>([
    ['no event store', [undefined, 'a', one], 'eventStore'],
    ['something else', [{ getEvents: 1 }, 'a', one], 'eventStore'],
    ['no aggregate id', [store, undefined, one], 'aggregateId'],
    ['an empty aggregate id', [store, '', one], 'aggregateId'],
    ['no events', [store, 'a', []], 'events'],
    ['no array', [store, 'a', one[0]], 'events'],
    ['101 events', [store, 'a', Array(101).fill(one[0])], 'events'],
    ['a hole', [store, 'a', Object.assign([], { 1: one[0] })], 'events[0]'],
    ['an event that is none', [store, 'a', [one[0], null]], 'events[1]'],
    ['no type', [store, 'a', [{ payload: 1 }]], 'events[0].type'],
    ['a version', [store, 'a', [{ ...one[0], version: 1 }]], 'events[0].version'],
    ['an aggregate id in an event', [store, 'a', [{ ...one[0], aggregateId: 'b' }]], 'events[0].aggregateId'],
    ['no options', [store, 'a', one, null], 'options'],
    ['an unknown option', [store, 'a', one, { Retries: 1 }], 'options.Retries'],
    ['negative retries', [store, 'a', one, { retries: -1 }], 'options.retries'],
    ['fractional retries', [store, 'a', one, { retries: 0.5 }], 'options.retries'],
  ])('refuses %s by its name', async (_, args, argument) => {
    await expect(rejection(call(...args))).resolves.toMatchObject({ code: 'InvalidArgumentError', argument });
    await expect(store.listAggregateIds()).resolves.toMatchObject({ aggregateIds: [] });
  });

  it('lets an error that is no conflict through as it is', async () => {
    const failure = new Error('no');
    const failing = Object.assign(newPokemons(new InMemoryEventStorageAdapter()), {
      getEvents: () => Promise.reject(failure),
    });
    await expect(rejection(appendEvents(failing as unknown as EventStore, 'a', one))).resolves.toBe(failure);
    for (const thrown of [undefined, 'text', null, { code: 'EventAlreadyExistsError' }]) {
      const throwing = Object.assign(newPokemons(new InMemoryEventStorageAdapter()), {
        pushEvent: () => Promise.reject(thrown),
      });
      await expect(rejection(appendEvents(throwing as unknown as EventStore, 'a', one))).resolves.toBe(thrown);
    }
  });
});
