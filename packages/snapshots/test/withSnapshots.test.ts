import {
  AggregateNotFoundError,
  Command,
  ConnectedEventStore,
  type EventDetail,
  EventStore,
  type MessageChannelAdapter,
  NotificationMessageBus,
  StateCarryingMessageBus,
  tuple,
} from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import {
  everyNEvents,
  InMemorySnapshotStorage,
  type Snapshot,
  type SnapshotError,
  type SnapshotPolicy,
  type SnapshotStorage,
  type SnapshotsOptions,
  whenLoadCosts,
  withSnapshots,
} from '../src/index.js';
import {
  createPokemons,
  newAggregateId,
  type Pokemon,
  pokemonEvent,
  push,
  pushAndSettle,
  rejection,
} from './pokemons.js';

const never: SnapshotPolicy = () => false;

const setUp = (options: Partial<SnapshotsOptions<Pokemon>> = {}) => {
  const eventStore = createPokemons(new InMemoryEventStorageAdapter());
  const storage = new InMemorySnapshotStorage();
  const errors: SnapshotError[] = [];
  const pokemons = withSnapshots(eventStore, {
    storage,
    reducerVersion: '1',
    policy: everyNEvents(5),
    onSnapshotError: error => void errors.push(error),
    ...options,
  } as SnapshotsOptions<Pokemon>);
  const getSnapshot = (aggregateId: string, maxVersion?: number, reducerVersion = '1') =>
    storage.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion }, maxVersion);
  return { eventStore, storage, pokemons, errors, getSnapshot, aggregateId: newAggregateId() };
};

/** A storage that does something else now and then. */
const storageWith = (storage: SnapshotStorage, other: Partial<SnapshotStorage>): SnapshotStorage => ({
  getSnapshot: (...args) => storage.getSnapshot(...args),
  putSnapshot: snapshot => storage.putSnapshot(snapshot),
  deleteSnapshots: (...args) => storage.deleteSnapshots(...args),
  ...other,
});

describe('an aggregate', () => {
  it('equals a full replay at every version, from the newest snapshot that is not newer', async () => {
    const { eventStore, pokemons, errors, aggregateId } = setUp();
    await pushAndSettle(pokemons, aggregateId, 1, 23);

    for (let maxVersion = 1; maxVersion <= 23; maxVersion++) {
      const { aggregate, events, lastEvent, snapshot } = await pokemons.getAggregate(aggregateId, { maxVersion });
      const replayed = await eventStore.getAggregate(aggregateId, { maxVersion });
      const snapshotVersion = Math.floor(maxVersion / 5) * 5;
      expect(aggregate).toStrictEqual(replayed.aggregate);
      expect(lastEvent).toStrictEqual(replayed.lastEvent);
      expect(events).toStrictEqual(replayed.events.slice(snapshotVersion));
      expect(snapshot?.version ?? 0).toBe(snapshotVersion);
    }
    expect(errors).toStrictEqual([]);
  });

  it('tells which snapshot it is from', async () => {
    const { pokemons, aggregateId } = setUp();
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.snapshots.settled();
    const { snapshot } = await pokemons.getAggregate(aggregateId);
    expect(snapshot).toStrictEqual({
      version: 5,
      reducerVersion: '1',
      takenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('that is not there is not there', async () => {
    const { pokemons, aggregateId } = setUp();
    const nothing = { aggregate: undefined, events: [], lastEvent: undefined, snapshot: undefined };
    await expect(pokemons.getAggregate(aggregateId)).resolves.toStrictEqual(nothing);
    await expect(pokemons.getAggregate(aggregateId, { at: '2026-01-01' })).resolves.toStrictEqual(nothing);
    await expect(pokemons.getExistingAggregate(aggregateId)).rejects.toThrow(AggregateNotFoundError);
  });

  it('is found by getExistingAggregate, as by getAggregate', async () => {
    const { pokemons, aggregateId } = setUp();
    await push(pokemons, aggregateId, 1, 7);
    await pokemons.snapshots.settled();
    await expect(pokemons.getExistingAggregate(aggregateId)).resolves.toStrictEqual(
      await pokemons.getAggregate(aggregateId),
    );
    await expect(pokemons.getExistingAggregate(aggregateId, { at: '2020' })).rejects.toThrow(AggregateNotFoundError);
  });

  it.each([1, 2, 3, 100])('is right however few events are asked for at once: %i', async tail => {
    const { eventStore, pokemons, aggregateId } = setUp({
      policy: Object.assign(({ version }: { version: number }) => version === 4, { tail: { events: tail } }),
    });
    await push(pokemons, aggregateId, 1, 10);
    await pokemons.snapshots.settled();
    const { aggregate, events, snapshot } = await pokemons.getAggregate(aggregateId);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(events.map(({ version }) => version)).toStrictEqual([5, 6, 7, 8, 9, 10]);
    expect(snapshot?.version).toBe(4);
  });

  it('may be changed by whoever got it', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: ({ trigger }) => trigger === 'load' });
    await push(pokemons, aggregateId, 1, 3);

    const { aggregate } = await pokemons.getExistingAggregate(aggregateId);
    aggregate.level = 99;
    aggregate.history.length = 0;
    await pokemons.snapshots.settled();

    const { aggregate: again, snapshot } = await pokemons.getAggregate(aggregateId);
    expect(snapshot?.version).toBe(3);
    expect(again).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
  });

  it('is what the events make of it, not what somebody hands in as the aggregate before', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: everyNEvents(2) });
    await push(pokemons, aggregateId, 1, 1);
    const { aggregate } = await pokemons.getExistingAggregate(aggregateId);

    const response = await pokemons.pushEvent(pokemonEvent(aggregateId, 2), {
      prevAggregate: { ...aggregate, level: 99 },
    });
    await pokemons.snapshots.settled();

    expect(response.nextAggregate?.level).toBe(101);
    const { aggregate: loaded, snapshot } = await pokemons.getAggregate(aggregateId);
    expect(snapshot?.version).toBe(2);
    expect(loaded).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
  });

  it('is made by serialize and deserialize, where it is of a class', async () => {
    class Tally {
      constructor(
        readonly aggregateId: string,
        readonly version: number,
        readonly names: readonly string[],
      ) {}
      and(version: number, name: string) {
        return new Tally(this.aggregateId, version, [...this.names, name]);
      }
    }
    const eventStore = new EventStore({
      eventStoreId: 'TALLIES',
      eventTypes: createPokemons(new InMemoryEventStorageAdapter()).eventTypes,
      reducer: (tally: Tally | undefined, { aggregateId, version, type }) =>
        (tally ?? new Tally(aggregateId, 0, [])).and(version, type),
      eventStorageAdapter: new InMemoryEventStorageAdapter(),
    });
    const errors: SnapshotError[] = [];
    const common = {
      storage: new InMemorySnapshotStorage(),
      policy: everyNEvents(2),
      onSnapshotError: (error: SnapshotError) => void errors.push(error),
    };
    const plain = withSnapshots(eventStore, { ...common, reducerVersion: 'plain' });
    await push(plain, 'a', 1, 2);
    await plain.snapshots.settled();
    expect(errors).toMatchObject([
      { code: 'SnapshotFailedError', operation: 'write', cause: { code: 'UnstorableStateError', path: '' } },
    ]);

    const store = withSnapshots(eventStore, {
      ...common,
      reducerVersion: '1',
      serialize: ({ aggregateId, version, names }) => ({ aggregateId, version, names }),
      deserialize: serialized => {
        const { aggregateId, version, names } = serialized as Tally;
        return new Tally(aggregateId, version, names);
      },
    });
    await store.pushEvent(pokemonEvent('a', 4 - 1));
    await store.pushEvent(pokemonEvent('a', 4));
    await store.snapshots.settled();
    await store.pushEvent(pokemonEvent('a', 5));

    const { aggregate, snapshot } = await store.getAggregate('a');
    expect(snapshot?.version).toBe(4);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate('a')).aggregate);
    expect(errors).toHaveLength(1);
  });
});

