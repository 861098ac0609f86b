import type { EventDetail, EventStore } from '@castore/core';
import { eventTableOf, InvalidArgumentError, parseEventItem, type StoredItem } from '@castore-dynamodb/adapter';

import { tableNameOf } from './streamRecord.js';

export interface ImageOfEvent<EVENT_STORE extends EventStore> {
  readonly eventStore: EVENT_STORE;
  readonly event: EventDetail;
}

/**
 * The event in an image, and whose it is; undefined where it is none of these event stores.
 *
 * @param table The name or ARN of the table or stream that the image is from, where it is known. An event store of another
 *   table is passed over, as far as its table is known.
 * @throws UnreadableEventError
 * @throws InvalidArgumentError where only the table could tell whose event it is.
 */
export const readImage = <EVENT_STORE extends EventStore>(
  eventStores: readonly EVENT_STORE[],
  image: StoredItem,
  table: string | undefined,
): ImageOfEvent<EVENT_STORE> | undefined => {
  for (const eventStore of eventStores) {
    const layout = layoutIn(eventStore, eventStores, table);
    const event = layout && parseEventItem(layout, eventStore.eventStoreId, image);
    if (event !== undefined) return { eventStore, event };
  }
  return undefined;
};

/**
 * How the event store lies in the table; undefined where it lies in another one. One that is not connected to an adapter
 * of ours is looked for in a single table, the layout that Castore's own ImageParser reads.
 */
const layoutIn = (eventStore: EventStore, all: readonly EventStore[], table: string | undefined) => {
  const own = eventTableOf(eventStore.eventStorageAdapter);
  if (own === undefined) return 'single-table';
  if (table !== undefined) return tableNameOf(own.tableName) === tableNameOf(table) ? own.layout : undefined;
  if (own.layout === 'table-per-store' && all.length > 1) {
    throw new InvalidArgumentError(
      'table',
      `event store ${JSON.stringify(eventStore.eventStoreId)} has a table of its own, whose images do not tell whose they are: pass the name of the table, or the ARN of its stream.`,
    );
  }
  return own.layout;
};
