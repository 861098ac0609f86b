import type { EventDetail, EventStore } from '@castore/core';
import type { UnreadableEventError } from '@castore-dynamodb/adapter';
import { hasCode, mapConcurrently, pause, withDeadline } from '@castore-dynamodb/commons';
import { type FollowedRecord, ImageParser } from '@castore-dynamodb/streams';

import { VersionGate, type VersionRange } from './versionGate.js';

/** An event to be shown, in its place. */
export interface ReadEvent {
  readonly eventStoreId: string;
  readonly event: EventDetail;
  /** Of its record; of an event that came ahead of its record, that of the record that showed it missing. */
  readonly sequenceNumber: string;
  /** Up to where every record of the page is done with, once this event is shown; undefined for none of them. */
  readonly passed: string | undefined;
  /** When its record was created; undefined if that is not known. */
  readonly created: Date | undefined;
}

/** For events that are read from the event store, in milliseconds. */
const DEADLINE_MS = 30_000;
/** An event that is missing in the table too may be part of a transaction that is under way. */
const LOOKS = 2;
const PAUSE_MS = 100;
/** How many records are read at the same time, if a transformation has to wait for something. */
const AT_A_TIME = 16;
/** What a gap may hold. */
const MAX_GAP = 1_000;

interface Arrival {
  readonly eventStoreId: string;
  readonly event: EventDetail;
  readonly recordIndex: number;
}

/**
 * Reads the events in records of a stream: those that were added, not those that were overwritten or removed. Of each
 * aggregate in the order of the versions, though DynamoDB may hand out the records of a transaction in any order.
 */
export class EventReader {
  readonly #eventStores: Map<string, EventStore>;
  readonly #parser: ImageParser<EventStore>;
  readonly #onError: (error: unknown) => void;
  readonly #gate = new VersionGate();

  constructor(eventStores: readonly EventStore[], onError: (error: unknown) => void) {
    this.#eventStores = new Map(eventStores.map(eventStore => [eventStore.eventStoreId, eventStore]));
    this.#parser = new ImageParser({ sourceEventStores: [...eventStores] });
    this.#onError = onError;
  }

  /** The events of a page. If it fails, it can be asked for the same page again. */
  async read(streamArn: string, records: readonly FollowedRecord[], signal: AbortSignal): Promise<ReadEvent[]> {
    const messages = await mapConcurrently(records, AT_A_TIME, record => this.#parse(streamArn, record, signal));
    const arrivals = messages.flatMap((message, recordIndex) => (message ? [{ ...message, recordIndex }] : []));
    const isDone = records.map(() => true);
    for (const { recordIndex } of arrivals) isDone[recordIndex] = false;
    let next = 0;
    const passed = (): string | undefined => {
      while (isDone[next] === true) next++;
      return next === 0 ? undefined : sequenceNumberOf(records[next - 1]);
    };

    const shown: ReadEvent[] = [];
    const gate = this.#gate.begin();
    for (const { eventStoreId, event, recordIndex } of inVersionOrder(arrivals)) {
      const sequenceNumber = sequenceNumberOf(records[recordIndex]);
      const created = records[recordIndex]?.dynamodb?.ApproximateCreationDateTime;
      const show = (shownEvent: EventDetail): void => {
        shown.push({ eventStoreId, event: shownEvent, sequenceNumber, passed: passed(), created });
      };
      const { isShown, missing } = gate.arrive(eventStoreId, event);
      if (missing !== undefined) {
        const found = await this.#find(eventStoreId, event.aggregateId, missing, signal);
        gate.showAhead(eventStoreId, event.aggregateId, found);
        found.forEach(show);
      }
      isDone[recordIndex] = true;
      if (isShown) show(event);
    }
    gate.commit();
    return shown;
  }

  async #parse(streamArn: string, record: FollowedRecord, signal: AbortSignal) {
    if (record.eventName !== 'INSERT') return undefined;
    try {
      const [message] = await this.#parser.parseRecords([{ ...record, eventSourceARN: streamArn }]);
      return message;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return this.#readUnreadable(error as UnreadableEventError, signal);
    }
  }

  /** Some values are lost in records, which the table still has. */
  async #readUnreadable({ eventStoreId, aggregateId, version }: UnreadableEventError, signal: AbortSignal) {
    try {
      const [event] = await this.#getEvents(eventStoreId, aggregateId, { first: version, last: version }, signal);
      return event && { eventStoreId, event };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#onError(error);
      return undefined;
    }
  }

  async #find(eventStoreId: string, aggregateId: string, missing: VersionRange, signal: AbortSignal) {
    for (let look = 1; ; look++) {
      try {
        const events = await this.#getEvents(eventStoreId, aggregateId, missing, signal);
        if (events.length > missing.last - missing.first || look >= LOOKS) return events;
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        // It is reported when its record comes.
        return [];
      }
      await pause(PAUSE_MS, signal);
    }
  }

  async #getEvents(eventStoreId: string, aggregateId: string, { first, last }: VersionRange, signal: AbortSignal) {
    const eventStore = this.#eventStores.get(eventStoreId) as EventStore;
    const { events } = await withDeadline({ operation: 'getEvents', milliseconds: DEADLINE_MS, signal }, () =>
      eventStore.getEvents(aggregateId, { minVersion: first, maxVersion: last, limit: MAX_GAP }),
    );
    return events;
  }
}

/** One event cannot be read; it says nothing about others. */
export const isUnreadable = (error: unknown): boolean =>
  hasCode(error, 'UnreadableEventError') || hasCode(error, 'InvalidEventError');

const sequenceNumberOf = (record: FollowedRecord | undefined): string => record?.dynamodb?.SequenceNumber as string;

/** The same arrivals; those of one aggregate change places among themselves. */
const inVersionOrder = (arrivals: readonly Arrival[]): Arrival[] => {
  const ordered = [...arrivals];
  const places = new Map<string, number[]>();
  for (const [index, { eventStoreId, event }] of arrivals.entries()) {
    const aggregate = `${eventStoreId}\0${event.aggregateId}`;
    const indexes = places.get(aggregate) ?? [];
    places.set(aggregate, indexes);
    indexes.push(index);
  }
  for (const indexes of places.values()) {
    const sorted = indexes
      .map(index => arrivals[index] as Arrival)
      .toSorted((one, other) => one.event.version - other.event.version);
    for (const [place, index] of indexes.entries()) ordered[index] = sorted[place] as Arrival;
  }
  return ordered;
};