describe('the event store', () => {
  it('works in a Command, which retries on a conflict', async () => {
    const { pokemons, aggregateId } = setUp({ policy: everyNEvents(3) });
    const levelUp = new Command({
      commandId: 'LEVEL_UP',
      requiredEventStores: tuple(pokemons),
      eventAlreadyExistsRetries: 50,
      handler: async (_: unknown, [store]) => {
        const { aggregate } = await store.getAggregate(aggregateId);
        await store.pushEvent(pokemonEvent(aggregateId, (aggregate?.version ?? 0) + 1));
      },
    });
    await Promise.all(Array.from({ length: 10 }, () => levelUp.handler({}, [pokemons])));

    await pokemons.snapshots.settled();
    const { aggregate, snapshot } = await pokemons.getExistingAggregate(aggregateId);
    expect(aggregate.version).toBe(10);
    expect(snapshot?.version).toBe(9);
  });

  it('works in groups, also where a group straddles the boundary', async () => {
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp();
    await push(pokemons, aggregateId, 1, 3);
    const pushed: number[] = [];
    pokemons.onEventPushed = async ({ event }) => void pushed.push(event.version);

    const group = [4, 5, 6].map(version => {
      const { timestamp: _, ...event } = pokemonEvent(aggregateId, version);
      return pokemons.groupEvent(event);
    });
    await EventStore.pushEventGroup(...(group as [never, never]));
    await pokemons.snapshots.settled();

    expect(pushed).toStrictEqual([4, 5, 6]);
    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 5 });
    for (const maxVersion of [4, 5, 6]) {
      const { aggregate } = await pokemons.getAggregate(aggregateId, { maxVersion });
      expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId, { maxVersion })).aggregate);
    }
  });

  it('works inside a connected event store, and around one', async () => {
    const messages: { eventStoreId: string; event: EventDetail; aggregate?: unknown }[] = [];
    const messageBusAdapter: MessageChannelAdapter = {
      publishMessage: async message => void messages.push(message as never),
      publishMessages: async several => void messages.push(...(several as never[])),
    };
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp();
    const common = { messageBusId: 'messages', messageBusAdapter };
    const outside = new ConnectedEventStore(
      pokemons,
      new StateCarryingMessageBus({ ...common, sourceEventStores: [pokemons] }),
    );
    const connected = new ConnectedEventStore(
      eventStore,
      new NotificationMessageBus({ ...common, sourceEventStores: [eventStore] }),
    );
    const inside = withSnapshots(connected as never as typeof eventStore, {
      storage: new InMemorySnapshotStorage(),
      reducerVersion: '1',
      policy: everyNEvents(5),
    });
    const otherId = newAggregateId();

    await push(outside, aggregateId, 1, 4);
    const { timestamp: __, ...fifth } = pokemonEvent(aggregateId, 5);
    const { timestamp: ___, ...other } = pokemonEvent(otherId, 1);
    await EventStore.pushEventGroup(outside.groupEvent(fifth), inside.groupEvent(other));
    await pokemons.snapshots.settled();

    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 5 });
    await expect(outside.getAggregate(aggregateId)).resolves.toMatchObject({
      aggregate: { version: 5 },
      snapshot: { version: 5 },
    });
    // Each event is published once, with the aggregate as a replay makes it, whichever snapshot it came from.
    const published = messages.splice(0).map(({ event, aggregate }) => [event.aggregateId, event.version, aggregate]);
    const replayed = await Promise.all(
      [1, 2, 3, 4, 5].map(async maxVersion => {
        const { aggregate } = await eventStore.getAggregate(aggregateId, { maxVersion });
        return [aggregateId, maxVersion, aggregate];
      }),
    );
    expect(published.filter(([id]) => id === aggregateId)).toStrictEqual(replayed);
    expect(published.filter(([id]) => id === otherId)).toStrictEqual([[otherId, 1, undefined]]);

    await push(inside, aggregateId, 6, 10);
    await inside.snapshots.settled();
    await expect(inside.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 10 } });
    expect(messages.map(({ event }) => event.version)).toStrictEqual([6, 7, 8, 9, 10]);
  });

  it('hands its adapter and its hook through, both ways', async () => {
    const { eventStore, pokemons } = setUp();
    expect(pokemons.eventStorageAdapter).toBe(eventStore.eventStorageAdapter);
    const other = new InMemoryEventStorageAdapter();
    pokemons.eventStorageAdapter = other;
    expect(eventStore.getEventStorageAdapter()).toBe(other);
    expect(pokemons.getEventStorageAdapter()).toBe(other);
    const hook = async () => undefined;
    pokemons.onEventPushed = hook;
    expect(eventStore.onEventPushed).toBe(hook);
  });

  it('passes errors of the event store on as they are', async () => {
    const { eventStore, pokemons, aggregateId } = setUp();
    await push(pokemons, aggregateId, 1, 1);
    const conflict = await rejection(pokemons.pushEvent(pokemonEvent(aggregateId, 1)));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError' });
    const failure = new Error('no table');
    eventStore.getEventStorageAdapter().getEvents = () => Promise.reject(failure);
    await expect(pokemons.getAggregate(aggregateId)).rejects.toBe(failure);
  });

  it.each<[string, object, string]>([
    ['no storage', { storage: undefined }, 'options.storage'],
    ['a storage that is none', { storage: {} }, 'options.storage'],
    ['no reducer version', { reducerVersion: undefined }, 'options.reducerVersion'],
    ['an empty reducer version', { reducerVersion: '' }, 'options.reducerVersion'],
    ['half a surrogate pair', { reducerVersion: '\ud800' }, 'options.reducerVersion'],
    ['a policy that is no function', { policy: 100 }, 'options.policy'],
    ['serialize alone', { serialize: String }, 'options.serialize'],
    ['a callback that is no function', { onSnapshotError: 'log' }, 'options.onSnapshotError'],
    ['an option that is misspelt', { reducerversion: '1' }, 'options.reducerversion'],
    ['a tail of nothing', { policy: Object.assign(() => true, { tail: { events: 0 } }) }, 'options.policy.tail.events'],
    ['a tail that is no object', { policy: Object.assign(() => true, { tail: 5 }) }, 'options.policy.tail'],
  ])('refuses %s', (_, wrong, argument) => {
    expect(() => setUp(wrong as never)).toThrow(expect.objectContaining({ code: 'InvalidArgumentError', argument }));
  });
});

