import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { parseEventItem, scanTableItems, type TableItem } from '@castore-dynamodb/adapter';
import { FIRST_SNAPSHOT_SORT_KEY, hasCode, snapshotKeyPrefix } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
  type EventTableLayout,
} from '@castore-dynamodb/table';

import type { ExaminedTable } from './subject.js';

/** An event as far as doctor looks at it: no payload. */
export interface ExaminedEvent {
  readonly version: number;
  readonly timestamp: string;
  /** What puts it into the index of first events. */
  readonly indexKey: AttributeValue | undefined;
}

export interface ExaminedAggregate {
  readonly kind: 'aggregate';
  readonly tableName: string;
  readonly layout: EventTableLayout;
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly partitionKey: string;
  /** In version order, from the first on. */
  readonly events: readonly ExaminedEvent[];
  /** Whether these are all; a sample may end within an aggregate. */
  readonly isComplete: boolean;
}

/** An item that is neither an event nor a snapshot, by its keys. */
export interface ForeignItem {
  readonly kind: 'foreign';
  readonly tableName: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

export type Content = ExaminedAggregate | ForeignItem;

export interface ContentRange {
  readonly segment: number;
  readonly segments: number;
  /** @default as many as there are */
  readonly maxPages?: number;
  readonly signal: AbortSignal;
}

/** What a part of a table holds, aggregate by aggregate: their items lie together, in version order. */
export async function* contentOf(table: ExaminedTable, range: ContentRange): AsyncGenerator<Content, void, undefined> {
  const { tableName, dynamoDbClient, layout } = table;
  if (layout === undefined) return;
  const { segment, segments, maxPages = Number.POSITIVE_INFINITY, signal } = range;
  let startKey: TableItem | undefined;
  let open: OpenAggregate | undefined;
  let pages = 0;
  do {
    const { items, nextKey } = await scanTableItems(dynamoDbClient, { tableName, segment, segments, startKey, signal });
    for (const item of items) {
      const classified = classify(table, layout, item);
      if (classified === undefined) continue;
      if (classified.kind === 'foreign') {
        yield classified;
        continue;
      }
      const { place, event } = classified;
      if (open !== undefined && open.place.partitionKey !== place.partitionKey) {
        yield close(open, true);
        open = undefined;
      }
      open ??= { place, events: [] };
      open.events.push(event);
    }
    startKey = nextKey;
    pages += 1;
  } while (startKey !== undefined && pages < maxPages);
  if (open !== undefined) yield close(open, startKey === undefined);
}

type Place = Omit<ExaminedAggregate, 'kind' | 'events' | 'isComplete'>;

/** An event with the aggregate that it is of. */
interface PlacedEvent {
  readonly kind: 'event';
  readonly place: Place;
  readonly event: ExaminedEvent;
}

interface OpenAggregate {
  readonly place: Place;
  readonly events: ExaminedEvent[];
}

const close = ({ place, events }: OpenAggregate, isComplete: boolean): ExaminedAggregate => ({
  kind: 'aggregate',
  ...place,
  events,
  isComplete,
});

const INDEX_KEYS: Readonly<Record<EventTableLayout, string>> = {
  'single-table': EVENT_TABLE_EVENT_STORE_ID_KEY,
  'table-per-store': EVENT_TABLE_IS_INITIAL_EVENT_KEY,
};

/** What an item is, by the adapter's own reading of it; undefined for a snapshot. */
const classify = (
  { tableName, eventStores }: ExaminedTable,
  layout: EventTableLayout,
  item: TableItem,
): PlacedEvent | ForeignItem | undefined => {
  const partitionKey = item[EVENT_TABLE_PK]?.S ?? '';
  const sortKey = item[EVENT_TABLE_SK]?.N ?? '';
  if (isSnapshot(partitionKey, sortKey)) return undefined;
  const eventStoreId = eventStoreIdOf(layout, partitionKey, eventStores[0]?.eventStoreId ?? tableName);
  const read = eventStoreId === undefined ? undefined : locate(layout, eventStoreId, item);
  if (read === undefined || eventStoreId === undefined) return { kind: 'foreign', tableName, partitionKey, sortKey };
  const place = { tableName, layout, eventStoreId, aggregateId: read.aggregateId, partitionKey };
  return { kind: 'event', place, event: eventOf(item, layout, read.version) };
};

export const eventOf = (item: TableItem, layout: EventTableLayout, version: number): ExaminedEvent => ({
  version,
  timestamp: item[EVENT_TABLE_TIMESTAMP_KEY]?.S ?? '',
  indexKey: item[INDEX_KEYS[layout]],
});

/** An event store's id ends at the first separator. */
const eventStoreIdOf = (layout: EventTableLayout, partitionKey: string, only: string): string | undefined => {
  if (layout === 'table-per-store') return only;
  const end = partitionKey.indexOf('#');
  return end < 1 ? undefined : partitionKey.slice(0, end);
};

const isSnapshot = (partitionKey: string, sortKey: string): boolean =>
  Number(sortKey) >= Number(FIRST_SNAPSHOT_SORT_KEY) && partitionKey.startsWith(snapshotKeyPrefix('').slice(0, -1));

/** An event that cannot be read without the adapter's transformations is one as well. */
const locate = (
  layout: EventTableLayout,
  eventStoreId: string,
  item: TableItem,
): { readonly aggregateId: string; readonly version: number } | undefined => {
  try {
    return parseEventItem(layout, eventStoreId, item);
  } catch (error) {
    // A key that is no event store's, such as one that leaves no room for the index's.
    if (hasCode(error, 'InvalidArgumentError')) return undefined;
    if (!hasCode(error, 'UnreadableEventError')) throw error;
    return error as { aggregateId: string; version: number };
  }
};
