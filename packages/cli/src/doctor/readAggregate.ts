import type { EventStore } from '@castore/core';
import { eventTableOf, storedEventsOf } from '@castore-dynamodb/adapter';
import { EVENT_TABLE_PK } from '@castore-dynamodb/table';

import { type ExaminedAggregate, type ExaminedEvent, eventOf } from './content.js';

/** One aggregate, strongly consistent: a Query for each MB. Undefined if it has no events. */
export const readAggregate = async (
  eventStore: EventStore,
  aggregateId: string,
): Promise<ExaminedAggregate | undefined> => {
  const { eventStoreId } = eventStore;
  const table = eventTableOf(eventStore.getEventStorageAdapter());
  const stored = storedEventsOf(eventStore.getEventStorageAdapter(), eventStoreId);
  if (table === undefined || stored === undefined) return undefined;
  const { tableName, layout } = table;
  const events: ExaminedEvent[] = [];
  let partitionKey: string | undefined;
  for (let hasMore = true; hasMore; ) {
    const page = await stored.read(aggregateId, { minVersion: (events.at(-1)?.version ?? 0) + 1 });
    for (const { item, version } of page.events) {
      partitionKey ??= item[EVENT_TABLE_PK]?.S;
      events.push(eventOf(item, layout, version));
    }
    ({ hasMore } = page);
    // A page of items that are no events says nothing of where it ended.
    if (page.events.length === 0) hasMore = false;
  }
  if (partitionKey === undefined) return undefined;
  return { kind: 'aggregate', tableName, layout, eventStoreId, aggregateId, partitionKey, events, isComplete: true };
};