describe('a snapshot', () => {
  it('is written by a load that had to read as many events as the policy allows', async () => {
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp();
    await push(eventStore, aggregateId, 1, 4);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();

    await push(eventStore, aggregateId, 5, 7);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 7, aggregateId, reducerVersion: '1' });
  });

  it('is written by a load that costs more than the budget', async () => {
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp({ policy: whenLoadCosts({ readUnits: 1 }) });
    await push(eventStore, aggregateId, 1, 20);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();

    await push(eventStore, aggregateId, 21, 50);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 50 });
  });

  it('is never written by a load of the past', async () => {
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp({ policy: () => true });
    await push(eventStore, aggregateId, 1, 7);
    await pokemons.getAggregate(aggregateId, { maxVersion: 7 });
    await pokemons.getAggregate(aggregateId, { at: '2027-01-01' });
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();
  });

  it('is written once where many load at the same time, and not again where there is nothing new', async () => {
    const written: number[] = [];
    const { eventStore, pokemons, aggregateId } = setUp({
      policy: () => true,
      storage: storageWith(new InMemorySnapshotStorage(), {
        putSnapshot: async ({ version }) => void written.push(version),
      }),
    });
    await push(eventStore, aggregateId, 1, 7);
    await Promise.all(Array.from({ length: 10 }, () => pokemons.getAggregate(aggregateId)));
    await pokemons.snapshots.settled();
    expect(written).toStrictEqual([7]);
  });

  it('is written after the one before it, not beside it', async () => {
    let [underWay, most] = [0, 0];
    const storage = new InMemorySnapshotStorage();
    const { pokemons, aggregateId } = setUp({
      policy: everyNEvents(1),
      storage: storageWith(storage, {
        putSnapshot: async snapshot => {
          most = Math.max(most, ++underWay);
          await new Promise(setImmediate);
          await storage.putSnapshot(snapshot);
          underWay -= 1;
        },
      }),
    });
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.snapshots.settled();
    expect(most).toBe(1);
    await expect(
      storage.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' }),
    ).resolves.toMatchObject({
      version: 5,
    });
  });

  it('keeps nobody waiting', async () => {
    let finish = () => {};
    const finished = new Promise<void>(resolve => {
      finish = resolve;
    });
    const { pokemons, aggregateId } = setUp({
      storage: storageWith(new InMemorySnapshotStorage(), { putSnapshot: () => finished }),
    });
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.getAggregate(aggregateId);

    let isSettled = false;
    const settling = pokemons.snapshots.settled().then(() => {
      isSettled = true;
    });
    await new Promise(setImmediate);
    expect(isSettled).toBe(false);
    finish();
    await settling;
  });

  it('that cannot be written fails neither push nor load, and is told of', async () => {
    const failure = new Error('throttled');
    const { pokemons, aggregateId, errors } = setUp({
      storage: storageWith(new InMemorySnapshotStorage(), { putSnapshot: () => Promise.reject(failure) }),
    });
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.snapshots.settled();
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    const expected = {
      code: 'SnapshotFailedError',
      operation: 'write',
      eventStoreId: 'POKEMONS',
      aggregateId,
      cause: failure,
    };
    expect(errors).toMatchObject([expected, expected]);
    expect(errors[0]?.message).toContain('throttled');
  });

  it('is not written where a version is missing, which might still come', async () => {
    const { eventStore, pokemons, aggregateId, errors, getSnapshot } = setUp();
    for (const version of [1, 2, 4, 5, 6]) await eventStore.pushEvent(pokemonEvent(aggregateId, version));
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    expect(errors).toMatchObject([{ operation: 'write', cause: { code: 'IncompleteHistoryError', version: 3 } }]);
    await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();
  });

  it('survives a policy and a callback that throw', async () => {
    const warnings: unknown[] = [];
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(warning => void warnings.push(warning));
    try {
      const { pokemons, aggregateId } = setUp({
        policy: () => {
          throw new Error('no policy');
        },
        onSnapshotError: () => {
          throw new Error('no callback');
        },
      });
      await push(pokemons, aggregateId, 1, 1);
      await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 1 } });
      const warning = 'onSnapshotError threw Error: no callback';
      expect(warnings).toStrictEqual([warning, warning]);
    } finally {
      emitWarning.mockRestore();
    }
  });
});

