import type { EventDetail, EventStore } from '@castore/core';
import { describeError } from '@castore-dynamodb/commons';
import type { ParkedAggregate } from '@castore-dynamodb/streams';

import { readBudgetErrorIn } from '../errors.js';

/** The event that an aggregate waits at. */
export interface ParkedEvent {
  /** Undefined if there is none at that version, or if it cannot be read. */
  readonly event: EventDetail | undefined;
  /** The name of the error, if it cannot be read. */
  readonly unreadable?: string;
}

/**
 * Reads the event at which an aggregate was parked. One that cannot be read may be the reason why it was.
 *
 * @throws ReadBudgetError
 */
export const parkedEventOf = async (
  findEventStore: () => Promise<EventStore>,
  { aggregateId, version }: Pick<ParkedAggregate, 'aggregateId' | 'version'>,
): Promise<ParkedEvent> => {
  try {
    const eventStore = await findEventStore();
    const { events } = await eventStore.getEvents(aggregateId, { minVersion: version, maxVersion: version });
    return { event: events[0] };
  } catch (error) {
    // It says nothing about the event.
    if (readBudgetErrorIn(error) !== undefined) throw error;
    return { event: undefined, unreadable: describeError(error).name };
  }
};
