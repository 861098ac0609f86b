import type { EventDetail, EventStorageAdapter, EventStore } from '@castore/core';

import { UsageError } from '../errors.js';

export interface EventsRange {
  readonly minVersion?: number;
  readonly maxVersion?: number;
  readonly limit?: number;
  readonly reverse?: boolean;
}

interface Streaming extends EventStorageAdapter {
  streamEvents(
    aggregateId: string,
    context: { eventStoreId: string },
    options: EventsRange,
  ): AsyncIterable<EventDetail>;
}

/**
 * The events of an aggregate, a page of DynamoDB at a time, transformations undone.
 *
 * @throws UsageError if the event store's adapter is not one of this project.
 */
export const streamEvents = (
  eventStore: EventStore,
  aggregateId: string,
  options: EventsRange,
): AsyncIterable<EventDetail> => {
  const { eventStoreId } = eventStore;
  const adapter = eventStore.getEventStorageAdapter() as Streaming;
  if (typeof adapter.streamEvents === 'function') return adapter.streamEvents(aggregateId, { eventStoreId }, options);
  throw new UsageError(
    `The event store ${eventStoreId} of the configuration has no adapter of @castore-dynamodb/adapter.`,
  );
};
