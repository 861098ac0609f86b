import type { EventStore } from '@castore/core';
import type { EventTable } from '@castore-dynamodb/adapter';
import { isNamed } from '@castore-dynamodb/commons';

import { bareEventStore } from './bareEventStore.js';
import { type FoundEventStores, findEventStores } from './findEventStores.js';
import type { Session } from './session.js';

/** An event store for listing its aggregates. */
export interface ListingEventStore {
  readonly eventStore: EventStore;
  /** Why its listings may lack aggregates, if they may. */
  readonly gap?: string;
}

/**
 * The event store that lists all of its aggregates. What a table alone does not say is over how many shards they are spread:
 * that is looked for in its index, for half a read unit an index key.
 *
 * @throws UsageError
 */
export const listingEventStore = async (session: Session, eventStoreId: string): Promise<ListingEventStore> => {
  const configured = await session.configuredEventStore(eventStoreId);
  if (configured !== undefined) return { eventStore: configured as EventStore };
  const table = await session.eventTable();
  return listingOfTable(table, eventStoreId, () => findEventStores(table.dynamoDbClient, table.tableName));
};

/** The same for a table alone, of which nothing but its layout is known. */
export const listingOfTable = async (
  table: EventTable,
  eventStoreId: string,
  find: () => Promise<FoundEventStores>,
): Promise<ListingEventStore> => {
  if (table.layout !== 'single-table') return { eventStore: bareEventStore(table, eventStoreId) };
  try {
    const { shards, mayHaveMore } = await find();
    const eventStore = bareEventStore(table, eventStoreId, shards.get(eventStoreId));
    if (!mayHaveMore) return { eventStore };
    return { eventStore, gap: 'The index has more keys than were looked at. Aggregates in shards may be missing.' };
  } catch (error) {
    if (!isNamed(error, 'AccessDeniedException')) throw error;
    return {
      eventStore: bareEventStore(table, eventStoreId),
      gap: 'Shards were not looked for: dynamodb:Scan on the index is not permitted. Aggregates in shards are missing.',
    };
  }
};
