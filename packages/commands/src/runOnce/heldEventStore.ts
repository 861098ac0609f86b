import { type EventStorageAdapter, EventStore, type GroupedEvent } from '@castore/core';
import { eventTableOf, InvalidEventGroupError, putAlongside } from '@castore-dynamodb/adapter';
import { memberOf } from '@castore-dynamodb/commons';

import type { HeldPush } from './heldPush.js';

type Group = [GroupedEvent, ...GroupedEvent[]];

/** What reads: it is called on the event store itself, whatever that is made of. */
const READS = [
  'getEvents',
  'listAggregateIds',
  'buildAggregate',
  'getAggregate',
  'getExistingAggregate',
  'simulateAggregate',
] as const satisfies (keyof EventStore)[];

/**
 * Event stores that are like the given ones in everything, but for their pushes, which are held. Works for whatever stands
 * before an event store too: Castore's `ConnectedEventStore`, `withSnapshots`.
 */
export const holdPushesOf = (eventStores: readonly EventStore[], held: HeldPush): EventStore[] => {
  const disguises = new Disguises(held);
  return eventStores.map(eventStore => holdPushes(eventStore, disguises));
};

const holdPushes = (eventStore: EventStore, disguises: Disguises): EventStore => {
  if (typeof memberOf(eventStore, 'groupEvent') !== 'function') return eventStore;

  const groupEvent: EventStore['groupEvent'] = (event, options) =>
    disguises.disguise(eventStore.groupEvent(event, options), heldStore);

  const pushEvent: EventStore['pushEvent'] = async (event, { force = false, ...options } = {}) => {
    const { eventGroup } = await EventStore.pushEventGroup({ force }, groupEvent(event, options));
    return eventGroup[0];
  };

  const getEventStorageAdapter = () => disguises.adapterFor(eventStore.getEventStorageAdapter());

  const heldStore: EventStore = Object.create(eventStore, {
    ...Object.fromEntries(
      READS.map(name => [
        name,
        { value: (...args: never[]) => (eventStore[name] as (...given: never[]) => unknown)(...args) },
      ]),
    ),
    groupEvent: { value: groupEvent },
    pushEvent: { value: pushEvent },
    getEventStorageAdapter: { value: getEventStorageAdapter },
    eventStorageAdapter: { get: () => eventStore.eventStorageAdapter && getEventStorageAdapter() },
    // The event store's own is called when the events are stored.
    onEventPushed: { value: undefined },
  });
  return heldStore;
};

/** Grouped events whose adapter holds them, whoever pushes their group; and what they are in truth. */
class Disguises {
  readonly #held: HeldPush;
  /** A member, so that copies of a grouped event have it too: a command of `runOnce` may be part of another one. */
  readonly #truth = Symbol('what a grouped event is in truth');
  readonly #adapters = new Map<EventStorageAdapter, EventStorageAdapter>();

  constructor(held: HeldPush) {
    this.#held = held;
  }

  /** @throws InvalidEventGroupError for an adapter that cannot write a result with the events. */
  disguise(original: GroupedEvent, eventStore: EventStore | undefined): GroupedEvent<never, never> {
    if (eventTableOf(original.eventStorageAdapter) === undefined) {
      throw new InvalidEventGroupError(
        'foreign-adapter',
        'its event store is not connected to an adapter of @castore-dynamodb/adapter, so runOnce cannot write a result with its events.',
      );
    }
    const truth: Truth = { original, isHeld: false };
    const eventStorageAdapter = this.adapterFor(original.eventStorageAdapter);
    const disguised = copyOf(original, { eventStorageAdapter, eventStore, [this.#truth]: truth });
    // A group whose first event is another event store's own goes past the held push.
    putAlongside(disguised, async () => (truth.isHeld ? [] : this.#held.refuse('outside-the-group')));
    return disguised as GroupedEvent<never, never>;
  }

  #undisguise(groupedEvent: GroupedEvent): GroupedEvent {
    const truth = memberOf(groupedEvent, this.#truth) as Truth | undefined;
    if (truth === undefined) return groupedEvent;
    truth.isHeld = true;
    const { eventStorageAdapter, eventStore } = truth.original;
    return copyOf(groupedEvent, { eventStorageAdapter, eventStore, [this.#truth]: undefined });
  }

  adapterFor(adapter: EventStorageAdapter): EventStorageAdapter {
    const known = this.#adapters.get(adapter);
    if (known !== undefined) return known;
    const groupEvent: EventStorageAdapter['groupEvent'] = event => this.disguise(adapter.groupEvent(event), undefined);
    const pushEventGroup: EventStorageAdapter['pushEventGroup'] = (options, ...group) =>
      this.#held.push(options, group.map(groupedEvent => this.#undisguise(groupedEvent)) as Group);
    const pushEvent: EventStorageAdapter['pushEvent'] = async (event, { force = false, ...context }) => {
      const { eventGroup } = await pushEventGroup({ force }, Object.assign(groupEvent(event), { context }));
      return eventGroup[0] as (typeof eventGroup)[number];
    };
    const held: EventStorageAdapter = Object.create(adapter, {
      groupEvent: { value: groupEvent },
      pushEventGroup: { value: pushEventGroup },
      pushEvent: { value: pushEvent },
    });
    this.#adapters.set(adapter, held);
    return held;
  }
}

interface Truth {
  readonly original: GroupedEvent;
  /** Whether the group that it is in is the held push. */
  isHeld: boolean;
}

const copyOf = (groupedEvent: GroupedEvent, changes: Record<string | symbol, unknown>): GroupedEvent =>
  Object.assign(Object.create(Object.getPrototypeOf(groupedEvent) as object), groupedEvent, changes) as GroupedEvent;