describe('a snapshot that does not fit', () => {
  const withOneAt5 = async (options: Partial<SnapshotsOptions<Pokemon>> = {}) => {
    const set = setUp(options);
    await push(set.pokemons, set.aggregateId, 1, 7);
    await set.pokemons.snapshots.settled();
    return { ...set, snapshot: (await set.getSnapshot(set.aggregateId)) as Snapshot };
  };

  const reopened = (eventStore: ReturnType<typeof createPokemons>, options: Partial<SnapshotsOptions<Pokemon>>) => {
    const errors: SnapshotError[] = [];
    const pokemons = withSnapshots(eventStore, {
      reducerVersion: '1',
      policy: never,
      onSnapshotError: error => void errors.push(error),
      ...options,
    } as SnapshotsOptions<Pokemon>);
    return { pokemons, errors };
  };

  it('since the reducer has another version, is left alone, and each version has its own', async () => {
    const { storage, aggregateId, getSnapshot, eventStore } = await withOneAt5();
    const doubled = createPokemons(eventStore.getEventStorageAdapter());
    const { reducer } = eventStore;
    doubled.reducer = (pokemon, event) => {
      const next = reducer(pokemon, event);
      return { ...next, level: next.level * 2 };
    };
    doubled.buildAggregate = (events, aggregate) => events.reduce(doubled.reducer, aggregate as Pokemon);
    const { pokemons, errors } = reopened(doubled, { storage, reducerVersion: '2', policy: everyNEvents(5) });

    const loaded = await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();

    expect(loaded.snapshot).toBeUndefined();
    expect(loaded.aggregate).toStrictEqual((await doubled.getAggregate(aggregateId)).aggregate);
    await expect(getSnapshot(aggregateId, undefined, '1')).resolves.toMatchObject({ version: 5 });
    await expect(getSnapshot(aggregateId, undefined, '2')).resolves.toMatchObject({ version: 7 });
    expect(errors).toStrictEqual([]);
  });

  it.each<[string, string, (snapshot: Snapshot) => Partial<Snapshot>]>([
    ['has no bytes', 'unreadable', () => ({ state: new Uint8Array() })],
    ['has unknown bytes', 'unreadable', () => ({ state: new Uint8Array([7, 7]) })],
    ['was cut off', 'unreadable', ({ state }) => ({ state: state.subarray(0, state.length / 2) })],
    ['was made of another event', 'other-events', () => ({ lastEvent: 'other' })],
    ['is of another reducer version', 'not-asked-for', () => ({ reducerVersion: '2' })],
    ['is of another aggregate', 'not-asked-for', () => ({ aggregateId: 'other' })],
    ['is of another event store', 'not-asked-for', () => ({ eventStoreId: 'TRAINERS' })],
  ])('since it %s, is told of and not used, and gives way to the next', async (_, reason, change) => {
    const { storage, aggregateId, snapshot, eventStore, getSnapshot } = await withOneAt5();
    const { pokemons, errors } = reopened(eventStore, {
      storage: storageWith(storage, { getSnapshot: async () => ({ ...snapshot, ...change(snapshot) }) }),
      policy: everyNEvents(5),
    });

    const loaded = await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();

    expect(errors).toMatchObject([{ code: 'SnapshotIgnoredError', reason, version: 5, aggregateId }]);
    expect(loaded.snapshot).toBeUndefined();
    expect(loaded.events).toHaveLength(7);
    expect(loaded.aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 7 });
  });

  it('since it is newer than what was asked for, is not used', async () => {
    const { storage, aggregateId, snapshot, eventStore } = await withOneAt5();
    const { pokemons, errors } = reopened(eventStore, {
      storage: storageWith(storage, { getSnapshot: async () => snapshot }),
    });
    const { aggregate } = await pokemons.getAggregate(aggregateId, { maxVersion: 4 });
    expect(aggregate).toMatchObject({ version: 4 });
    expect(errors).toMatchObject([{ reason: 'not-asked-for' }]);
  });

  it.each<[string, () => boolean]>([
    ['refuses', () => false],
    [
      'throws',
      () => {
        throw new Error('no pokemon');
      },
    ],
  ])('since hasShape %s, is not used', async (_, hasShape) => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const { pokemons, errors } = reopened(eventStore, { storage, hasShape });
    const { aggregate } = await pokemons.getAggregate(aggregateId);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(errors).toMatchObject([{ reason: 'wrong-shape', version: 5 }]);
  });

  it('since deserialize throws, is not used', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const { pokemons, errors } = reopened(eventStore, {
      storage,
      serialize: aggregate => aggregate,
      deserialize: () => {
        throw new Error('no pokemon');
      },
    });
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 7 } });
    expect(errors).toMatchObject([{ reason: 'unreadable', version: 5, cause: { message: 'no pokemon' } }]);
  });

  it('since it cannot be read, is told of and not used', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const failure = new Error('throttled');
    const { pokemons, errors } = reopened(eventStore, {
      storage: storageWith(storage, { getSnapshot: () => Promise.reject(failure) }),
    });
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 7 } });
    expect(errors).toMatchObject([{ code: 'SnapshotFailedError', operation: 'read', cause: failure }]);
  });

  describe('since the events were restored to an earlier time', () => {
    const restored = async (lastVersion: number) => {
      const set = await withOneAt5();
      await push(set.pokemons, set.aggregateId, 8, 16);
      await set.pokemons.snapshots.settled();
      const eventStore = createPokemons(new InMemoryEventStorageAdapter());
      await push(eventStore, set.aggregateId, 1, lastVersion);
      return { ...set, eventStore, ...reopened(eventStore, { storage: set.storage, policy: everyNEvents(5) }) };
    };

    it.each([undefined, 12])(
      'is not used, deleted, and makes room for the ones before it (maxVersion %s)',
      async max => {
        const { pokemons, errors, aggregateId, eventStore } = await restored(7);
        const options = { maxVersion: max };

        const loaded = await pokemons.getAggregate(aggregateId, options);
        await pokemons.snapshots.settled();

        expect(loaded.snapshot).toBeUndefined();
        expect(loaded.aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
        const version = max === undefined ? 15 : 10;
        expect(errors).toMatchObject([{ code: 'SnapshotIgnoredError', reason: 'ahead-of-events', version }]);
        const again = await pokemons.getAggregate(aggregateId, options);
        expect(again.snapshot?.version).toBe(max === undefined ? 7 : 5);
        expect(again.aggregate).toStrictEqual(loaded.aggregate);
        expect(errors).toHaveLength(1);
      },
    );

    it('and that cannot be deleted, fails no load', async () => {
      const { storage, aggregateId, eventStore } = await restored(7);
      const failure = new Error('throttled');
      const { pokemons, errors } = reopened(eventStore, {
        storage: storageWith(storage, { deleteSnapshots: () => Promise.reject(failure) }),
      });
      for (let load = 0; load < 2; load++) {
        await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 7 } });
        await pokemons.snapshots.settled();
      }
      const told = [
        { reason: 'ahead-of-events', version: 15 },
        { operation: 'delete', cause: failure },
      ];
      expect(errors).toMatchObject([...told, ...told]);
    });

    it('is not used where no event is left', async () => {
      const { pokemons, aggregateId } = await restored(0);
      await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: undefined, events: [] });
    });

    it('and went on differently since, is not used', async () => {
      const { pokemons, errors, aggregateId, eventStore } = await restored(7);
      for (let version = 8; version <= 16; version++) {
        await eventStore.pushEvent({ ...pokemonEvent(aggregateId, version), type: 'CAUGHT' } as never);
      }
      const loaded = await pokemons.getAggregate(aggregateId);
      await pokemons.snapshots.settled();
      expect(errors).toMatchObject([{ reason: 'other-events', version: 15 }]);
      expect(loaded.aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
      await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 16 } });
    });
  });

  it('is used where its event was pushed while the events were read', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const { pokemons, errors } = reopened(eventStore, {
      storage: storageWith(storage, {
        getSnapshot: async (...args) => {
          // The last events are read by now.
          await push(writer, aggregateId, 8, 11);
          await writer.snapshots.settled();
          return storage.getSnapshot(...args);
        },
      }),
    });
    const writer = reopened(eventStore, { storage, policy: everyNEvents(5) }).pokemons;

    const { aggregate, snapshot, events } = await pokemons.getAggregate(aggregateId);

    expect(snapshot?.version).toBe(10);
    expect(events.map(({ version }) => version)).toStrictEqual([11]);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(errors).toStrictEqual([]);
  });
});

