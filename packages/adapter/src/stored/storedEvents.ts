import { randomUUID } from 'node:crypto';

import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStorageAdapter } from '@castore/core';
import { request } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
} from '@castore-dynamodb/table';

import { checkAggregateId, checkEventStoreId } from '../checks.js';
import {
  ENCODING_KEY,
  fromEventItem,
  type Item,
  isAtVersion,
  SCHEMA_VERSION_KEY,
  toEventItem,
} from '../codec/eventItem.js';
import { parseItems } from '../codec/itemJson.js';
import { type EventStorage, type EventTable, eventTableOf, findEventStorage } from '../eventStorage.js';
import { type EventsQuery, eventsQueryInput } from '../read/eventsQuery.js';
import { EventsQueryCommand, itemsPageOf } from '../read/eventsQueryCommand.js';
import { isErased, REDACTIONS_KEY, type Redaction, redactionsIn, withRedaction } from './redactions.js';
import { type Bounds, putIfAsRead, removeIfAsRead, type StoredWrite } from './storedWrites.js';

/** Which events of an aggregate are read at once: all of a page of 1 MB, or fewer. */
export interface StoredEventsRange {
  readonly minVersion?: number | undefined;
  readonly maxVersion?: number | undefined;
  readonly limit?: number | undefined;
  /** @default false: the oldest first */
  readonly reverse?: boolean | undefined;
}

/** An event as it lies in its table. */
export interface StoredEvent {
  readonly aggregateId: string;
  readonly version: number;
  readonly item: Readonly<Record<string, AttributeValue>>;
  /** Whether it has neither payload nor metadata, because they were erased. */
  readonly isErased: boolean;
  /** What was done to it since it was pushed. */
  readonly redactions: readonly Redaction[];
}

export interface StoredEventsPage {
  readonly events: readonly StoredEvent[];
  readonly readUnits: number;
  /** Whether there may be more events in the range, after the last of these. */
  readonly hasMore: boolean;
}

/** The items of an event store, for whoever rewrites or removes what is stored. */
export interface StoredEvents {
  readonly table: EventTable;
  /** A page of an aggregate's items, in one strongly consistent Query. @throws InvalidArgumentError */
  read(aggregateId: string, range: StoredEventsRange): Promise<StoredEventsPage>;
  /** The event, as every reader returns it. @throws UnreadableEventError, and what the transformations throw */
  decode(event: StoredEvent): Promise<EventDetail>;
  /**
   * The places outside of the table that hold its content, and those that hold what it had before its redactions.
   *
   * @throws UnreadableEventError, and what the transformations throw
   */
  referencesOf(event: StoredEvent): Promise<readonly string[]>;
  /**
   * Writes an event with another content, or with none, if it still is what was read. Version, timestamp and what others
   * have put on the item stay, and so does the type, in the name that it has today. What was done is added to the item, with
   * what the former content referred to and the new one does not.
   *
   * @throws UnstorableValueError, EventTooLargeError, and what the transformations throw
   */
  rewrite(
    event: StoredEvent,
    content: EventDetail | undefined,
    redaction: Pick<Redaction, 'at' | 'reason'>,
  ): Promise<StoredWrite & { readonly references: readonly string[] }>;
  /** Removes the last events of an aggregate, all of them or none, if they still are what was read, and the last ones. */
  removeLast(events: readonly StoredEvent[]): Promise<StoredWrite>;
  /** The aggregate's id in a partition key, if that is this event store's. */
  aggregateIdIn(partitionKey: string): string | undefined;
}

/**
 * So many events are removed at once: a transaction of 100 items also looks at the version that comes next.
 *
 * @example
 * const { events } = await stored.read('pikachu-1', { reverse: true, limit: MAX_REMOVED_EVENTS });
 * const { outcome, writeUnits } = await stored.removeLast(events);
 */
export const MAX_REMOVED_EVENTS = 99;

/** How long DynamoDB may take to answer, over all of the SDK's attempts. */
const DEADLINE_MS = 30_000;

/**
 * The items of an event store behind an adapter of this package, of whichever copy; undefined for another adapter.
 *
 * @throws InvalidArgumentError for an event store id that the adapter's layout refuses
 *
 * @example
 * const stored = storedEventsOf(pokemons.getEventStorageAdapter(), 'POKEMONS');
 * const page = await stored?.read('pikachu-1', { minVersion: 1, limit: 10 });
 * for (const { version, isErased, redactions } of page?.events ?? []) console.log(version, isErased, redactions);
 */
