import { Command, EventStore, tuple } from '@castore/core';

import type { Checks } from '../check.js';
import { assertConflict, assertEqual, rejectionOf } from '../support/assertions.js';
import { newAggregateId } from '../support/events.js';
import { levelUp, type PokemonStore, pokemonStore } from '../support/pokemonStore.js';
import { POKEMONS, type TestStores, TRAINERS } from '../support/testStores.js';

type Pushed = Parameters<NonNullable<PokemonStore['onEventPushed']>>[0];

/** Castore's event store over the adapter, and what its `onEventPushed` was called with. */
const openPokemonStore = async (stores: TestStores, name = POKEMONS) => {
  const store = pokemonStore(await stores.open(name));
  const heard: Pushed[] = [];
  store.onEventPushed = async pushed => {
    // Whoever is notified of an event can read it.
    const { events } = await store.getEvents(pushed.event.aggregateId, { minVersion: pushed.event.version });
    assertEqual(events[0], pushed.event);
    heard.push(pushed);
  };
  return { store, heard };
};

/** Concurrent commands on one aggregate; each is to happen, once. */
const COMMANDS = 6;

const assertEachCommandHappensOnce = async (
  store: PokemonStore,
  aggregateId: string,
  push: (version: number) => Promise<unknown>,
): Promise<void> => {
  const command = new Command({
    commandId: 'LEVEL_UP',
    requiredEventStores: tuple(store),
    eventAlreadyExistsRetries: 100,
    handler: async (_: object, [required]) => {
      const { aggregate } = await required.getAggregate(aggregateId);
      await push((aggregate?.version ?? 0) + 1);
    },
  });
  await Promise.all(Array.from({ length: COMMANDS }, async () => command.handler({}, [store])));
  const { aggregate } = await store.getAggregate(aggregateId);
  assertEqual(aggregate, { aggregateId, version: COMMANDS, level: COMMANDS });
};

export const castore = {
  'EventStore.pushEvent': {
    promise:
      '`EventStore.pushEvent` returns the event and `nextAggregate`, and calls `onEventPushed` once, after the write.',
    run: async stores => {
      const { store, heard } = await openPokemonStore(stores);
      const aggregateId = newAggregateId();
      const first = await store.pushEvent(levelUp(aggregateId, 1));
      assertEqual(first.nextAggregate, { aggregateId, version: 1, level: 1 });
      const options = first.nextAggregate === undefined ? {} : { prevAggregate: first.nextAggregate };
      const second = await store.pushEvent(levelUp(aggregateId, 2, 4), options);
      assertEqual(second.nextAggregate, { aggregateId, version: 2, level: 5 });

      await rejectionOf(async () => store.pushEvent(levelUp(aggregateId, 2)), 'the third');
      assertEqual(heard, [first, second]);
    },
  },
  'EventStore.getAggregate': {
    promise: '`EventStore.getAggregate` reduces the events, up to `maxVersion` if it is given.',
    run: async stores => {
      const { store } = await openPokemonStore(stores);
      const aggregateId = newAggregateId();
      assertEqual((await store.getAggregate(aggregateId)).aggregate, undefined);
      await rejectionOf(async () => store.getExistingAggregate(aggregateId), 'an aggregate that is not there');

      for (const version of [1, 2, 3]) await store.pushEvent(levelUp(aggregateId, version));
      assertEqual((await store.getAggregate(aggregateId)).aggregate, { aggregateId, version: 3, level: 3 });
      const { aggregate, lastEvent } = await store.getExistingAggregate(aggregateId, { maxVersion: 2 });
      assertEqual([aggregate, lastEvent.version], [{ aggregateId, version: 2, level: 2 }, 2]);
    },
  },
  'EventStore.pushEventGroup': {
    promise:
      '`EventStore.pushEventGroup` returns events and `nextAggregate`s, and calls `onEventPushed` once for each event.',
    needs: ['groups'],
    run: async stores => {
      const [pokemons, trainers] = [await openPokemonStore(stores), await openPokemonStore(stores, TRAINERS)];
      const [one, other] = [newAggregateId(), newAggregateId()];
      const { eventGroup } = await EventStore.pushEventGroup(
        pokemons.store.groupEvent(levelUp(one, 1)),
        trainers.store.groupEvent(levelUp(other, 5), { prevAggregate: { aggregateId: other, version: 4, level: 4 } }),
      );
      assertEqual(
        eventGroup.map(({ nextAggregate }) => nextAggregate),
        [
          { aggregateId: one, version: 1, level: 1 },
          { aggregateId: other, version: 5, level: 5 },
        ],
      );
      assertEqual(
        [pokemons.heard, trainers.heard],
        eventGroup.map(pushed => [pushed]),
      );
    },
  },
  'a refused group is not heard of': {
    promise: '`onEventPushed` is not called for any event of a group that met a conflict.',
    needs: ['groups'],
    run: async stores => {
      const { store, heard } = await openPokemonStore(stores);
      const [taken, free] = [newAggregateId(), newAggregateId()];
      const first = await store.pushEvent(levelUp(taken, 1));
      const group = [store.groupEvent(levelUp(free, 1)), store.groupEvent(levelUp(taken, 1))] as const;
      assertConflict(await rejectionOf(async () => EventStore.pushEventGroup({}, ...group), 'the group'));
      assertEqual(heard, [first]);
    },
  },
  'Command retries': {
    promise: "Concurrent `Command`s on one aggregate all happen, each once, by Castore's own retries.",
    run: async stores => {
      const { store } = await openPokemonStore(stores);
      const aggregateId = newAggregateId();
      await assertEachCommandHappensOnce(store, aggregateId, async version =>
        store.pushEvent(levelUp(aggregateId, version)),
      );
    },
  },
  'Command retries groups': {
    promise: 'Concurrent `Command`s that push event groups all happen as well, each once.',
    needs: ['groups'],
    run: async stores => {
      const { store } = await openPokemonStore(stores);
      const { store: trainers } = await openPokemonStore(stores, TRAINERS);
      const aggregateId = newAggregateId();
      await assertEachCommandHappensOnce(store, aggregateId, async version => {
        const group = [store, trainers].map(member => member.groupEvent(levelUp(aggregateId, version)));
        await EventStore.pushEventGroup({}, ...(group as [(typeof group)[number]]));
      });
      assertEqual((await trainers.getAggregate(aggregateId)).aggregate?.level, COMMANDS);
    },
  },
  'EventStore.listAggregateIds': {
    promise: '`EventStore.listAggregateIds` lists and pages as the adapter does.',
    needs: ['listing'],
    run: async stores => {
      const { store } = await openPokemonStore(stores, 'LISTED-BY-CASTORE');
      const aggregateIds = [newAggregateId(), newAggregateId()];
      const timestamps = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'] as const;
      for (const [index, aggregateId] of aggregateIds.entries()) {
        await store.pushEvent({ ...levelUp(aggregateId, 1), timestamp: timestamps[index] as string });
      }
      const list = async (pageToken?: string) =>
        store.listAggregateIds({ limit: 1, ...(pageToken !== undefined && { pageToken }) });
      const first = await list();
      const second = await list(first.nextPageToken);
      assertEqual(
        [...first.aggregateIds, ...second.aggregateIds].map(({ aggregateId }) => aggregateId),
        aggregateIds,
      );
    },
  },
} satisfies Checks;
