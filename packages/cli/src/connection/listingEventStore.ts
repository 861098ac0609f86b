import type { EventStore } from '@castore/core';
import { isNamed } from '@castore-dynamodb/commons';

import { bareEventStore } from './bareEventStore.js';
import { findEventStores } from './findEventStores.js';
import type { Session } from './session.js';

/**
 * The event store that lists all of its aggregates. What a table alone does not say is over how many shards they are spread:
 * that is looked for in its index, for half a read unit an index key.
 *
 * @throws UsageError
 */
export const listingEventStore = async (
  session: Session,
  eventStoreId: string,
  note: (text: string) => void,
): Promise<EventStore> => {
  const configured = await session.configuredEventStore(eventStoreId);
  if (configured !== undefined) return configured as EventStore;
  const table = await session.eventTable();
  if (table.layout !== 'single-table') return bareEventStore(table, eventStoreId);
  try {
    const { shards, mayHaveMore } = await findEventStores(table.dynamoDbClient, table.tableName);
    if (mayHaveMore) note('The index has more keys than were looked at. Aggregates in shards may be missing.');
    return bareEventStore(table, eventStoreId, shards.get(eventStoreId));
  } catch (error) {
    if (!isNamed(error, 'AccessDeniedException')) throw error;
    note('Shards were not looked for: dynamodb:Scan on the index is not permitted. Aggregates in shards are missing.');
    return bareEventStore(table, eventStoreId);
  }
};
