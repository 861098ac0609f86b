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
 * Event stores like the given ones, except that their pushes are held. Also works for wrapped event stores: Castore's
 * `ConnectedEventStore`, `withSnapshots`.
 */
export const holdPushesOf = (eventStores: readonly EventStore[], held: HeldPush): EventStore[] => {
  const groups = new HeldGroups(held);
  return eventStores.map(eventStore => holdPushes(eventStore, groups));
};

const holdPushes = (eventStore: EventStore, groups: HeldGroups): EventStore => {
  if (typeof memberOf(eventStore, 'groupEvent') !== 'function') return eventStore;

  const groupEvent: EventStore['groupEvent'] = (event, options) =>
    groups.hold(eventStore.groupEvent(event, options), heldStore);

  const pushEvent: EventStore['pushEvent'] = async (event, { force = false, ...options } = {}) => {
    const { eventGroup } = await EventStore.pushEventGroup({ force }, groupEvent(event, options));
    return eventGroup[0];
  };

  const getEventStorageAdapter = () => groups.adapterFor(eventStore.getEventStorageAdapter());

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

/** Grouped events whose adapter holds them, whoever pushes their group, and the originals that they stand for. */
class HeldGroups {
  readonly #held: HeldPush;
  /** A member, so that copies of a grouped event have it too: a command of `runOnce` may be part of another one. */
  readonly #origin = Symbol('origin of a held event');
  readonly #adapters = new Map<EventStorageAdapter, EventStorageAdapter>();

  constructor(held: HeldPush) {
    this.#held = held;
  }

  /** @throws InvalidEventGroupError for an adapter that cannot write a result with the events. */
  hold(original: GroupedEvent, eventStore: EventStore | undefined): GroupedEvent<never, never> {
    if (eventTableOf(original.eventStorageAdapter) === undefined) {
      throw new InvalidEventGroupError(
        'foreign-adapter',
        'its event store has no adapter of @castore-dynamodb/adapter, so runOnce cannot write a result with its events.',
      );
    }
    const origin: Origin = { original, isHeld: false };
    const eventStorageAdapter = this.adapterFor(original.eventStorageAdapter);
    const groupedEvent = copyOf(original, { eventStorageAdapter, eventStore, [this.#origin]: origin });
    // A group whose first event is another event store's own goes past the held push.
    putAlongside(groupedEvent, async () => (origin.isHeld ? [] : this.#held.refuse('outside-the-group')));
    return groupedEvent as GroupedEvent<never, never>;
  }

  #release(groupedEvent: GroupedEvent): GroupedEvent {
    const origin = memberOf(groupedEvent, this.#origin) as Origin | undefined;
    if (origin === undefined) return groupedEvent;
    origin.isHeld = true;
    const { eventStorageAdapter, eventStore } = origin.original;
    return copyOf(groupedEvent, { eventStorageAdapter, eventStore, [this.#origin]: undefined });
  }

  adapterFor(adapter: EventStorageAdapter): EventStorageAdapter {
    const known = this.#adapters.get(adapter);
    if (known !== undefined) return known;
    const groupEvent: EventStorageAdapter['groupEvent'] = event => this.hold(adapter.groupEvent(event), undefined);
    const pushEventGroup: EventStorageAdapter['pushEventGroup'] = (options, ...group) =>
      this.#held.push(options, group.map(groupedEvent => this.#release(groupedEvent)) as Group);
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

interface Origin {
  readonly original: GroupedEvent;
  /** Whether the group that it is in is the held push. */
  isHeld: boolean;
}

const copyOf = (groupedEvent: GroupedEvent, changes: Record<string | symbol, unknown>): GroupedEvent =>
  Object.assign(Object.create(Object.getPrototypeOf(groupedEvent) as object), groupedEvent, changes) as GroupedEvent;
