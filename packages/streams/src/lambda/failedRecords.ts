import type { EventStore } from '@castore/core';

import type { RecordedEvent } from '../images/decodeRecords.js';
import type { Unfinished } from '../projections/projector.js';

/** The index of the first record of each aggregate that has to come again; -1 if there is none. */
export const failedRecordsOf = (
  unfinished: readonly Unfinished[],
  events: readonly (RecordedEvent | undefined)[],
): readonly number[] => {
  if (unfinished.length === 0) return [];
  // By aggregate, as there may be 10,000 of each, and little time is left.
  const indexes = new Map<EventStore, Map<string, number[]>>();
  for (const [index, event] of events.entries()) {
    if (event === undefined) continue;
    const ofStore = indexes.get(event.eventStore) ?? new Map<string, number[]>();
    indexes.set(event.eventStore, ofStore);
    const ofAggregate = ofStore.get(event.aggregateId);
    if (ofAggregate === undefined) ofStore.set(event.aggregateId, [index]);
    else ofAggregate.push(index);
  }
  return unfinished.map(({ aggregate: { eventStore, aggregateId }, version }) => {
    const candidates = indexes.get(eventStore)?.get(aggregateId) ?? [];
    return candidates.find(index => (events[index]?.version ?? 0) >= version) ?? -1;
  });
};
