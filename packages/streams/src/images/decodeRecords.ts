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
 * event of the reader's event stores. Whatever the number of readers, a record is decoded once for an event store.
 *
 * @throws StreamNotReadableError if the stream holds no new images; what a transformation throws if it cannot ask for what
 *   it needs, which says nothing about the event.
 */
export const decodeRecords = async (
  readers: readonly { readonly eventStores: readonly EventStore[] }[],
  records: readonly StreamRecord[],
): Promise<(RecordedEvent | undefined)[][]> => {
  const decoded = new Map<EventStore, (RecordedEvent | undefined)[]>();
  for (const { eventStores } of readers) {
    for (const eventStore of eventStores) {
      if (decoded.has(eventStore)) continue;
      const isAlone = readers.every(
        reader => reader.eventStores.length === 1 || !reader.eventStores.includes(eventStore),
      );
      decoded.set(eventStore, await mapConcurrently(records, AT_A_TIME, record => decode(eventStore, record, isAlone)));
    }
  }
  return readers.map(({ eventStores }) =>
    records.map((_, index) => {
      for (const eventStore of eventStores) {
        const event = decoded.get(eventStore)?.[index];
        if (event !== undefined) return event;
      }
      return undefined;
    }),
  );
};

/** How many records are decoded at the same time, if a transformation has to ask for something. */
const AT_A_TIME = 16;

const decode = async (
  eventStore: EventStore,
  record: StreamRecord,
  isAlone: boolean,
): Promise<RecordedEvent | undefined> => {
  const image = newImageOf(record);
  if (image === undefined) return undefined;
  try {
    const event = await decodeImage(eventStore, image, record.eventSourceARN, isAlone);
    return event && { eventStore, aggregateId: event.aggregateId, version: event.version, event };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const { aggregateId, version } = error;
    return { eventStore, aggregateId, version, event: undefined };
  }
};
