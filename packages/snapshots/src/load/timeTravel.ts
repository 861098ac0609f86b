import type { EventDetail } from '@castore/core';
import { parseInstant } from '@castore-dynamodb/commons';

import { type EventsReader, type History, readTail } from './history.js';
import { READ_UNIT, sizeOfAll } from './readUnits.js';

/**
 * How much earlier than an event before it an event may be stamped, for a bisection to be exact. Clocks that are kept by
 * NTP differ by milliseconds; a minute covers those that are not kept well.
 */
const MAX_CLOCK_DRIFT_MS = 60_000;

/** What a request counts beside its read units, since the next one waits for it. */
const ROUND_TRIP = 4;

/** DynamoDB's pages, in bytes. */
const PAGE = 1024 * 1024;

/** Where an aggregate was at an instant. */
export interface FoundInstant {
  /** Ends at the last event, in version order, that is not later. */
  readonly history: History;
  /** Whether events were skipped, so that it is right only as far as clocks were. */
  readonly isBisected: boolean;
}

/**
 * Ends a history at the last event, in version order, that is not later than an instant. If all of it is later, goes back
 * through the versions before it: in strides as long as these are cheap, or reading all if that is cheap, and else by
 * bisection.
 *
 * @param low a version that is thought to be not later. If it is, it makes the search longer, not wrong.
 */
export const findInstant = async (
  readEvents: EventsReader,
  tail: History,
  instant: string,
  low: number,
): Promise<FoundInstant> => {
  let history = tail;
  for (;;) {
    const { events, isComplete } = history;
    const [oldest] = events;
    const last = lastNotLater(events, instant);
    if (last !== -1 || isComplete || oldest === undefined) {
      return { history: { events: events.slice(0, last + 1), isComplete }, isBisected: false };
    }
    const left = oldest.version - 1 - Math.min(low, oldest.version - 2);
    const eventSize = sizeOfAll(events) / events.length;
    const bisection = Math.log2(left) * (1 + ROUND_TRIP);
    const stride = 2 * events.length;
    if (costOf(Math.min(stride, left), eventSize) <= bisection / 4)
      history = await readTail(readEvents, stride, oldest.version - 1);
    else if (costOf(left, eventSize) <= bisection) history = await readTail(readEvents, left, oldest.version - 1);
    else return bisect(readEvents, history, { instant, low, width: Math.ceil(READ_UNIT / eventSize) });
  }
};

/** Goes back through all versions before a history, in ever longer strides: exact, whatever the clocks did. */
export const rewind = async (readEvents: EventsReader, history: History, instant: string): Promise<History> => {
  let { events, isComplete } = history;
  for (let stride = 2 * events.length; ; stride *= 2) {
    const last = lastNotLater(events, instant);
    const [oldest] = events;
    if (last !== -1 || isComplete || oldest === undefined) return { events: events.slice(0, last + 1), isComplete };
    ({ events, isComplete } = await readTail(readEvents, stride, oldest.version - 1));
  }
};

/**
 * Looks for the first event that is later by more than clocks can differ: so are then all events after it, and the one that
 * is wanted is before it. From there it goes back event by event, as those of the last minute may be in any order.
 */
const bisect = async (
  readEvents: EventsReader,
  history: History,
  { instant, low: start, width }: { instant: string; low: number; width: number },
): Promise<FoundInstant> => {
  const latest = Date.parse(instant) + MAX_CLOCK_DRIFT_MS;
  let low = start;
  let high = history.events[0]?.version ?? 1;
  while (high - low > Math.max(1, width)) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await readEvents({ reverse: true, limit: 1, minVersion: low + 1, maxVersion: middle });
    // Whatever else is not known to be later: then more is read below, and nothing is skipped.
    if (event !== undefined && (timeOf(event) ?? latest) > latest) high = event.version;
    else low = middle;
  }
  const before = await readTail(readEvents, Math.max(1, width), high - 1);
  return { history: await rewind(readEvents, before, instant), isBisected: true };
};

/** Whether one of the events is stamped earlier than one before it, by more than a bisection allows for. */
export const ranBackwards = (events: readonly EventDetail[]): boolean => {
  let newest = Number.NEGATIVE_INFINITY;
  return events
    .toSorted((left, right) => left.version - right.version)
    .some(event => {
      const time = timeOf(event) ?? newest;
      newest = Math.max(newest, time);
      return time < newest - MAX_CLOCK_DRIFT_MS;
    });
};

const costOf = (events: number, eventSize: number): number => {
  const bytes = events * eventSize;
  return bytes / READ_UNIT + Math.ceil(bytes / PAGE) * ROUND_TRIP;
};

const lastNotLater = (events: readonly EventDetail[], instant: string): number =>
  events.findLastIndex(event => isNotLater(event, instant));

export const isNotLater = (event: Pick<EventDetail, 'timestamp'>, instant: string): boolean =>
  (timeOf(event) ?? Number.POSITIVE_INFINITY) <= Date.parse(instant);

/**
 * In milliseconds; an event at a part of one is later than its beginning. Undefined for what is no instant: such an event
 * is never the one that is wanted.
 */
const timeOf = ({ timestamp }: Pick<EventDetail, 'timestamp'>): number | undefined => {
  try {
    return Date.parse(parseInstant(timestamp, 'timestamp', 'up'));
  } catch {
    return undefined;
  }
};