describe('a push with force', () => {
  const corrected = (aggregateId: string, version: number) =>
    ({ ...pokemonEvent(aggregateId, version), payload: { by: 1000 } }) as never;

  it.each([2, 5, 6, 7])('at version %i leaves no snapshot that does not know of it', async version => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: everyNEvents(2) });
    await push(pokemons, aggregateId, 1, 7);
    await pokemons.getAggregate(aggregateId);

    await pokemons.pushEvent(corrected(aggregateId, version), { force: true });

    for (const maxVersion of [1, 2, 3, 4, 5, 6, 7]) {
      const { aggregate } = await pokemons.getAggregate(aggregateId, { maxVersion });
      expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId, { maxVersion })).aggregate);
    }
  });

  it('is not made where snapshots cannot be deleted', async () => {
    const failure = new Error('throttled');
    const { eventStore, pokemons, aggregateId } = setUp({
      storage: storageWith(new InMemorySnapshotStorage(), { deleteSnapshots: () => Promise.reject(failure) }),
    });
    await push(pokemons, aggregateId, 1, 2);
    const { events } = await eventStore.getEvents(aggregateId);

    const pushing = pokemons.pushEvent(corrected(aggregateId, 2), { force: true });

    await expect(pushing).rejects.toMatchObject({ code: 'SnapshotFailedError', operation: 'delete', cause: failure });
    await expect(eventStore.getEvents(aggregateId)).resolves.toStrictEqual({ events });
  });

  it('takes away what somebody else made of the old event in between, or says that it could not', async () => {
    const storage = new InMemorySnapshotStorage();
    let deletions = 0;
    const { eventStore, pokemons, aggregateId } = setUp({
      storage: storageWith(storage, {
        deleteSnapshots: async (...args) => {
          deletions += 1;
          if (deletions === 4) throw new Error('throttled');
          return storage.deleteSnapshots(...args);
        },
      }),
    });
    const other = withSnapshots(createPokemons(eventStore.getEventStorageAdapter()), {
      storage,
      reducerVersion: '1',
      policy: everyNEvents(1),
    });
    await push(pokemons, aggregateId, 1, 4);
    const adapter = eventStore.getEventStorageAdapter();
    const pushEvent = adapter.pushEvent.bind(adapter);
    adapter.pushEvent = async (...args) => {
      await other.getAggregate(aggregateId);
      await other.snapshots.settled();
      return pushEvent(...args);
    };

    await pokemons.pushEvent(corrected(aggregateId, 3), { force: true });
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({
      aggregate: (await eventStore.getAggregate(aggregateId)).aggregate,
    });

    const pushing = pokemons.pushEvent(corrected(aggregateId, 2), { force: true });
    await expect(pushing).rejects.toMatchObject({ message: expect.stringContaining('The event was pushed') });
    await expect(pokemons.snapshots.deleteOf(aggregateId)).resolves.toBe(1);
  });
});

