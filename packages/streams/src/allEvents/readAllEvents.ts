import { tmpdir } from 'node:os';

import type { EventStore, EventStoreEventDetails, EventStoreNotificationMessage } from '@castore/core';
import { type EventLocation, InvalidArgumentError } from '@castore-dynamodb/adapter';
import {
  checkInteger,
  checkOptions,
  checkString,
  describeValue,
  isObject,
  type OptionNames,
  refuse,
  retry,
} from '@castore-dynamodb/commons';

import { readEvents } from '../aggregates/eventsAfter.js';
import { checkEventStores } from '../checks.js';
import { describeLocation } from '../errors.js';
import { type EventFilter, parseEventFilter } from '../eventFilter.js';
import { ASK_AGAIN } from '../timeouts.js';
import { type AggregateReader, comparePlaces, EventBudget, type EventPlace } from './aggregateReader.js';
import { Heap } from './heap.js';
import { openedAggregates } from './openedAggregates.js';
import { scannedEvents, tablesOf } from './scannedEvents.js';

const DEFAULT_BUDGET = 10_000;

export interface ReadAllEventsOptions<EVENT_STORE extends EventStore = EventStore> {
  /** Of any adapter. */
  eventStores: readonly EVENT_STORE[];
  /** Only events of these types. */
  eventTypes?: readonly EventStoreEventDetails<EVENT_STORE>['type'][];
  /**
   * Only events from this instant on. What is before is read all the same, and passed over.
   *
   * Instants are in ISO 8601, inclusive. Without a time zone they are UTC; what is left out is the beginning: `2026-11` is
   * the first moment of November.
   */
  from?: string;
  /**
   * Only events until this instant. Later ones are not read. With an instant some seconds ago, the result is fixed:
   * events that are written meanwhile come after it.
   */
  to?: string;
  /** Goes on after this event, the last one that was handled. What is before is read all the same, and passed over. */
  after?: EventLocation;
  /**
   * Events in memory at a time; each open aggregate has at least one. An aggregate is open from its first event to its
   * last. The more aggregates are open, the fewer events a request asks for: 100 at best, and one if there is no room
   * left.
   *
   * @default 10,000
   */
  bufferedEvents?: number;
  /**
   * Reads the tables by Scans and sorts the events in temporary files, instead of asking for each aggregate. For tables of
   * many aggregates, above all short ones: a read unit for each 4 KB of the whole tables and a request for each MB, whatever
   * their aggregates are, and some 100 MB of memory at most. The first event comes when all are read.
   *
   * The files lie in `directory`, by default that of the system for temporary files, and need about as much space as the
   * events in the tables. They hold the items as they are stored, can be read by this user only, and are gone when the
   * reading ends, also if it ends early or the process dies.
   *
   * Takes event stores in DynamoDB only, and `dynamodb:Scan` on their tables. `bufferedEvents` has no meaning then.
   *
   * @default false
   */
  sortOnDisk?: boolean | { directory: string };
}

/**
 * Every event of the event stores, in time order; those of one timestamp by event store, aggregate and version. An aggregate's
 * events are in version order in any case: one whose timestamp is earlier than its predecessor's, because a clock ran
 * backwards, stands at its predecessor's time, for `from` and `to` too. So does one whose timestamp is no instant; if it is
 * an aggregate's first, it stands before all others, and `to` may leave the aggregate out.
 *
 * Timestamps are compared as instants, whatever their form. But aggregates are found in the order of the texts: one whose
 * first timestamp is not in the form of `toISOString` may come late, by its time zone at most.
 *
 * Aggregates are found by `listAggregateIds`, which is eventually consistent: one that was begun a moment ago may be missing.
 * Their events are read strongly consistent; those written while it runs may be there or not.
 *
 * Costs the listing, and at least one request for each aggregate; more of them for long aggregates, and if many are open at
 * the same time (see `bufferedEvents`). Read units as `getEvents`, one for each request at least. With `sortOnDisk`, the
 * scanning of the tables instead.
 *
 * A request without an answer is given up after 30 seconds, and sent three times.
 *
 * @throws InvalidArgumentError at once; if `after` is no event, with the first event. What the adapters throw, for an event
 *   that cannot be read too.
 *
 * @example
 * for await (const { eventStoreId, event } of readAllEvents({ eventStores: [pokemonsEventStore, trainersEventStore] })) {
 *   console.log(event.timestamp, eventStoreId, event.type);
 * }
 */
export const readAllEvents = <EVENT_STORE extends EventStore>(
  options: ReadAllEventsOptions<EVENT_STORE>,
): AsyncGenerator<EventStoreNotificationMessage<EVENT_STORE>, void, undefined> => {
  const filter = parseOptions(options);
  return messages(options, filter);
};

const OPTIONS = {
  eventStores: true,
  eventTypes: true,
  from: true,
  to: true,
  after: true,
  bufferedEvents: true,
  sortOnDisk: true,
} satisfies OptionNames<ReadAllEventsOptions>;

