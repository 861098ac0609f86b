import type { EventDetail, EventsQueryOptions } from '@castore/core';
import type { UnreadableEventError } from '@castore-dynamodb/adapter';
import { hasCode } from '@castore-dynamodb/commons';

import { MissingEventError } from '../errors.js';
import type { PendingAggregate } from './pendingAggregate.js';

/**
 * The events of an aggregate behind a version, in version order and without a hole, up to the latest that was seen, or
 * `limit` of them. What was not seen is read from the event store, strongly consistent.
 *
 * Costs nothing where all of them were seen, else a request for each hole (and each MB).
 *
 * @throws MissingEventError, UnreadableEventError where the very first of them is missing or unreadable; where a later
 *   one is, the events before it are returned.
 */
export const eventsAfter = async (
  aggregate: PendingAggregate,
  version: number,
  limit: number,
): Promise<[EventDetail, ...EventDetail[]]> => {
  const { latest, events: seen } = aggregate;
  const end = Math.min(latest, version + limit);
  const events: EventDetail[] = [];
  for (let next = version + 1; next <= end; next = version + events.length + 1) {
    const event = seen.get(next);
    if (event !== undefined) {
      events.push(event);
      continue;
    }
    const read = await readHole(aggregate, next, endOfHole(seen, next, end), events.length > 0);
    if (read.length === 0) break;
    events.push(...read);
  }
  return events as [EventDetail, ...EventDetail[]];
};

const endOfHole = (seen: PendingAggregate['events'], start: number, end: number): number => {
  // A hole can be wide (a new projection, an old aggregate), and what was seen is little.
  const behind = [...seen.keys()].filter(version => version > start && version <= end);
  return behind.length === 0 ? end : Math.min(...behind) - 1;
};

/** The events from `start` on, as far as they are there and can be read; none only where the caller has others. */
const readHole = async (
  aggregate: PendingAggregate,
  start: number,
  end: number,
  mayBeEmpty: boolean,
): Promise<EventDetail[]> => {
  const { eventStore, aggregateId } = aggregate;
  let read: EventDetail[];
  try {
    read = await readEvents(aggregate, { minVersion: start, maxVersion: end });
  } catch (error) {
    if (!hasCode(error, 'UnreadableEventError')) throw error;
    const { version } = error as UnreadableEventError;
    if (version === start) {
      if (mayBeEmpty) return [];
      throw error;
    }
    read = await readEvents(aggregate, { minVersion: start, maxVersion: version - 1 });
  }
  const count = read.findIndex(({ version }, index) => version !== start + index);
  const withoutHole = count === -1 ? read : read.slice(0, count);
  if (withoutHole.length > 0 || mayBeEmpty) return withoutHole;
  throw new MissingEventError({ eventStoreId: eventStore.eventStoreId, aggregateId, version: start });
};

const readEvents = async (
  { eventStore, aggregateId }: PendingAggregate,
  options: EventsQueryOptions,
): Promise<EventDetail[]> => (await eventStore.getEvents(aggregateId, options)).events;