describe('maintenance', () => {
  const setUpMany = async (count: number) => {
    const set = setUp();
    const ids = Array.from({ length: count }, newAggregateId);
    for (const id of ids) await push(set.eventStore, id, 1, 2);
    return { ...set, ids };
  };

  const all = async <T>(progress: AsyncIterable<T>): Promise<T[]> => {
    const seen: T[] = [];
    for await (const each of progress) seen.push(each);
    return seen;
  };

  it('builds what is missing, with progress, and can be taken up again', async () => {
    const { pokemons, ids, getSnapshot, eventStore } = await setUpMany(230);

    const building = pokemons.snapshots.build({ concurrency: 7 });
    const { value: first } = await building.next();
    await building.return();
    expect(first).toMatchObject({ aggregates: 100, snapshots: 100, failures: 0, pageToken: expect.any(String) });
    const built = await Promise.all(ids.map(id => getSnapshot(id)));
    expect(built.filter(snapshot => snapshot?.version === 2)).toHaveLength(100);

    const { pageToken } = first as { pageToken: string };
    await expect(all(pokemons.snapshots.build({ pageToken }))).resolves.toStrictEqual([
      { aggregates: 100, snapshots: 100, failures: 0, pageToken: expect.any(String) },
      { aggregates: 130, snapshots: 130, failures: 0, pageToken: undefined },
    ]);
    await push(eventStore, ids[0] as string, 3, 3);
    const again = await all(pokemons.snapshots.build());
    expect(again.at(-1)).toMatchObject({ aggregates: 230, snapshots: 1 });
  });

  it('goes on where one cannot be written, and tells', async () => {
    const storage = new InMemorySnapshotStorage();
    const ids = Array.from({ length: 3 }, newAggregateId);
    const failing = ids[1];
    const { eventStore, pokemons, errors } = setUp({
      storage: storageWith(storage, {
        putSnapshot: async snapshot => {
          if (snapshot.aggregateId === failing) throw new Error('throttled');
          return storage.putSnapshot(snapshot);
        },
      }),
    });
    for (const id of ids) await push(eventStore, id, 1, 2);

    await expect(all(pokemons.snapshots.build())).resolves.toStrictEqual([
      { aggregates: 3, snapshots: 2, failures: 1, pageToken: undefined },
    ]);
    expect(errors).toMatchObject([{ operation: 'write', aggregateId: failing }]);
  });

  it('goes on where one cannot be loaded, and tells', async () => {
    const { pokemons, ids, eventStore, errors } = await setUpMany(3);
    const { getEvents } = eventStore.getEventStorageAdapter();
    const failure = new Error('unreadable event');
    eventStore.getEventStorageAdapter().getEvents = (id, ...args) =>
      id === ids[1] ? Promise.reject(failure) : getEvents(id, ...args);

    await expect(all(pokemons.snapshots.build())).resolves.toStrictEqual([
      { aggregates: 3, snapshots: 2, failures: 1, pageToken: undefined },
    ]);
    expect(errors).toMatchObject([{ operation: 'write', aggregateId: ids[1], cause: failure }]);
  });

  it('deletes those of other reducer versions, or all of one aggregate', async () => {
    const { pokemons, ids, getSnapshot, eventStore, storage } = await setUpMany(3);
    const newer = withSnapshots(eventStore, { storage, reducerVersion: '2' });
    await all(pokemons.snapshots.build());
    await all(newer.snapshots.build());

    await expect(all(newer.snapshots.deleteOutdated())).resolves.toMatchObject([{ aggregates: 3, snapshots: 3 }]);
    const [first, second] = ids as [string, string];
    await expect(getSnapshot(first, undefined, '1')).resolves.toBeUndefined();
    await expect(getSnapshot(first, undefined, '2')).resolves.toMatchObject({ version: 2 });

    await expect(newer.snapshots.deleteOf(first)).resolves.toBe(1);
    await expect(getSnapshot(first, undefined, '2')).resolves.toBeUndefined();
    await expect(getSnapshot(second, undefined, '2')).resolves.toMatchObject({ version: 2 });
  });

  it.each([0, 1.5, '2'])('refuses %p at once', async concurrency => {
    const { pokemons } = setUp();
    const building = all(pokemons.snapshots.build({ concurrency: concurrency as never }));
    await expect(building).rejects.toMatchObject({ argument: 'options.concurrency' });
  });
});

