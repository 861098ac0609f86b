import { GroupedEvent } from '@castore/core';

import type { Checks } from '../check.js';
import { assertAllRefused, rejectionOf } from '../support/assertions.js';
import { caught, newAggregateId } from '../support/events.js';
import { assertNothingStored, assertWholeOrAbsent, pushGroup, pushMembers, threeMembers } from '../support/groups.js';
import { POKEMONS } from '../support/testStores.js';

const storesNothing = async (): Promise<never> => {
  throw new Error('This adapter stores nothing.');
};

/** Castore's interface, and no more of an adapter than that. */
const foreignAdapter: GroupedEvent['eventStorageAdapter'] = {
  getEvents: storesNothing,
  pushEvent: storesNothing,
  pushEventGroup: storesNothing,
  groupEvent: event => new GroupedEvent({ event, eventStorageAdapter: foreignAdapter }),
  listAggregateIds: storesNothing,
};

export const groupRefusals = {
  'a group without events is refused': {
    promise: 'A group of no events is refused.',
    needs: ['groups'],
    run: async stores => {
      const { adapter } = await stores.open(POKEMONS);
      const pushNone = adapter.pushEventGroup as (options: object) => Promise<unknown>;
      await assertAllRefused({ 'no events': async () => pushNone.call(adapter, {}) });
    },
  },
  'the same event twice is refused': {
    promise: 'A group with two events of one aggregate and version is refused, and nothing is written.',
    needs: ['groups'],
    run: async stores => {
      const members = await threeMembers(stores);
      const [{ store, event }] = members;
      const twice = [...members, { store, event: { ...event, payload: 'another' } }];
      await rejectionOf(async () => pushMembers(twice), 'the group');
      await assertNothingStored(members);
    },
  },
  'what cannot be kept keeps its group out': {
    promise: 'If one event of a group cannot be stored as it is, none is stored.',
    needs: ['groups'],
    run: async stores => {
      for (const payload of [Number.NaN, new Date(0), [undefined], new Map([['a', 1]]), 'x'.repeat(450_000)]) {
        await assertWholeOrAbsent(await threeMembers(stores, {}, {}, { payload }));
      }
    },
  },
  "a foreign adapter's event is refused": {
    promise: 'A group with an event of an adapter of another kind is refused, and nothing is written.',
    needs: ['groups'],
    run: async stores => {
      const [first, second] = await threeMembers(stores);
      const foreign = Object.assign(foreignAdapter.groupEvent(second.event), { context: second.store.context });
      await rejectionOf(async () => pushGroup([first.store.group(first.event), foreign]), 'the group');
      await assertNothingStored([first, second]);
    },
  },
  'an event without context is refused': {
    promise: 'A group with an event that does not say which event store it is of is refused, and nothing is written.',
    needs: ['groups'],
    run: async stores => {
      const [first, second] = await threeMembers(stores);
      const withoutContext = second.store.adapter.groupEvent(second.event);
      await rejectionOf(async () => pushGroup([first.store.group(first.event), withoutContext]), 'the group');
      await assertNothingStored([first, second]);
    },
  },
  'a group never goes to the wrong place': {
    promise: 'A group over storages that cannot write together is refused, or each of its events is where it belongs.',
    needs: ['groups', 'elsewhere'],
    run: async stores => {
      const [here, elsewhere] = await Promise.all([stores.open(POKEMONS), stores.openElsewhere(POKEMONS)]);
      const memberOf = (store: typeof here) => ({ store, event: caught(newAggregateId()) });
      await assertWholeOrAbsent([memberOf(here), memberOf(elsewhere)]);
      await assertWholeOrAbsent([memberOf(elsewhere), memberOf(here)]);
    },
  },
} satisfies Checks;
