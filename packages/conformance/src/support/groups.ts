import type { EventDetail, GroupedEvent } from '@castore/core';

import { assertEqual } from './assertions.js';
import { caught, newAggregateId } from './events.js';
import { POKEMONS, type TestStore, type TestStores, TRAINERS } from './testStores.js';

/** An event to be grouped, and the event store it belongs to. */
export interface Member {
  store: TestStore;
  event: EventDetail;
}

/** Hands the group to the adapter of its first event, as Castore's `EventStore.pushEventGroup` does. */
export const pushGroup = async (
  groupedEvents: readonly GroupedEvent[],
  options: { force?: boolean } = {},
): Promise<EventDetail[]> => {
  const [first, ...others] = groupedEvents as [GroupedEvent, ...GroupedEvent[]];
  const { eventGroup } = await first.eventStorageAdapter.pushEventGroup(options, first, ...others);
  return eventGroup.map(({ event }) => event);
};

export const pushMembers = async (members: readonly Member[], options?: { force?: boolean }): Promise<EventDetail[]> =>
  pushGroup(
    members.map(({ store, event }) => store.group(event)),
    options,
  );

/** Three first events of one timestamp, in two event stores; `rest` is for each of them. */
export const threeMembers = async (
  stores: TestStores,
  ...rest: Partial<EventDetail>[]
): Promise<[Member, Member, Member]> => {
  const [pokemons, trainers] = await Promise.all([stores.open(POKEMONS), stores.open(TRAINERS)]);
  const memberOf = (store: TestStore, index: number): Member => ({
    store,
    event: caught(newAggregateId(), 1, rest[index]),
  });
  return [memberOf(pokemons, 0), memberOf(trainers, 1), memberOf(pokemons, 2)];
};

/** What is stored of each member's aggregate. */
export const readMembers = async (members: readonly Member[]): Promise<EventDetail[][]> =>
  Promise.all(members.map(async ({ store, event }) => store.read(event.aggregateId)));

export const assertNothingStored = async (members: readonly Member[]): Promise<void> => {
  const stored = await readMembers(members);
  assertEqual(stored.flat(), []);
};

/** Pushes the group, and fails unless it is stored whole, or refused and no part of it is stored. */
export const assertWholeOrAbsent = async (members: readonly Member[]): Promise<void> => {
  const isAccepted = await pushMembers(members).then(
    () => true,
    () => false,
  );
  const expected = members.map(({ event }) => (isAccepted ? [event] : []));
  assertEqual(await readMembers(members), expected);
};
