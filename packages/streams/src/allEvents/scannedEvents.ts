import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStore } from '@castore/core';
import {
  decodeEventItem,
  type EventTable,
  eventTableOf,
  InvalidArgumentError,
  parseEventItem,
} from '@castore-dynamodb/adapter';
import { retry, sharedAbortController } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { readEvents } from '../aggregates/eventsAfter.js';
import { isUnreadable } from '../errors.js';
import { scanPage } from '../scan.js';
import { ASK_AGAIN } from '../timeouts.js';
import { comparePlaces, type EventPlace, type PlacedEvent, placeAfter } from './aggregateReader.js';
import { DiskSort } from './diskSort.js';

type Item = Record<string, AttributeValue>;

/** Parts of a table that are read at the same time. */
const SEGMENTS = 4;

/** A table, with the event stores in it that are read. */
interface ScannedTable extends EventTable {
  readonly eventStores: EventStore[];
}

/**
 * The events of event stores, in the order of their places: read by Scans, sorted on disk. Items lie on disk as they are
 * stored, so what a transformation encrypts is encrypted there too, and decoded when its turn has come.
 *
 * @param isWanted whether an event at this place is to be given
 */
export async function* scannedEvents(
  eventStores: readonly EventStore[],
  directory: string,
  isWanted: (place: EventPlace) => boolean,
): AsyncGenerator<PlacedEvent, void, undefined> {
  const tables = tablesOf(eventStores);
  const byId = new Map(
    tables.flatMap(table => table.eventStores.map(eventStore => [eventStore.eventStoreId, { eventStore, table }])),
  );
  const sort = new DiskSort<EventPlace, Item | undefined>(directory, comparePlaces);
  try {
    await scanAll(tables, async (place, item) => {
      if (isWanted(place)) await sort.add(place, item);
    });
    for await (const [place, item] of sort.sorted()) {
      const { eventStore, table } = byId.get(place.eventStoreId) as { eventStore: EventStore; table: ScannedTable };
      const event = await decode(eventStore, table, place, item);
      if (event !== undefined) yield { event, place };
    }
  } finally {
    await sort.close();
  }
}

/** @throws InvalidArgumentError for an event store that is not in DynamoDB. */
export const tablesOf = (eventStores: readonly EventStore[]): ScannedTable[] => {
  const tables: ScannedTable[] = [];
  for (const eventStore of eventStores) {
    const table = eventTableOf(eventStore.eventStorageAdapter);
    if (table === undefined) {
      throw new InvalidArgumentError(
        'sortOnDisk',
        `event store ${JSON.stringify(eventStore.eventStoreId)} has no adapter of @castore-dynamodb/adapter, so its table cannot be scanned.`,
      );
    }
    const known = tables.find(({ tableName, dynamoDbClient }) => isSame(table, tableName, dynamoDbClient));
    if (known === undefined) tables.push({ ...table, eventStores: [eventStore] });
    else known.eventStores.push(eventStore);
  }
  return tables;
};

const isSame = (table: EventTable, tableName: string, dynamoDbClient: DynamoDBClient): boolean =>
  table.tableName === tableName && table.dynamoDbClient === dynamoDbClient;

/** Without an item if the event has to be read otherwise. */
type Add = (place: EventPlace, item: Item | undefined) => Promise<void>;

/** If one segment fails, the others end before this does. */
const scanAll = async (tables: readonly ScannedTable[], add: Add): Promise<void> => {
  const abortion = sharedAbortController();
  const scans = tables.flatMap(table =>
    Array.from({ length: SEGMENTS }, (_, index) => scanSegment(table, index, add, abortion.signal)),
  );
  const ended = scans.map(scan => scan.catch((error: unknown) => abortion.abort(error)));
  await Promise.all(ended);
  abortion.signal.throwIfAborted();
};

/** The items of an aggregate come one after the other, in version order. */
const scanSegment = async (table: ScannedTable, index: number, add: Add, signal: AbortSignal): Promise<void> => {
  const segment = { ...table, index, of: SEGMENTS };
  let before: EventPlace | undefined;
  let startKey: Item | undefined;
  do {
    const page = await scanPage(segment, { consistentRead: true, startKey, limit: undefined, signal });
    for (const item of page.items) {
      signal.throwIfAborted();
      const place = placeOf(table, item, before);
      if (place === undefined) continue;
      before = place;
      await add(place, hasLostMember(item) ? undefined : item);
    }
    startKey = page.nextKey;
  } while (startKey !== undefined);
};

/** Where the event in an item stands; undefined if it is no event of the event stores, or its aggregate has no version 1. */
const placeOf = (
  { layout, eventStores }: ScannedTable,
  item: Item,
  before: EventPlace | undefined,
): EventPlace | undefined => {
  const keys = keysOf(item);
  for (const { eventStoreId } of eventStores) {
    const event = parseEventItem(layout, eventStoreId, keys);
    if (event === undefined) continue;
    const isNext = before?.eventStoreId === eventStoreId && before.aggregateId === event.aggregateId;
    if (!isNext && event.version !== 1) return undefined;
    return placeAfter(isNext ? before.time : '', eventStoreId, event);
  }
  return undefined;
};

/** Enough of an item to know which event it holds, without decoding what it says. */
const keysOf = (item: Item): Item => {
  const keys: Item = {};
  for (const name of [EVENT_TABLE_PK, EVENT_TABLE_SK, EVENT_TABLE_EVENT_TYPE_KEY, EVENT_TABLE_TIMESTAMP_KEY]) {
    const value = item[name];
    if (value !== undefined) keys[name] = value;
  }
  return keys;
};

/** Some versions of the SDK make a member named `__proto__` the prototype of the others, which is lost on the disk. */
const hasLostMember = (members: Item): boolean => {
  const prototype: unknown = Object.getPrototypeOf(members);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return true;
  return Object.values(members).some(hasLostMemberWithin);
};

const hasLostMemberWithin = ({ M: members, L: elements }: AttributeValue): boolean =>
  members === undefined ? (elements?.some(hasLostMemberWithin) ?? false) : hasLostMember(members);

/** What cannot be read from the item is asked for. Undefined if it was deleted since. */
const decode = async (
  eventStore: EventStore,
  { layout }: ScannedTable,
  { aggregateId, version }: EventPlace,
  item: Item | undefined,
): Promise<EventDetail | undefined> => {
  try {
    if (item !== undefined)
      return await decodeEventItem(layout, eventStore.eventStoreId, item, eventStore.eventStorageAdapter);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  const range = { minVersion: version, maxVersion: version };
  const [event] = await retry(ASK_AGAIN, () => readEvents({ eventStore, aggregateId }, range));
  return event;
};
