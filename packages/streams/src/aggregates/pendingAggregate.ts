import type { EventDetail, EventStore } from '@castore/core';

import type { RecordedEvent } from '../images/decodeRecords.js';

/** An aggregate with events that a projection may not have handled yet. They come in any order, with gaps, and again. */
export interface PendingAggregate {
  readonly eventStore: EventStore;
  readonly aggregateId: string;
  /** The version that the projection is to be brought up to. */
  readonly latest: number;
  /** The events at hand, by version. What is not among them is read from the event store. */
  readonly events: ReadonlyMap<number, EventDetail>;
}

/**
 * The aggregates of a batch of records, in the order in which they appear.
 *
 * @param isTarget whether an aggregate is to be brought up to the event of this record; those without one are left out
 */
export const pendingAggregates = (
  records: readonly (RecordedEvent | undefined)[],
  isTarget: (index: number) => boolean = () => true,
): PendingAggregate[] => {
  const aggregates = new Map<string, PendingAggregate & { latest: number; events: Map<number, EventDetail> }>();
  for (const [index, record] of records.entries()) {
    if (record === undefined) continue;
    const { eventStore, aggregateId, version, event } = record;
    const key = JSON.stringify([eventStore.eventStoreId, aggregateId]);
    const known = aggregates.get(key) ?? { eventStore, aggregateId, latest: 0, events: new Map() };
    if (isTarget(index)) known.latest = Math.max(known.latest, version);
    if (event !== undefined) known.events.set(version, event);
    aggregates.set(key, known);
  }
  return [...aggregates.values()].filter(({ latest }) => latest > 0);
};