describe('time travel', () => {
  const day = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours)).toISOString();

  it('finds the last event that is not later, at every instant, with snapshots and without', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({
      policy: Object.assign(everyNEvents(5), { tail: { events: 3 } }),
    });
    await pushAndSettle(pokemons, aggregateId, 1, 23);
    for (let minute = 0; minute <= 240; minute += 5) {
      const at = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
      const maxVersion = Math.min(23, Math.floor(minute / 10));
      const { aggregate, lastEvent, snapshot } = await pokemons.getAggregate(aggregateId, { at });
      const replayed = await eventStore.getAggregate(aggregateId, { maxVersion });
      expect(aggregate).toStrictEqual(replayed.aggregate);
      expect(lastEvent).toStrictEqual(replayed.lastEvent);
      expect(snapshot?.version ?? 0).toBe(Math.floor(maxVersion / 5) * 5);
    }
  });

  it('goes back in ever longer strides', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({
      policy: Object.assign(() => false, { tail: { events: 3 } }),
    });
    await push(pokemons, aggregateId, 1, 100);
    const limits: unknown[] = [];
    const adapter = eventStore.getEventStorageAdapter();
    const getEvents = adapter.getEvents.bind(adapter);
    adapter.getEvents = (id, context, options) => {
      limits.push(options?.limit);
      return getEvents(id, context, options);
    };
    const { aggregate } = await pokemons.getAggregate(aggregateId, { at: pokemonEvent(aggregateId, 10).timestamp });
    expect(aggregate?.version).toBe(10);
    // The last stride reaches back to version 8; what is before it is read at once.
    expect(limits).toStrictEqual([3, 6, 12, 24, 48, undefined]);
  });

  it('goes by version order where clocks ran backwards', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: never });
    const hours = [1, 5, 3, 4, 9];
    for (const [index, hour] of hours.entries()) {
      await eventStore.pushEvent({ ...pokemonEvent(aggregateId, index + 1), timestamp: day(hour) });
    }
    const versionAt = async (hour: number) =>
      (await pokemons.getAggregate(aggregateId, { at: day(hour) })).aggregate?.version;
    await expect(Promise.all([0, 1, 2, 3, 4, 5, 8, 9].map(versionAt))).resolves.toStrictEqual([
      undefined,
      1,
      1,
      3,
      4,
      4,
      4,
      5,
    ]);
  });

  it('compares instants, however they are written', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: never });
    const timestamps = ['2026-01-01T00:00:00Z', '2026-01-01T02:30:00+02:00', '2026-01-01T01:00:00.000Z'];
    for (const [index, timestamp] of timestamps.entries()) {
      await eventStore.pushEvent({ ...pokemonEvent(aggregateId, index + 1), timestamp });
    }
    const at = async (instant: string) =>
      (await pokemons.getAggregate(aggregateId, { at: instant })).aggregate?.version;
    await expect(at('2026-01-01')).resolves.toBe(1);
    await expect(at('2026-01-01T00:29:59.999Z')).resolves.toBe(1);
    await expect(at('2026-01-01T00:30:00.000Z')).resolves.toBe(2);
    await expect(at('2025-12-31T20:00:00-05:00')).resolves.toBe(3);
  });

  it('looks no further than maxVersion, where both are given', async () => {
    const { pokemons, aggregateId } = setUp();
    await push(pokemons, aggregateId, 1, 12);
    await pokemons.snapshots.settled();
    const { aggregate } = await pokemons.getAggregate(aggregateId, { at: day(24), maxVersion: 7 });
    expect(aggregate).toMatchObject({ version: 7 });
  });

  it.each(['yesterday', '', 5, new Date()])('refuses %p', async at => {
    const { pokemons, aggregateId } = setUp();
    const loading = pokemons.getAggregate(aggregateId, { at: at as never });
    await expect(loading).rejects.toMatchObject({ code: 'InvalidArgumentError', argument: 'options.at' });
  });
});

