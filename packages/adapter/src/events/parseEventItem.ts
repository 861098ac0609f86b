import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventDetail } from '@castore/core';
import {
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
  type EventTableLayout,
} from '@castore-dynamodb/table';

import type { Layout } from '../layouts/layout.js';
import { singleTableLayout } from '../layouts/singleTable.js';
import { tablePerStoreLayout } from '../layouts/tablePerStore.js';
import { checkEventStoreId, checkLayout, checkObject } from './checkEvent.js';
import { fromEventItem, type Item } from './eventItem.js';

/** How the keys of an index are made does not matter to a reader of items. */
const LAYOUTS: Record<EventTableLayout, Layout> = {
  'single-table': singleTableLayout(undefined),
  'table-per-store': tablePerStoreLayout,
};

/** A DynamoDB value as the AWS SDK reads it, or as Lambda hands it to a function, with bytes in base64. */
export interface StoredValue {
  S?: string | undefined;
  N?: string | undefined;
  B?: Uint8Array | string | undefined;
  BOOL?: boolean | undefined;
  NULL?: boolean | undefined;
  M?: Record<string, StoredValue> | undefined;
  L?: StoredValue[] | undefined;
  SS?: string[] | undefined;
  NS?: string[] | undefined;
  BS?: (Uint8Array | string)[] | undefined;
}

/** An item of a table, or the image of one in the table's stream. */
export type StoredItem = Record<string, StoredValue>;

/**
 * The event that an item of an event table holds, as `getEvents` would return it; for whoever reads the table or its
 * stream without an adapter. Undefined where the item is something else, or an event of another event store.
 *
 * With layout `table-per-store`, every event in the table is one of the event store.
 *
 * @throws InvalidArgumentError where an argument is none of the kind.
 * @throws UnreadableEventError where the event holds a value that JavaScript cannot hold, or had one that the AWS SDK
 *   lost as it read the item (members named `__proto__`): `getEvents` then is the way to read it.
 */
export const parseEventItem = (
  layout: EventTableLayout,
  eventStoreId: string,
  item: StoredItem,
): EventDetail | undefined => {
  checkLayout(layout, 'layout');
  checkEventStoreId(LAYOUTS[layout], eventStoreId, 'eventStoreId');
  checkObject(item, 'item');
  const attributes = item as Record<string, AttributeValue>;
  return isEventOf(layout, eventStoreId, attributes)
    ? fromEventItem(LAYOUTS[layout], eventStoreId, attributes)
    : undefined;
};

const isEventOf = (layout: EventTableLayout, eventStoreId: string, item: Item): boolean => {
  const partitionKey = item[EVENT_TABLE_PK]?.S;
  return (
    partitionKey !== undefined &&
    LAYOUTS[layout].isPartitionKeyOf(eventStoreId, partitionKey) &&
    Number(item[EVENT_TABLE_SK]?.N) >= 1 &&
    item[EVENT_TABLE_EVENT_TYPE_KEY]?.S !== undefined &&
    item[EVENT_TABLE_TIMESTAMP_KEY]?.S !== undefined
  );
};
