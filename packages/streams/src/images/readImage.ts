import type { EventDetail, EventStore } from '@castore/core';
import { eventTableOf, InvalidArgumentError, parseEventItem, type StoredItem } from '@castore-dynamodb/adapter';

import { tableNameOf } from './streamRecord.js';

/**
 * The event in an image; undefined if it is none of this event store.
 *
 * @param table the name or ARN of the table or stream that the image is from, if known. Of another table than the event
 *   store's, nothing is read.
 * @param isAlone whether the image can be of no other event store
 * @throws UnreadableEventError
 * @throws InvalidArgumentError if only the table could tell whose event it is.
 */
export const readImage = (
  eventStore: EventStore,
  image: StoredItem,
  table: string | undefined,
  isAlone: boolean,
): EventDetail | undefined => {
  const layout = layoutIn(eventStore, table, isAlone);
  return layout && parseEventItem(layout, eventStore.eventStoreId, image);
};

/**
 * How the event store lies in the table; undefined if it lies in another one. One that is not connected to an adapter of
 * ours is looked for in a single table, the layout that Castore's own ImageParser reads.
 */
const layoutIn = (eventStore: EventStore, table: string | undefined, isAlone: boolean) => {
  const own = eventTableOf(eventStore.eventStorageAdapter);
  if (own === undefined) return 'single-table';
  if (table !== undefined) return tableNameOf(own.tableName) === tableNameOf(table) ? own.layout : undefined;
  if (own.layout === 'table-per-store' && !isAlone) {
    throw new InvalidArgumentError(
      'table',
      `event store ${JSON.stringify(eventStore.eventStoreId)} has a table of its own, whose images do not tell whose they are: pass the name of the table, or the ARN of its stream.`,
    );
  }
  return own.layout;
};
