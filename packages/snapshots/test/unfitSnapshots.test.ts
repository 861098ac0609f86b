import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { everyNEvents, type Snapshot, type SnapshotsOptions } from '../src/index.js';
import { reopen, setUp, storageWith } from './inMemory.js';
import { newPokemons, type Pokemon, pokemonEvent, push } from './pokemons.js';

describe('a snapshot that does not fit', () => {
  const withOneAt5 = async (options: Partial<SnapshotsOptions<Pokemon>> = {}) => {
    const set = setUp(options);
    await push(set.pokemons, set.aggregateId, 1, 7);
    await set.pokemons.snapshots.settled();
    return { ...set, snapshot: (await set.getSnapshot(set.aggregateId)) as Snapshot };
  };

  it('since the reducer has another version, is left alone, and each version has its own', async () => {
    const { storage, aggregateId, getSnapshot, eventStore } = await withOneAt5();
    const doubled = newPokemons(eventStore.getEventStorageAdapter());
    const { reducer } = eventStore;
    doubled.reducer = (pokemon, event) => {
      const next = reducer(pokemon, event);
      return { ...next, level: next.level * 2 };
    };
    doubled.buildAggregate = (events, aggregate) => events.reduce(doubled.reducer, aggregate as Pokemon);
    const { pokemons, errors } = reopen(doubled, { storage, reducerVersion: '2', policy: everyNEvents(5) });

    const loaded = await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();

    expect(loaded.snapshot).toBeUndefined();
    expect(loaded.aggregate).toStrictEqual((await doubled.getAggregate(aggregateId)).aggregate);
    await expect(getSnapshot(aggregateId, undefined, '1')).resolves.toMatchObject({ version: 5 });
    await expect(getSnapshot(aggregateId, undefined, '2')).resolves.toMatchObject({ version: 7 });
    expect(errors).toStrictEqual([]);
  });

  it.each<[string, Partial<Snapshot>]>([
    ['usable', {}],
    ['unreadable', { state: new Uint8Array([7, 7]) }],
    ['other-events', { lastEvent: 'other' }],
    ['ahead-of-events', { version: 9 }],
  ])('is %s, as an inspection shows, which changes nothing', async (state, change) => {
    const { storage, aggregateId, snapshot, eventStore, getSnapshot } = await withOneAt5();
    const changed = { ...snapshot, ...change };
    const { pokemons } = reopen(eventStore, {
      storage: storageWith(storage, { getSnapshot: async () => changed }),
      policy: everyNEvents(5),
    });
    const { version, takenAt } = changed;
    await expect(pokemons.snapshots.inspect(aggregateId)).resolves.toStrictEqual({ version, takenAt, state });
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toStrictEqual(snapshot);
    await expect(
      reopen(eventStore, { storage, reducerVersion: '2' }).pokemons.snapshots.inspect(aggregateId),
    ).resolves.toBeUndefined();
    await expect(pokemons.snapshots.inspect('')).rejects.toMatchObject({ code: 'InvalidArgumentError' });
  });

  it.each<[string, string, (snapshot: Snapshot) => Partial<Snapshot>]>([
    ['has no bytes', 'unreadable', () => ({ state: new Uint8Array() })],
    ['has unknown bytes', 'unreadable', () => ({ state: new Uint8Array([7, 7]) })],
    ['was cut off', 'unreadable', ({ state }) => ({ state: state.subarray(0, state.length / 2) })],
    ['was made of another event', 'other-events', () => ({ lastEvent: 'other' })],
    ['is of another reducer version', 'not-asked-for', () => ({ reducerVersion: '2' })],
    ['is of another aggregate', 'not-asked-for', () => ({ aggregateId: 'other' })],
    ['is of another event store', 'not-asked-for', () => ({ eventStoreId: 'TRAINERS' })],
  ])('since it %s, is reported and not used, and gives way to the next', async (_, reason, change) => {
    const { storage, aggregateId, snapshot, eventStore, getSnapshot } = await withOneAt5();
    const { pokemons, errors } = reopen(eventStore, {
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
    const { pokemons, errors } = reopen(eventStore, {
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
    const { pokemons, errors } = reopen(eventStore, { storage, hasShape });
    const { aggregate } = await pokemons.getAggregate(aggregateId);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(errors).toMatchObject([{ reason: 'wrong-shape', version: 5 }]);
  });

  it('since the reducer throws for it, is not used', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const { reducer } = eventStore;
    const changed = newPokemons(eventStore.getEventStorageAdapter());
    changed.buildAggregate = (events, aggregate) => {
      if (aggregate !== undefined) throw new TypeError('no such member');
      return events.reduce(reducer, aggregate as never);
    };
    const { pokemons, errors } = reopen(changed, { storage });
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({
      aggregate: { version: 7 },
      snapshot: undefined,
      events: { length: 7 },
    });
    expect(errors).toMatchObject([{ reason: 'wrong-shape', version: 5, cause: { message: 'no such member' } }]);
  });

  it('since the reducer throws for it, is not used, nor are the events that it changed until then', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const adapter = eventStore.getEventStorageAdapter();
    const { getEvents } = adapter;
    adapter.getEvents = async (...args) => structuredClone(await getEvents(...args));
    const changing = newPokemons(adapter);
    changing.buildAggregate = (events, aggregate) => {
      let level = 0;
      // As a reducer does that makes an aggregate of a payload and changes that.
      for (const { payload } of events as { payload: { by?: number; level?: number } }[]) {
        level += payload.by ?? payload.level ?? 0;
        payload.by = 1_000;
      }
      if (aggregate !== undefined) throw new TypeError('no such member');
      return { aggregateId, version: events.length, level, name: '', history: [], releasedAt: undefined };
    };
    const { pokemons } = reopen(changing, { storage });
    const { level } = (await eventStore.getAggregate(aggregateId)).aggregate as Pokemon;
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { level } });
  });

  it('is not blamed for what the reducer throws for an event', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const failure = new Error('bad event');
    eventStore.buildAggregate = () => {
      throw failure;
    };
    const { pokemons, errors } = reopen(eventStore, { storage });
    await expect(pokemons.getAggregate(aggregateId)).rejects.toBe(failure);
    expect(errors).toStrictEqual([]);
  });

  it('since deserialize throws, is not used', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const { pokemons, errors } = reopen(eventStore, {
      storage,
      serialize: aggregate => aggregate,
      deserialize: () => {
        throw new Error('no pokemon');
      },
    });
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 7 } });
    expect(errors).toMatchObject([{ reason: 'unreadable', version: 5, cause: { message: 'no pokemon' } }]);
  });

  it('since it cannot be read, is reported and not used', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const failure = new Error('throttled');
    const { pokemons, errors } = reopen(eventStore, {
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
      const eventStore = newPokemons(new InMemoryEventStorageAdapter());
      await push(eventStore, set.aggregateId, 1, lastVersion);
      return { ...set, eventStore, ...reopen(eventStore, { storage: set.storage, policy: everyNEvents(5) }) };
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
      const { pokemons, errors } = reopen(eventStore, {
        storage: storageWith(storage, { deleteSnapshots: () => Promise.reject(failure) }),
      });
      for (let load = 0; load < 2; load++) {
        await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 7 } });
        await pokemons.snapshots.settled();
      }
      const reported = [
        { reason: 'ahead-of-events', version: 15 },
        { operation: 'delete', cause: failure },
      ];
      expect(errors).toMatchObject([...reported, ...reported]);
    });

    it('is not used if no event is left', async () => {
      const { pokemons, aggregateId } = await restored(0);
      await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: undefined, events: [] });
    });

    it('and went on differently since, is not used', async () => {
      const { pokemons, errors, aggregateId, eventStore } = await restored(7);
      for (let version = 8; version <= 16; version++) {
        await eventStore.pushEvent({ ...pokemonEvent(aggregateId, version), type: 'POKEMON_RELEASED' } as never);
      }
      const loaded = await pokemons.getAggregate(aggregateId);
      await pokemons.snapshots.settled();
      expect(errors).toMatchObject([{ reason: 'other-events', version: 15 }]);
      expect(loaded.aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
      await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 16 } });
    });
  });

  it('is used if its event was pushed while the events were read', async () => {
    const { storage, aggregateId, eventStore } = await withOneAt5();
    const { pokemons, errors } = reopen(eventStore, {
      storage: storageWith(storage, {
        getSnapshot: async (...args) => {
          // The last events are read by now.
          await push(writer, aggregateId, 8, 11);
          await writer.snapshots.settled();
          return storage.getSnapshot(...args);
        },
      }),
    });
    const writer = reopen(eventStore, { storage, policy: everyNEvents(5) }).pokemons;

    const { aggregate, snapshot, events } = await pokemons.getAggregate(aggregateId);

    expect(snapshot?.version).toBe(10);
    expect(events.map(({ version }) => version)).toStrictEqual([11]);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(errors).toStrictEqual([]);
  });
});