export const storedEventsOf = (adapter: EventStorageAdapter, eventStoreId: string): StoredEvents | undefined => {
  const storage = findEventStorage(adapter);
  const table = eventTableOf(adapter);
  if (storage === undefined || table === undefined) return undefined;
  const { layout, dynamoDbClient: client } = storage;
  checkEventStoreId(layout, eventStoreId, 'eventStore.eventStoreId');
  const bounds = { tableName: table.tableName, deadlineMs: DEADLINE_MS };

  return {
    table,
    read: async (aggregateId, range) => {
      // Castore's own adapters store events under an empty id, which nobody can push to here.
      if (aggregateId !== '') checkAggregateId(layout, eventStoreId, aggregateId, 'aggregateId');
      // Snapshots may lie above all versions.
      const {
        minVersion = 1,
        maxVersion = Number.MAX_SAFE_INTEGER,
        limit = Number.POSITIVE_INFINITY,
        reverse = false,
      } = range;
      const query = { eventStoreId, aggregateId, minVersion, maxVersion, limit, reverse };
      const { items, ...page } = await readPage(client, storage, query, bounds);
      return { ...page, events: items.map(item => toStoredEvent(storage, eventStoreId, item)) };
    },
    decode: async ({ item }) =>
      storage.transformer?.decode(layout, eventStoreId, item) ?? fromEventItem(layout, eventStoreId, item),
    referencesOf: async ({ item, redactions }) => [
      ...redactions.flatMap(({ references }) => references),
      ...(await referencesIn(storage, eventStoreId, item)),
    ],
    rewrite: async (event, content, { at, reason }) => {
      const id = randomUUID();
      const former = await referencesIn(storage, eventStoreId, event.item);
      const item = await rewritten(storage, eventStoreId, event.item, content);
      const kept = former.length === 0 ? [] : await referencesIn(storage, eventStoreId, item);
      const references = former.filter(reference => !kept.includes(reference));
      const kind = content === undefined ? 'erased' : 'redacted';
      item[REDACTIONS_KEY] = withRedaction(event.item, id, { kind, at, reason, references });
      return { ...(await putIfAsRead(client, { ...event, eventStoreId }, item, id, bounds)), references };
    },
    removeLast: events =>
      removeIfAsRead(
        client,
        events.map(({ item }) => item),
        bounds,
      ),
    aggregateIdIn: partitionKey =>
      layout.isPartitionKeyOf(eventStoreId, partitionKey) ? layout.aggregateId(eventStoreId, partitionKey) : undefined,
  };
};

const readPage = async (
  client: DynamoDBClient,
  storage: EventStorage,
  query: EventsQuery,
  bounds: Bounds,
): Promise<{ items: Item[]; readUnits: number; hasMore: boolean }> => {
  const input = {
    ...eventsQueryInput(storage, bounds.tableName, query),
    ReturnConsumedCapacity: 'TOTAL' as const,
  };
  const { page, readUnits } = await request({ operation: 'Query', requires: 'page', ...bounds }, async abortSignal => {
    const output = await client.send(new EventsQueryCommand(input), { abortSignal });
    const { Items, ...rest } = itemsPageOf(output);
    return {
      // Without items it is no answer.
      page: Items && { ...rest, items: Array.isArray(Items) ? Items : parseItems(Items) },
      readUnits: output.ConsumedCapacity?.CapacityUnits ?? 0,
    };
  });
  const { items = [], LastEvaluatedKey } = page ?? {};
  return { items: items.filter(isAtVersion), readUnits, hasMore: LastEvaluatedKey !== undefined };
};

const toStoredEvent = ({ layout }: EventStorage, eventStoreId: string, item: Item): StoredEvent => ({
  aggregateId: layout.aggregateId(eventStoreId, item[EVENT_TABLE_PK]?.S ?? ''),
  version: Number(item[EVENT_TABLE_SK]?.N),
  item,
  isErased: isErased(item),
  redactions: redactionsIn(item),
});

const referencesIn = async (
  { layout, transformer }: EventStorage,
  eventStoreId: string,
  item: Item,
): Promise<readonly string[]> => {
  if (item[ENCODING_KEY] === undefined) return [];
  // Without the transformations, nobody knows what they have put elsewhere: such an event is refused.
  if (transformer === undefined) fromEventItem(layout, eventStoreId, item);
  return (await transformer?.referencesOf?.(layout, eventStoreId, item)) ?? [];
};

/** What an event's content is kept in, and in which form. Everything else of an item stays as it is. */
const CONTENT = [EVENT_TABLE_PAYLOAD_KEY, EVENT_TABLE_METADATA_KEY, ENCODING_KEY] as const;

const rewritten = async (
  { layout, transformer }: EventStorage,
  eventStoreId: string,
  item: Item,
  content: EventDetail | undefined,
): Promise<Item> => {
  const kept = { ...item };
  for (const name of CONTENT) delete kept[name];
  // The version of its shape stays: an erased event has no content that upcasters could change.
  if (content === undefined) return kept;
  const toStore = [layout, eventStoreId, content, undefined] as const;
  const { item: encoded } = transformer ? await transformer.encode(...toStore, item) : toEventItem(...toStore);
  delete kept[SCHEMA_VERSION_KEY];
  for (const name of [...CONTENT, SCHEMA_VERSION_KEY, EVENT_TABLE_EVENT_TYPE_KEY]) {
    if (encoded[name] !== undefined) kept[name] = encoded[name];
  }
  return kept;
};
