import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStorageAdapter } from '@castore/core';
import { checkObject, type StoredItem } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_TIMESTAMP_KEY,
  type EventTableLayout,
} from '@castore-dynamodb/table';

import { checkEventStoreId, checkLayout } from '../checks.js';
import { findEventStorage } from '../eventStorage.js';
import { type Layout, singleTableLayout, tablePerStoreLayout } from '../layout.js';
import type { MaybePromise } from '../transformations/transformation.js';
import { fromEventItem, type Item, isAtVersion } from './eventItem.js';

/** How the keys of an index are made does not matter to a reader of items. */
export const LAYOUTS: Record<EventTableLayout, Layout> = {
  'single-table': singleTableLayout(undefined),
  'table-per-store': tablePerStoreLayout,
};

/**
 * The event that an item of an event table holds, as `getEvents` would return it; for whoever reads the table or its
 * stream without an adapter. Undefined if the item is something else, or an event of another event store.
 *
 * With layout `table-per-store`, every event in the table is one of the event store.
 *
 * @param adapter that of the event store, if there is one: what its transformations did is undone
 * @throws InvalidArgumentError if an argument is none of the kind.
 * @throws UnreadableEventError if the event holds a value that JavaScript cannot hold, or had one that the AWS SDK
 *   lost as it read the item (members named `__proto__`): `getEvents` then is the way to read it. Also if it was stored
 *   with a transformation that the adapter does not have.
 * @throws AsynchronousTransformationError if a transformation has to wait for something: see `decodeEventItem`.
 *
 * @example
 * const pokemon = parseEventItem('single-table', 'POKEMONS', item);
 */
export const parseEventItem = (
  layout: EventTableLayout,
  eventStoreId: string,
  item: StoredItem,
  adapter?: EventStorageAdapter,
): EventDetail | undefined =>
  // It would have been refused if it were a promise.
  readItem(layout, eventStoreId, item, adapter, true) as EventDetail | undefined;

/**
 * As `parseEventItem`, and waits for what the transformations wait for.
 *
 * @throws what `parseEventItem` throws, at once or in the promise, and what the transformations throw.
 *
 * @example
 * const pokemon = await decodeEventItem('single-table', 'POKEMONS', item, pokemons.getEventStorageAdapter());
 */
export const decodeEventItem = (
  layout: EventTableLayout,
  eventStoreId: string,
  item: StoredItem,
  adapter?: EventStorageAdapter,
): EventDetail | undefined | Promise<EventDetail> => readItem(layout, eventStoreId, item, adapter, false);

const readItem = (
  layout: EventTableLayout,
  eventStoreId: string,
  item: StoredItem,
  adapter: EventStorageAdapter | undefined,
  sync: boolean,
): MaybePromise<EventDetail> | undefined => {
  checkLayout(layout, 'layout');
  checkEventStoreId(LAYOUTS[layout], eventStoreId, 'eventStoreId');
  checkObject(item, 'item');
  const attributes = item as Record<string, AttributeValue>;
  if (!isEventOf(layout, eventStoreId, attributes)) return undefined;
  const { transformer } = findEventStorage(adapter) ?? {};
  return transformer
    ? transformer.decode(LAYOUTS[layout], eventStoreId, attributes, sync)
    : fromEventItem(LAYOUTS[layout], eventStoreId, attributes);
};

const isEventOf = (layout: EventTableLayout, eventStoreId: string, item: Item): boolean => {
  const partitionKey = item[EVENT_TABLE_PK]?.S;
  return (
    partitionKey !== undefined &&
    LAYOUTS[layout].isPartitionKeyOf(eventStoreId, partitionKey) &&
    isAtVersion(item) &&
    item[EVENT_TABLE_EVENT_TYPE_KEY]?.S !== undefined &&
    item[EVENT_TABLE_TIMESTAMP_KEY]?.S !== undefined
  );
};
