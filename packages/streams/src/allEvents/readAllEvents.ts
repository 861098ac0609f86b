import type { EventStore, EventStoreEventDetails, EventStoreNotificationMessage } from '@castore/core';
import { type EventLocation, InvalidArgumentError } from '@castore-dynamodb/adapter';

import {
  checkEventFilter,
  checkEventStores,
  isObject,
  isOptional,
  isText,
  isWholeNumber,
  refuseUnless,
} from '../checkOptions.js';
import { describeLocation } from '../errors.js';
import { AggregateReader } from './aggregateReader.js';
import { EventBudget } from './eventBudget.js';
import { comparePlaces, type EventPlace } from './eventOrder.js';
import { Heap } from './heap.js';
import { openedAggregates } from './openedAggregates.js';

const DEFAULT_BUDGET = 10_000;

export interface ReadAllEventsOptions<EVENT_STORE extends EventStore = EventStore> {
  /** Of any adapter. */
  eventStores: readonly EVENT_STORE[];
  /** Only events of these types. */
  eventTypes?: readonly EventStoreEventDetails<EVENT_STORE>['type'][];
  /** Only events from this time on (ISO 8601, inclusive). What is before is read all the same, and passed over. */
  from?: string;
  /**
   * Only events until this time (ISO 8601, inclusive: "2026-11" ends with November in UTC). What is behind is not read. A time that is some seconds ago makes the
   * reading a fixed one: what is written meanwhile lies behind it.
   */
  to?: string;
  /** Goes on behind this event, the last one that was handled. What is before is read all the same, and passed over. */
  after?: EventLocation;
  /**
   * Events in memory at a time, and of each open aggregate one in any case. An aggregate is open from its first event to its
   * last. The more are open, the fewer events are asked for at a time: 100 at best, and one where there is no room left.
   *
   * @default 10,000
   */
  bufferedEvents?: number;
}

/**
 * Every event of the event stores, in time order; those of one timestamp by event store, aggregate and version. An aggregate's
 * events are in version order in any case: one whose timestamp is earlier than its predecessor's, because a clock ran
 * backwards, stands at its predecessor's time, for `from` and `to` too.
 *
 * Aggregates are found by `listAggregateIds`, which is eventually consistent: one that was begun a moment ago may be missing.
 * Their events are read strongly consistent; those written while it runs may be there or not.
 *
 * Costs the listing, and at least one request for each aggregate; more of them for long aggregates, and where many are open at
 * the same time (see `bufferedEvents`). Read units as `getEvents`, one for each request at least.
 *
 * @throws InvalidArgumentError at once; where `after` is no event, with the first event. What the adapters throw, for an
 *   event that cannot be read too.
 *
 * @example
 * for await (const { eventStoreId, event } of readAllEvents({ eventStores: [pokemonsEventStore, trainersEventStore] })) {
 *   console.log(event.timestamp, eventStoreId, event.type);
 * }
 */
export const readAllEvents = <EVENT_STORE extends EventStore>(
  options: ReadAllEventsOptions<EVENT_STORE>,
): AsyncGenerator<EventStoreNotificationMessage<EVENT_STORE>, void, undefined> => {
  const times = checkOptions(options);
  return messages(options, times);
};

const checkOptions = (options: ReadAllEventsOptions): ReturnType<typeof checkEventFilter> => {
  refuseUnless(isObject(options), 'options', 'expected an object.');
  checkEventStores(options.eventStores);
  const times = checkEventFilter(options);
  const { eventStores, after, bufferedEvents } = options;
  refuseUnless(isOptional(bufferedEvents, isWholeNumber), 'bufferedEvents', 'expected an integer of at least 1.');
  if (after === undefined) return times;
  const isLocation = isObject(after) && isText(after.aggregateId) && isWholeNumber(after.version);
  refuseUnless(isLocation, 'after', 'expected the eventStoreId, aggregateId and version of an event.');
  const isKnown = eventStores.some(({ eventStoreId }) => eventStoreId === after.eventStoreId);
  refuseUnless(isKnown, 'after', `there is no event store ${JSON.stringify(after.eventStoreId)} among eventStores.`);
  return times;
};

async function* messages<EVENT_STORE extends EventStore>(
  options: ReadAllEventsOptions<EVENT_STORE>,
  { from, to }: ReturnType<typeof checkEventFilter>,
): AsyncGenerator<EventStoreNotificationMessage<EVENT_STORE>, void, undefined> {
  const { eventStores, eventTypes, bufferedEvents = DEFAULT_BUDGET } = options;
  const start = await startOf(options, from);
  const types = eventTypes && new Set<string>(eventTypes);
  for await (const { event, place } of placedEvents(eventStores, to, bufferedEvents)) {
    if (to !== undefined && place.time > to) return;
    if (comparePlaces(place, start) <= 0 || types?.has(event.type) === false) continue;
    yield { eventStoreId: place.eventStoreId, event } as EventStoreNotificationMessage<EVENT_STORE>;
  }
}

/** What is at this place or before it is passed over. */
const startOf = async ({ eventStores, after }: ReadAllEventsOptions, from = ''): Promise<EventPlace> => {
  const beforeFrom = { time: from, eventStoreId: '', aggregateId: '', version: 0 };
  const last = after && (await placeOf(eventStores, after));
  return last !== undefined && comparePlaces(last, beforeFrom) > 0 ? last : beforeFrom;
};

/** Merges the aggregates by the places of their next events; one is opened when the time of its first event has come. */
async function* placedEvents(eventStores: readonly EventStore[], to: string | undefined, bufferedEvents: number) {
  const readers = new Heap<AggregateReader>((left, right) => comparePlaces(left.head.place, right.head.place));
  const aggregates = openedAggregates(eventStores, to, new EventBudget(bufferedEvents));
  let { value: next } = await aggregates.next();
  for (;;) {
    const { smallest } = readers;
    // All that begin at an instant are opened before the first event of that instant is told.
    if (next && (smallest === undefined || next.initialEventTimestamp <= smallest.head.place.time)) {
      if (await next.reader.advance()) readers.push(next.reader);
      ({ value: next } = await aggregates.next());
      continue;
    }
    const reader = readers.pop();
    if (reader === undefined) return;
    yield reader.head;
    if (await reader.advance()) readers.push(reader);
  }
}

const placeOf = async (eventStores: readonly EventStore[], after: EventLocation): Promise<EventPlace> => {
  const eventStore = eventStores.find(({ eventStoreId }) => eventStoreId === after.eventStoreId) as EventStore;
  const reader = new AggregateReader(eventStore, after.aggregateId, new EventBudget(DEFAULT_BUDGET));
  while (await reader.advance()) {
    if (reader.head.place.version === after.version) return reader.head.place;
  }
  throw new InvalidArgumentError('after', `there is no event at ${describeLocation(after)}.`);
};
