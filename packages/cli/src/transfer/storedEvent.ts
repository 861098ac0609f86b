import type { TableItem } from '@castore-dynamodb/adapter';
import { FIRST_SNAPSHOT_SORT_KEY, MAX_PARTITION_KEY_SIZE } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
  type EventTableLayout,
} from '@castore-dynamodb/table';

import { UntransferableEventError } from './errors.js';

/** An event as it is stored, without what depends on the layout of its table. */
export interface StoredEvent {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /** Every attribute of the item but its keys and, on first events, the one that lists the aggregate. */
  readonly attributes: TableItem;
  /** With `initialEventShards`: the key of the index that lists the aggregate, which is not the event store's id then. */
  readonly listedUnder?: string | undefined;
}

/** What else lies in event tables: snapshots, which can be made again, and items of others. */
export type OtherItem = 'snapshot' | 'foreign';

/** How events lie in a table. With a table per store, nothing in it tells the event store: somebody has to. */
export type Placement =
  | { readonly layout: 'single-table' }
  | { readonly layout: 'table-per-store'; readonly eventStoreId: string };

const SEPARATOR = '#';

const LISTING_KEYS: Readonly<Record<EventTableLayout, string>> = {
  'single-table': EVENT_TABLE_EVENT_STORE_ID_KEY,
  'table-per-store': EVENT_TABLE_IS_INITIAL_EVENT_KEY,
};

/** The event in an item, or what the item is instead. */
export const fromItem = (placement: Placement, item: TableItem): StoredEvent | OtherItem => {
  const { [EVENT_TABLE_PK]: partitionKey, [EVENT_TABLE_SK]: sortKey, ...attributes } = item;
  const version = Number(sortKey?.N);
  if (version >= Number(FIRST_SNAPSHOT_SORT_KEY)) return 'snapshot';
  const ids = idsOf(placement, partitionKey?.S);
  if (ids === undefined || !isEvent(version, attributes)) return 'foreign';
  if (version > 1) return { ...ids, version, attributes };

  const { [LISTING_KEYS[placement.layout]]: listing, ...others } = attributes;
  const isSharded = listing?.S?.startsWith(ids.eventStoreId + SEPARATOR) === true;
  return { ...ids, version, attributes: others, ...(isSharded && { listedUnder: listing.S }) };
};

const isEvent = (version: number, attributes: TableItem): boolean =>
  Number.isSafeInteger(version) &&
  version >= 1 &&
  attributes[EVENT_TABLE_EVENT_TYPE_KEY]?.S !== undefined &&
  attributes[EVENT_TABLE_TIMESTAMP_KEY]?.S !== undefined;

const idsOf = (
  placement: Placement,
  partitionKey: string | undefined,
): Pick<StoredEvent, 'eventStoreId' | 'aggregateId'> | undefined => {
  if (partitionKey === undefined) return undefined;
  if (placement.layout === 'table-per-store') {
    return { eventStoreId: placement.eventStoreId, aggregateId: partitionKey };
  }
  // An event store's id has no separator in it; an aggregate's may have any number of them.
  const end = partitionKey.indexOf(SEPARATOR);
  return end < 1
    ? undefined
    : { eventStoreId: partitionKey.slice(0, end), aggregateId: partitionKey.slice(end + SEPARATOR.length) };
};

/** The item of an event in a table of the layout. @throws UntransferableEventError */
export const toItem = (layout: EventTableLayout, event: StoredEvent): TableItem => {
  const { eventStoreId, version, attributes, listedUnder = eventStoreId } = event;
  const listing = { [LISTING_KEYS[layout]]: layout === 'single-table' ? { S: listedUnder } : { N: '1' } };
  const added = {
    [EVENT_TABLE_PK]: { S: partitionKeyOf(layout, event) },
    [EVENT_TABLE_SK]: { N: String(version) },
    ...(version === 1 && listing),
  };
  const taken = Object.keys(added).find(name => attributes[name] !== undefined);
  if (taken !== undefined) {
    throw new UntransferableEventError(
      event,
      `it has an attribute ${taken}, which means something else in that table.`,
    );
  }
  return { ...attributes, ...added };
};

const partitionKeyOf = (layout: EventTableLayout, event: StoredEvent): string => {
  const { eventStoreId, aggregateId } = event;
  const isSingleTable = layout === 'single-table';
  const partitionKey = isSingleTable ? eventStoreId + SEPARATOR + aggregateId : aggregateId;
  const size = Buffer.byteLength(partitionKey);
  const refuse = (reason: string): never => {
    throw new UntransferableEventError(event, reason);
  };
  if (isSingleTable && (eventStoreId === '' || eventStoreId.includes(SEPARATOR))) {
    refuse(`in a single table the id of an event store must not have "${SEPARATOR}" in it, and not be empty.`);
  }
  if (size === 0) refuse('a table per event store has no empty ids.');
  if (size > MAX_PARTITION_KEY_SIZE) {
    refuse(`its partition key would have ${size} bytes; DynamoDB allows ${MAX_PARTITION_KEY_SIZE} at most.`);
  }
  return partitionKey;
};
