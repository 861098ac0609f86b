import { AggregateNotFoundError, EventStore } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { everyNEvents, InMemorySnapshotStorage, type SnapshotError, withSnapshots } from '../src/index.js';
import { setUp } from './inMemory.js';
import { newPokemons, pokemonEvent, push, pushAndSettle } from './pokemons.js';

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

  it('is made by serialize and deserialize if it is of a class', async () => {
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
      eventTypes: newPokemons(new InMemoryEventStorageAdapter()).eventTypes,
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
