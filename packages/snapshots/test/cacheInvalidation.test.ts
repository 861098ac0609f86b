import { EventStore, type GroupedEvent } from '@castore/core';

import { withSnapshots } from '../src/index.js';
import { restore, setUpCache } from './cachedStates.js';
import { newPokemons, type Pokemon, type PokemonEvent, pokemonEvent, push, rejection } from './pokemons.js';

const caught = (aggregateId: string, version: number): PokemonEvent => ({
  ...(pokemonEvent(aggregateId, version) as PokemonEvent & { type: 'POKEMON_LEVELED_UP' }),
  payload: { by: 1_000 },
});

describe('a state in memory is not used', () => {
  const setUp = async () => {
    const set = setUpCache();
    await push(set.eventStore, set.aggregateId, 1, 5);
    await set.pokemons.getAggregate(set.aggregateId);
    const events = Array.from({ length: 5 }, (_, index) => pokemonEvent(set.aggregateId, index + 1));
    const expectReplay = async () => {
      const { aggregate, lastEvent } = await set.pokemons.getAggregate(set.aggregateId);
      const replayed = await set.eventStore.getAggregate(set.aggregateId);
      expect(aggregate).toStrictEqual(replayed.aggregate);
      expect(lastEvent).toStrictEqual(replayed.lastEvent);
      return aggregate?.level;
    };
    return { ...set, events, expectReplay };
  };

  it('if its last event is another one', async () => {
    const { eventStore, aggregateId, events, expectReplay, errors, queries } = await setUp();
    restore(eventStore, [
      ...events.slice(0, 3),
      caught(aggregateId, 4),
      caught(aggregateId, 5),
      caught(aggregateId, 6),
    ]);
    await expect(expectReplay()).resolves.toBeGreaterThan(3_000);
    expect(errors.splice(0)).toMatchObject([{ reason: 'other-events', version: 5 }]);
    queries.splice(0);
    await expectReplay();
    expect(errors).toStrictEqual([]);
  });

  it.each([0, 1, 4])('if its last event is gone, and only %d are left', async length => {
    const { eventStore, events, expectReplay, errors } = await setUp();
    restore(eventStore, events.slice(0, length));
    await expectReplay();
    expect(errors.splice(0)).toMatchObject([{ reason: 'ahead-of-events', version: 5 }]);
    await expectReplay();
    expect(errors).toStrictEqual([]);
  });

  it('after a push with force at any version, also one that failed and may have been carried out', async () => {
    const { pokemons, eventStore, aggregateId, expectReplay, errors } = await setUp();
    await pokemons.pushEvent(caught(aggregateId, 2), { force: true });
    await expect(expectReplay()).resolves.toBeGreaterThan(1_000);

    const adapter = eventStore.getEventStorageAdapter();
    const { pushEvent } = adapter;
    adapter.pushEvent = async (...args) => {
      await pushEvent(...args);
      // Somebody loads before the answer is lost.
      await pokemons.getAggregate(aggregateId, { maxVersion: 1 });
      throw new Error('no answer');
    };
    await expectReplay();
    const failed = pokemons.pushEvent(caught(aggregateId, 3), { force: true });
    await expect(rejection(failed)).resolves.toMatchObject({ message: 'no answer' });
    await expect(expectReplay()).resolves.toBeGreaterThan(2_000);
    expect(errors).toStrictEqual([]);
  });

  it('after a group with force, of an adapter of others too', async () => {
    const { pokemons, aggregateId, expectReplay } = await setUp();
    const group = [2, 3].map(version => {
      const { timestamp: _, ...event } = caught(aggregateId, version);
      return pokemons.groupEvent(event);
    });
    await EventStore.pushEventGroup({ force: true }, ...(group as unknown as [GroupedEvent, GroupedEvent]));
    await expect(expectReplay()).resolves.toBeGreaterThan(2_000);
  });

  it('if it was read before an event was overwritten, and is made after that', async () => {
    const { pokemons, eventStore, aggregateId, expectReplay } = await setUp();
    await pokemons.snapshots.deleteOf(aggregateId);
    const adapter = eventStore.getEventStorageAdapter();
    const { getEvents } = adapter;
    let overwrite = async (): Promise<void> => {};
    adapter.getEvents = async (...args) => {
      const answer = await getEvents(...args);
      await overwrite();
      return answer;
    };
    for (const interfere of [
      async () => void (await pokemons.pushEvent(caught(aggregateId, 2), { force: true })),
      async () => {
        await eventStore.pushEvent(caught(aggregateId, 3), { force: true });
        await pokemons.snapshots.deleteOf(aggregateId);
      },
    ]) {
      overwrite = async () => {
        overwrite = async () => {};
        await interfere();
      };
      await pokemons.getAggregate(aggregateId);
      await expectReplay();
    }
  });

  it('after deleteOf, which somebody calls who has changed events elsewhere', async () => {
    const { pokemons, eventStore, aggregateId, expectReplay } = await setUp();
    await eventStore.pushEvent(caught(aggregateId, 2), { force: true });
    await expect(pokemons.snapshots.deleteOf(aggregateId)).resolves.toBe(0);
    await expectReplay();
  });

  it('by another reducer', async () => {
    const { pokemons, eventStore, aggregateId } = await setUp();
    const next = newPokemons(eventStore.getEventStorageAdapter());
    const { reducer } = next;
    next.buildAggregate = (events, before) =>
      events.reduce((pokemon, event) => ({ ...reducer(pokemon, event), name: 'Raichu' }), before as Pokemon);
    const cache = { maxBytes: 1_000_000 };
    for (const reducerVersion of ['1', '2']) {
      const other = withSnapshots(next, { cache, reducerVersion });
      for (const _ of ['from events', 'from memory']) {
        await expect(other.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { name: 'Raichu' } });
        await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { name: 'Pikachu' } });
      }
    }
  });
});

describe('of two loads at the same time', () => {
  it('the later version is kept, whichever ends last', async () => {
    const { pokemons, eventStore, aggregateId, queries } = setUpCache();
    await push(eventStore, aggregateId, 1, 1);
    const adapter = eventStore.getEventStorageAdapter();
    const { getEvents } = adapter;
    let isDone = (): void => {};
    const done = new Promise<void>(resolve => (isDone = resolve));
    adapter.getEvents = async (...args) => {
      const answer = await getEvents(...args);
      adapter.getEvents = getEvents;
      await done;
      return answer;
    };
    const slow = pokemons.getAggregate(aggregateId);
    await push(eventStore, aggregateId, 2, 3);
    await pokemons.getAggregate(aggregateId);
    isDone();
    await expect(slow).resolves.toMatchObject({ aggregate: { version: 1 } });
    queries.splice(0);
    await pokemons.getAggregate(aggregateId);
    expect(queries).toStrictEqual([{ minVersion: 3 }]);
  });
});

describe('without a storage', () => {
  it('there is nothing to build or to delete, and nothing to wait for', async () => {
    const { pokemons } = setUpCache();
    await expect(pokemons.snapshots.settled()).resolves.toBeUndefined();
    for (const work of [pokemons.snapshots.build(), pokemons.snapshots.deleteOutdated()]) {
      await expect(work.next()).rejects.toMatchObject({ code: 'InvalidArgumentError', argument: 'options.storage' });
    }
  });
});
