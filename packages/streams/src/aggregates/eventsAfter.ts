import type { EventDetail, EventsQueryOptions } from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';
import { nameMissingTable, withDeadline } from '@castore-dynamodb/commons';

import { isUnreadable, MissingEventError } from '../errors.js';
import { TIMEOUTS } from '../timeouts.js';
import type { PendingAggregate } from './pendingAggregate.js';

/**
 * The events of an aggregate after a version, in version order and without a gap, up to its latest, or `limit` of them.
 * Events that are not at hand are read from the event store, strongly consistent.
 *
 * Costs nothing if all of them are at hand, else a request for each gap (and each MB).
 *
 * @throws MissingEventError, UnreadableEventError if the very first of them is missing or unreadable; if a later one is,
 *   the events before it are returned.
 */
export const eventsAfter = async (
  aggregate: PendingAggregate,
  version: number,
  limit: number,
): Promise<[EventDetail, ...EventDetail[]]> => {
  const { latest, events: atHand } = aggregate;
  const end = Math.min(latest, version + limit);
  const events: EventDetail[] = [];
  for (let next = version + 1; next <= end; next = version + events.length + 1) {
    const event = atHand.get(next);
    if (event !== undefined) {
      events.push(event);
      continue;
    }
    const read = await readGap(aggregate, next, endOfGap(atHand, next, end), events.length > 0);
    if (read.length === 0) break;
    events.push(...read);
  }
  return events as [EventDetail, ...EventDetail[]];
};

const endOfGap = (atHand: PendingAggregate['events'], start: number, end: number): number => {
  // A gap can be wide (a new projection, an old aggregate), and what is at hand is little.
  const after = [...atHand.keys()].filter(version => version > start && version <= end);
  return after.length === 0 ? end : Math.min(...after) - 1;
};

/** The events from `start` on, as far as they are there and can be read; none only if the caller has others. */
const readGap = async (
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
    if (!isUnreadable(error)) throw error;
    const { version } = error;
    if (version === start) {
      if (mayBeEmpty) return [];
      throw error;
    }
    read = await readEvents(aggregate, { minVersion: start, maxVersion: version - 1 });
  }
  const count = read.findIndex(({ version }, index) => version !== start + index);
  const withoutGap = count === -1 ? read : read.slice(0, count);
  if (withoutGap.length > 0 || mayBeEmpty) return withoutGap;
  throw new MissingEventError({ eventStoreId: eventStore.eventStoreId, aggregateId, version: start });
};

/** Events of the aggregate, or an error that names the table. Ends in time, whatever the event store's adapter does. */
export const readEvents = async (
  { eventStore, aggregateId }: Pick<PendingAggregate, 'eventStore' | 'aggregateId'>,
  options: EventsQueryOptions,
): Promise<EventDetail[]> => {
  const operation = `getEvents of event store ${JSON.stringify(eventStore.eventStoreId)}`;
  try {
    const read = () => eventStore.getEvents(aggregateId, options);
    return (await withDeadline({ operation, milliseconds: TIMEOUTS.request }, read)).events;
  } catch (error) {
    const tableName = eventTableOf(eventStore.eventStorageAdapter)?.tableName;
    if (tableName !== undefined) nameMissingTable(error, tableName);
    throw error;
  }
};