const parseOptions = (options: ReadAllEventsOptions): EventFilter => {
  checkOptions(options, '', OPTIONS);
  const { eventStores, after, bufferedEvents, sortOnDisk } = options;
  checkEventStores(eventStores);
  if (sortOnDisk !== undefined) checkSortOnDisk(sortOnDisk, eventStores);
  if (bufferedEvents !== undefined) checkInteger(bufferedEvents, 'bufferedEvents');
  if (after !== undefined) checkLocation(after, eventStores);
  return parseEventFilter(options);
};

const checkSortOnDisk = (sortOnDisk: unknown, eventStores: readonly EventStore[]): void => {
  if (isObject(sortOnDisk)) {
    checkOptions(sortOnDisk, 'sortOnDisk', { directory: true });
    checkString(sortOnDisk['directory'], 'sortOnDisk.directory');
  } else if (typeof sortOnDisk !== 'boolean') refuse('sortOnDisk', 'true, false or { directory }', sortOnDisk);
  if (sortOnDisk !== false) tablesOf(eventStores);
};

const checkLocation = (after: EventLocation, eventStores: readonly EventStore[]): void => {
  const isLocation = isObject(after) && typeof after.aggregateId === 'string' && Number.isSafeInteger(after.version);
  if (!isLocation || after.aggregateId === '' || after.version < 1) {
    refuse('after', 'the eventStoreId, aggregateId and version of an event', after);
  }
  if (eventStores.some(({ eventStoreId }) => eventStoreId === after.eventStoreId)) return;
  const id = describeValue(after.eventStoreId);
  throw new InvalidArgumentError('after', `there is no event store ${id} among eventStores.`);
};

async function* messages<EVENT_STORE extends EventStore>(
  options: ReadAllEventsOptions<EVENT_STORE>,
  { eventTypes, from = '', to }: EventFilter,
): AsyncGenerator<EventStoreNotificationMessage<EVENT_STORE>, void, undefined> {
  const { after } = options;
  if (after !== undefined) await checkIsThere(options.eventStores, after);
  const types = eventTypes && new Set(eventTypes);
  let hasBegun = after === undefined;
  // What the event to go on after is compared with must not be left out.
  const isWanted = ({ time }: EventPlace): boolean =>
    (to === undefined || time <= to) && (time >= from || after !== undefined);
  for await (const { event, place } of placedEvents(options, to, isWanted)) {
    if (!hasBegun) hasBegun = isAt(place, after);
    else if (place.time >= from && types?.has(event.type) !== false) {
      yield { eventStoreId: place.eventStoreId, event } as EventStoreNotificationMessage<EVENT_STORE>;
    }
  }
  if (!hasBegun && to === undefined) throw new InvalidArgumentError('after', 'its aggregate is not listed.');
}

const isAt = (place: EventPlace, event: EventLocation | undefined): boolean =>
  place.version === event?.version &&
  place.aggregateId === event.aggregateId &&
  place.eventStoreId === event.eventStoreId;

/** @throws InvalidArgumentError */
const checkIsThere = async (eventStores: readonly EventStore[], after: EventLocation): Promise<void> => {
  const { eventStoreId, aggregateId, version } = after;
  const eventStore = eventStores.find(each => each.eventStoreId === eventStoreId) as EventStore;
  const range = { minVersion: version, maxVersion: version };
  const events = await retry(ASK_AGAIN, () => readEvents({ eventStore, aggregateId }, range));
  if (events.length === 0) throw new InvalidArgumentError('after', `there is no event at ${describeLocation(after)}.`);
};

const placedEvents = (
  options: ReadAllEventsOptions,
  to: string | undefined,
  isWanted: (place: EventPlace) => boolean,
) => {
  const { eventStores, sortOnDisk = false } = options;
  if (sortOnDisk === false) return mergedEvents(options, to);
  return scannedEvents(eventStores, sortOnDisk === true ? tmpdir() : sortOnDisk.directory, isWanted);
};

/** Merges the aggregates by the places of their next events; one is opened when the time of its first event has come. */
async function* mergedEvents(
  { eventStores, bufferedEvents = DEFAULT_BUDGET }: ReadAllEventsOptions,
  to: string | undefined,
) {
  const readers = new Heap<AggregateReader>((left, right) => comparePlaces(left.head.place, right.head.place));
  const aggregates = openedAggregates(eventStores, to, new EventBudget(bufferedEvents));
  let { value: next } = await aggregates.next();
  for (;;) {
    const { smallest } = readers;
    // All that begin at an instant are opened before the first event of that instant is given.
    if (next && (smallest === undefined || next.start <= smallest.head.place.time)) {
      if (await next.reader.advance()) readers.push(next.reader);
      ({ value: next } = await aggregates.next());
      continue;
    }
    const reader = readers.pop();
    if (reader === undefined || (to !== undefined && reader.head.place.time > to)) return;
    yield reader.head;
    if (await reader.advance()) readers.push(reader);
  }
}
