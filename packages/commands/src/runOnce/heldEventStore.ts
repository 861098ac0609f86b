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
  readonly #originals = new WeakMap<GroupedEvent, GroupedEvent>();
  readonly #released = new WeakSet<GroupedEvent>();
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
    const disguised = copyOf(original, {
      eventStorageAdapter: this.adapterFor(original.eventStorageAdapter),
      eventStore,
    });
    // A group whose first event is another event store's own goes past the held push.
    putAlongside(disguised, async () => (this.#released.has(disguised) ? [] : this.#held.refuse('outside-the-group')));
    this.#originals.set(disguised, original);
    return disguised as GroupedEvent<never, never>;
  }

  #undisguise(groupedEvent: GroupedEvent): GroupedEvent {
    const original = this.#originals.get(groupedEvent);
    if (original === undefined) return groupedEvent;
    this.#released.add(groupedEvent);
    const { eventStorageAdapter, eventStore } = original;
    return copyOf(groupedEvent, { eventStorageAdapter, eventStore });
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

const copyOf = (
  groupedEvent: GroupedEvent,
  changes: Pick<GroupedEvent, 'eventStorageAdapter'> & { eventStore: EventStore | undefined },
): GroupedEvent =>
  Object.assign(Object.create(Object.getPrototypeOf(groupedEvent) as object), groupedEvent, changes) as GroupedEvent;
