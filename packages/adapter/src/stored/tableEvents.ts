import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStorageAdapter } from '@castore/core';
import { checkBoolean, checkOptions, checkString, refuse } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_ENCODING_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
  type EventTableLayout,
} from '@castore-dynamodb/table';

import { checkEventStoreId, checkLayout } from '../checks.js';
import { type CutItem, cutItems } from '../codec/cutItems.js';
import { hasLostMembers } from '../codec/decodeValue.js';
import type { Item } from '../codec/eventItem.js';
import { parseItems, stringifyJson } from '../codec/itemJson.js';
import { UNEXPECTED } from '../codec/jsonBytes.js';
import { decodeEventItem, LAYOUTS } from '../codec/parseEventItem.js';
import { findEventStorage } from '../eventStorage.js';
import type { Layout } from '../layout.js';
import { decodeEventsFast } from '../read/decodeEventsFast.js';
import { SCAN_EVENTS_OPTIONS, type ScanEventsOptions, type ScannedPage, scanPage } from './tableItems.js';

/*
 * Events of whole tables, for whoever replays or sorts them. An item stays the bytes that came over the wire until it is known
 * that somebody wants its event: then the event is made straight from them, if that can be.
 */

/** An item that has the form of an event, of whatever event store. */
export interface TableEvent {
  readonly partitionKey: string;
  readonly version: number;
  /** As they are stored. */
  readonly type: string;
  readonly timestamp: string;
  /** Whether a transformation changed the event, which may then be larger than its item. */
  readonly isTransformed: boolean;
  /**
   * The item as `decodeTableEvent` takes it: DynamoDB's JSON of it, in brackets. Undefined if it came with a member named
   * `__proto__` through a version of the SDK that loses such members: the event store then has the event. Undefined, too,
   * if it was not asked for.
   */
  readonly json: Buffer | undefined;
}

export interface ScannedEvents extends Pick<ScannedPage, 'readUnits' | 'nextKey'> {
  readonly events: readonly TableEvent[];
  /** How many items were read, whatever they are. */
  readonly count: number;
}

/**
 * A page of a table's events: one Scan, a read unit for each 4 KB. The events of an aggregate are all in one segment, one after
 * the other, in version order. What is no event is left out.
 *
 * @throws InvalidArgumentError, DeadlineExceededError, IncompleteAnswerError, and what the SDK throws
 *
 * @example
 * const { events, nextKey } = await scanTableEvents(dynamoDbClient, { tableName: 'events', segment: 0, segments: 1 });
 */
export const scanTableEvents = async (
  dynamoDbClient: DynamoDBClient,
  options: ScanEventsOptions,
): Promise<ScannedEvents> => {
  checkOptions(options, 'options', SCAN_EVENTS_OPTIONS);
  const { content = true, ...scan } = options;
  checkBoolean(content, 'options.content');
  const page = await scanPage(dynamoDbClient, scan, content ? undefined : IDENTIFYING);
  const { Items, Count: count, readUnits, nextKey } = page;
  return { events: content ? eventsIn(Items) : eventsWithoutContent(Items), count, readUnits, nextKey };
};

/** The attributes that say which event an item is. */
const IDENTIFYING = [
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
  EVENT_TABLE_ENCODING_KEY,
];

export const eventsIn = (items: Buffer | readonly Item[]): TableEvent[] => {
  if (!Buffer.isBuffer(items)) return items.flatMap(eventOf);
  try {
    return cutEvents(items);
  } catch {
    return parseItems(items).flatMap(eventOf);
  }
};

const eventsWithoutContent = (items: Buffer | readonly Item[]): TableEvent[] => {
  if (!Buffer.isBuffer(items)) return items.flatMap(item => tableEvent(identityOf(item), undefined));
  try {
    return cutItems(items).flatMap(item => tableEvent(item, undefined));
  } catch {
    return eventsWithoutContent(parseItems(items));
  }
};

