import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStore } from '@castore/core';
import {
  aggregateIdIn,
  decodeTableEvent,
  type EventTable,
  eventTableOf,
  InvalidArgumentError,
  type TableEvent,
} from '@castore-dynamodb/adapter';
import { retry, sharedAbortController } from '@castore-dynamodb/commons';

import { readEvents } from '../aggregates/eventsAfter.js';
import { isUnreadable } from '../errors.js';
import { scanPage } from '../scan.js';
import { ASK_AGAIN } from '../timeouts.js';
import { comparePlaces, type EventPlace, type PlacedEvent, placeAfter } from './aggregateReader.js';
import { DiskSort } from './diskSort.js';

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
  const sort = new DiskSort<EventPlace>(directory, comparePlaces);
  try {
    await sort.checkDirectory();
    await scanAll(tables, (place, json) => (isWanted(place) ? sort.add(place, json) : undefined));
    for await (const { key: place, bytes } of sort.sorted()) {
      const { eventStore, table } = byId.get(place.eventStoreId) as { eventStore: EventStore; table: ScannedTable };
      const event = await decode(eventStore, table, place, bytes);
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

/** Without bytes if the event has to be read otherwise. A promise if that is to be waited for. */
type Add = (place: EventPlace, json: Buffer) => Promise<void> | undefined;

const NOTHING = Buffer.alloc(0);

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
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await scanPage(segment, { consistentRead: true, startKey, limit: undefined, signal });
    for (const event of page.events) {
      signal.throwIfAborted();
      const place = placeOf(table, event, before);
      if (place === undefined) continue;
      before = place;
      const added = add(place, event.json ?? NOTHING);
      if (added !== undefined) await added;
    }
    startKey = page.nextKey;
  } while (startKey !== undefined);
};

/** The place of an event among all. Undefined if it belongs to none of the event stores, or if its aggregate has no version 1. */
const placeOf = (
  { layout, eventStores }: ScannedTable,
  { partitionKey, version, type, timestamp }: TableEvent,
  before: EventPlace | undefined,
): EventPlace | undefined => {
  for (const { eventStoreId } of eventStores) {
    const aggregateId = aggregateIdIn(layout, eventStoreId, partitionKey);
    if (aggregateId === undefined) continue;
    const isNext = before?.eventStoreId === eventStoreId && before.aggregateId === aggregateId;
    if (!isNext && version !== 1) return undefined;
    return placeAfter(isNext ? before.time : '', eventStoreId, { aggregateId, version, type, timestamp });
  }
  return undefined;
};

/** What cannot be read from the item is asked for. Undefined if it was deleted since. */
const decode = async (
  eventStore: EventStore,
  { layout }: ScannedTable,
  { aggregateId, version }: EventPlace,
  json: Buffer,
): Promise<EventDetail | undefined> => {
  try {
    if (json.length > 0) {
      return await decodeTableEvent(layout, eventStore.eventStoreId, json, eventStore.eventStorageAdapter);
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  const range = { minVersion: version, maxVersion: version };
  const [event] = await retry(ASK_AGAIN, () => readEvents({ eventStore, aggregateId }, range));
  return event;
};
