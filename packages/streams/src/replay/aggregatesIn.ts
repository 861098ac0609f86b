import type { EventStore } from '@castore/core';
import type { StoredItem } from '@castore-dynamodb/adapter';

import {
  aggregateKey,
  groupByAggregate,
  type SeenAggregate,
  type Sighting,
  sightingIn,
} from '../aggregates/seenAggregate.js';
import { type EventFilter, isWanted } from './eventFilter.js';

/**
 * The aggregates that have an event among the items which is looked for, each up to the last of these. What lies before
 * it belongs to them too, whatever the filter says: a projection handles an aggregate's events in version order.
 */
export const aggregatesIn = (
  eventStores: readonly EventStore[],
  tableName: string,
  items: readonly StoredItem[],
  filter: EventFilter,
): { aggregates: SeenAggregate[]; wanted: StoredItem[] } => {
  const sightings: Sighting[] = [];
  const wanted: StoredItem[] = [];
  const lastWanted = new Map<string, number>();
  for (const item of items) {
    const sighting = sightingIn(eventStores, { eventSourceARN: tableName, dynamodb: { NewImage: item } });
    if (sighting === undefined) continue;
    sightings.push(sighting);
    if (!isWanted(filter, item)) continue;
    wanted.push(item);
    const key = aggregateKey(sighting);
    lastWanted.set(key, Math.max(lastWanted.get(key) ?? 0, sighting.version));
  }
  const aggregates = [...groupByAggregate(sightings)].flatMap(([key, aggregate]) => {
    const latest = lastWanted.get(key);
    return latest === undefined ? [] : [{ ...aggregate, latest }];
  });
  return { aggregates, wanted };
};