/** The items are copied, since each gets brackets, and whoever has the response may still read it. */
const cutEvents = (json: Buffer): TableEvent[] => {
  const items = cutItems(json);
  const copy = Buffer.allocUnsafe(json.length + items.length);
  let length = 0;
  return items.flatMap(item => {
    const start = length;
    length = start + copy.write('[', start, 'latin1');
    length += json.copy(copy, length, item.start, item.end);
    length += copy.write(']', length, 'latin1');
    return tableEvent(item, copy.subarray(start, length));
  });
};

type Identity = Omit<CutItem, 'start' | 'end'>;

const tableEvent = (
  { partitionKey, version: number, type, timestamp, isEncoded }: Identity,
  json: Buffer | undefined,
): TableEvent | [] => {
  const version = Number(number);
  const isEvent = Number.isInteger(version) && version >= 1;
  if (!isEvent || partitionKey === undefined || type === undefined || timestamp === undefined) return [];
  return { partitionKey, version, type, timestamp, isTransformed: isEncoded, json };
};

const identityOf = (item: Item): Identity => ({
  partitionKey: item[EVENT_TABLE_PK]?.S,
  version: item[EVENT_TABLE_SK]?.N,
  type: item[EVENT_TABLE_EVENT_TYPE_KEY]?.S,
  timestamp: item[EVENT_TABLE_TIMESTAMP_KEY]?.S,
  isEncoded: item[EVENT_TABLE_ENCODING_KEY] !== undefined,
});

const eventOf = (item: Item): TableEvent | [] =>
  tableEvent(identityOf(item), hasLostMembers(item) ? undefined : Buffer.from(stringifyJson([item])));

/**
 * The id of the aggregate whose events lie under a partition key; undefined if it is none of this event store. With layout
 * `table-per-store`, every partition key is one of the event store.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const aggregateId = aggregateIdIn('single-table', 'POKEMONS', 'POKEMONS#pikachu-1');
 */
export const aggregateIdIn = (
  layout: EventTableLayout,
  eventStoreId: string,
  partitionKey: string,
): string | undefined => {
  checkLayout(layout, 'layout');
  checkEventStoreId(LAYOUTS[layout], eventStoreId, 'eventStoreId');
  checkString(partitionKey, 'partitionKey');
  return aggregateIdOf(LAYOUTS[layout], eventStoreId, partitionKey);
};

const aggregateIdOf = (layout: Layout, eventStoreId: string, partitionKey: string): string | undefined =>
  layout.isPartitionKeyOf(eventStoreId, partitionKey) ? layout.aggregateId(eventStoreId, partitionKey) : undefined;

/**
 * The event in the JSON of an item, as `decodeEventItem` has it. A promise only if a transformation has to wait for
 * something.
 *
 * @param json that of a `TableEvent`
 * @throws as `decodeEventItem`
 *
 * @example
 * const { events } = await scanTableEvents(dynamoDbClient, { tableName: 'events', segment: 0, segments: 1 });
 * for (const { json } of events) {
 *   if (json) console.log(await decodeTableEvent('single-table', 'POKEMONS', json, pokemons.getEventStorageAdapter()));
 * }
 */
export const decodeTableEvent = (
  layout: EventTableLayout,
  eventStoreId: string,
  json: Buffer,
  adapter?: EventStorageAdapter,
): EventDetail | undefined | Promise<EventDetail> => {
  checkLayout(layout, 'layout');
  checkEventStoreId(LAYOUTS[layout], eventStoreId, 'eventStoreId');
  if (!Buffer.isBuffer(json)) refuse('json', 'a Buffer', json);
  if (findEventStorage(adapter)?.transformer === undefined) {
    const toAggregateId = (key: string) => aggregateIdOf(LAYOUTS[layout], eventStoreId, key) ?? leaveToPlainWay();
    const [event] = decodeEventsFast(json, toAggregateId) ?? [];
    if (event !== undefined) return event;
  }
  const [item = {}] = parseItems(json);
  return decodeEventItem(layout, eventStoreId, item, adapter);
};

/** The event is of another event store, which the plain way finds too. */
const leaveToPlainWay = (): never => {
  throw UNEXPECTED;
};
