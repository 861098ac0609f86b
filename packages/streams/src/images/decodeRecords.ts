import type { EventDetail, EventStore } from '@castore/core';
import { mapConcurrently } from '@castore-dynamodb/commons';

import { isUnreadable } from '../errors.js';
import { decodeImage, newImageOf, type StreamRecord } from './streamRecord.js';

/** The event that a stream record holds. */
export interface RecordedEvent {
  readonly eventStore: EventStore;
  readonly aggregateId: string;
  readonly version: number;
  /** Undefined if it cannot be read from the record: the event store is then asked for it. */
  readonly event: EventDetail | undefined;
}

/**
 * The events of a batch of records, for each reader and in the order of the records; undefined for a record without an
 * event of the reader's event stores.
 *
 * @throws StreamNotReadableError if the stream holds no new images; what a transformation throws if it cannot ask for what
 *   it needs, which says nothing about the event.
 */
export const decodeRecords = (
  readers: readonly EventReader[],
  records: readonly StreamRecord[],
): Promise<(RecordedEvent | undefined)[][]> =>
  decodeForAll(readers, records, async (eventStore, record, isAlone) => {
    const image = newImageOf(record);
    return image && decodeEvent(eventStore, async () => decodeImage(eventStore, image, record.eventSourceARN, isAlone));
  });

/** Who wants the events of some event stores. */
export interface EventReader {
  readonly eventStores: readonly EventStore[];
}

/**
 * The events in some sources, for each reader and in the order of the sources. Whatever the number of readers, a source is
 * decoded once for an event store.
 *
 * @param decode `isAlone`: whether the source can be of no other event store
 */
export const decodeForAll = async <SOURCE>(
  readers: readonly EventReader[],
  sources: readonly SOURCE[],
  decode: (eventStore: EventStore, source: SOURCE, isAlone: boolean) => Promise<RecordedEvent | undefined>,
): Promise<(RecordedEvent | undefined)[][]> => {
  const decoded = new Map<EventStore, (RecordedEvent | undefined)[]>();
  for (const { eventStores } of readers) {
    for (const eventStore of eventStores) {
      if (decoded.has(eventStore)) continue;
      const isAlone = readers.every(
        reader => reader.eventStores.length === 1 || !reader.eventStores.includes(eventStore),
      );
      decoded.set(eventStore, await mapConcurrently(sources, AT_A_TIME, source => decode(eventStore, source, isAlone)));
    }
  }
  return readers.map(({ eventStores }) =>
    sources.map((_, index) => {
      for (const eventStore of eventStores) {
        const event = decoded.get(eventStore)?.[index];
        if (event !== undefined) return event;
      }
      return undefined;
    }),
  );
};

/** How many are decoded at the same time, if a transformation has to ask for something. */
const AT_A_TIME = 16;

/** The event that `decode` makes, without what it says if it cannot be read. */
export const decodeEvent = async (
  eventStore: EventStore,
  decode: () => Promise<EventDetail | undefined>,
): Promise<RecordedEvent | undefined> => {
  try {
    const event = await decode();
    return event && { eventStore, aggregateId: event.aggregateId, version: event.version, event };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const { aggregateId, version } = error;
    return { eventStore, aggregateId, version, event: undefined };
  }
};