describe('a policy', () => {
  it.each([0, -1, 1.5, Number.NaN, '5', undefined])('is refused with %p events', n => {
    expect(() => everyNEvents(n as never)).toThrow(expect.objectContaining({ argument: 'n' }));
  });

  it.each([0, -1, Number.NaN, undefined])('is refused with %p read units', readUnits => {
    expect(() => whenLoadCosts({ readUnits: readUnits as never })).toThrow(
      expect.objectContaining({ argument: 'options.readUnits' }),
    );
  });

  it('is told what happened', async () => {
    const occasions: unknown[] = [];
    const { pokemons, aggregateId } = setUp({
      policy: occasion => {
        occasions.push({ ...occasion });
        return occasion.version === 2;
      },
    });
    await push(pokemons, aggregateId, 1, 3);
    await pokemons.snapshots.settled();
    await pokemons.getAggregate(aggregateId);
    expect(occasions).toStrictEqual([
      { trigger: 'push', aggregateId, version: 1 },
      { trigger: 'push', aggregateId, version: 2 },
      { trigger: 'push', aggregateId, version: 3 },
      { trigger: 'load', aggregateId, version: 3, events: 1, readUnits: 1 },
    ]);
  });

  it('that names a cost asks for fewer events at once, the larger they are', async () => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: whenLoadCosts({ readUnits: 3 }) });
    const limits: unknown[] = [];
    const adapter = eventStore.getEventStorageAdapter();
    const getEvents = adapter.getEvents.bind(adapter);
    adapter.getEvents = (id, context, options) => {
      limits.push(options?.limit);
      return getEvents(id, context, options);
    };
    const name = 'x'.repeat(8000);
    await eventStore.pushEvent({ aggregateId, version: 1, type: 'APPEARED', payload: { name, level: 1 } });
    for (let load = 0; load < 30; load++) await pokemons.getAggregate(aggregateId);

    expect(limits[0]).toBe(13);
    expect(limits.at(-1)).toBe(3);
  });
});
