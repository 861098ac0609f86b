import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { fromStoredValue, itemSize, type StoredEvent } from '@castore-dynamodb/adapter';
import { hasCode, isObject, mapConcurrently, parseInstant } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_ENCODING_KEY,
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_METADATA_KEY,
  EVENT_TABLE_PAYLOAD_KEY,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import { shownValue } from '../../state/plainState.js';
import { versionAt } from '../../state/versionAt.js';
import type { EventLinks, EventsPage, MetadataKeys, RawItem, ShownEvent } from '../api.js';
import type { ExploredStore, Explorer } from '../explorer.js';
import { problemOf } from '../problem.js';

const PAGE = 100;
/** Events that are decoded at once: a transformation may ask other services. */
const AT_A_TIME = 10;
const KB = 1024;

/** So many events before the one that is asked for are on its page. */
const LEAD = 20;

/** Which events: from a version on, those around an instant, or the last ones. */
export interface EventsRange {
  readonly from: number | undefined;
  readonly at: string | undefined;
}

/** A page of an aggregate's events. */
export const eventsPage = async (
  explorer: Explorer,
  eventStoreId: string,
  aggregateId: string,
  range: EventsRange,
): Promise<EventsPage> => {
  const store = await explorer.store(eventStoreId);
  const then =
    range.at === undefined ? undefined : await versionAt(store.stored, aggregateId, parseInstant(range.at, 'at'));
  const from = then === undefined ? range.from : Math.max(1, then - LEAD);
  const { events, ...page } = await readPage(store, aggregateId, from);
  const shown = await mapConcurrently(events, AT_A_TIME, event => show(explorer, store, event));
  for (const { version, type, timestamp, links } of shown) {
    explorer.seen.add({ eventStoreId, aggregateId, version, type, timestamp, ...links });
  }
  return { events: shown, ...page, ...(then !== undefined && { versionAt: then }) };
};

/** And which version is the last one: a second Query, if the page does not end with it. */
const readPage = async ({ stored }: ExploredStore, aggregateId: string, from: number | undefined) => {
  if (from === undefined) {
    const { events } = await stored.read(aggregateId, { reverse: true, limit: PAGE });
    return { events: events.toReversed(), lastVersion: events[0]?.version ?? 0, hasMore: false };
  }
  const { events, hasMore } = await stored.read(aggregateId, { minVersion: from, limit: PAGE });
  const last = events.at(-1)?.version;
  if (last !== undefined && !hasMore) return { events, lastVersion: last, hasMore };
  const [newest] = (await stored.read(aggregateId, { reverse: true, limit: 1 })).events;
  const lastVersion = newest?.version ?? 0;
  return { events, lastVersion, hasMore: lastVersion > (last ?? lastVersion) };
};

/** The item of an event as DynamoDB has it. */
export const rawItem = async (
  explorer: Explorer,
  eventStoreId: string,
  aggregateId: string,
  version: number,
): Promise<RawItem | undefined> => {
  const { stored } = await explorer.store(eventStoreId);
  const { events } = await stored.read(aggregateId, { minVersion: version, maxVersion: version });
  const [event] = events;
  return event && { version, item: shownItem(event.item, explorer.options.isRedacted) };
};

/** DynamoDB's JSON has bytes as base64. Of a redacted item the keys are left, which are in every listing too. */
const shownItem = (item: StoredEvent['item'], isRedacted: boolean): unknown =>
  JSON.parse(
    JSON.stringify(item, (name, value: unknown) => {
      if (isRedacted && (name === EVENT_TABLE_PAYLOAD_KEY || name === EVENT_TABLE_METADATA_KEY)) return '[redacted]';
      const bytes = bytesOf(value);
      return bytes === undefined ? value : bytes.toString('base64');
    }),
  );

/** `JSON.stringify` has called a Buffer's `toJSON` before. */
const bytesOf = (value: unknown): Buffer | undefined => {
  if (value instanceof Uint8Array) return Buffer.from(value);
  return isObject(value) && value['type'] === 'Buffer' && Array.isArray(value['data'])
    ? Buffer.from(value['data'] as number[])
    : undefined;
};

const show = async (explorer: Explorer, { stored }: ExploredStore, event: StoredEvent): Promise<ShownEvent> => {
  const { isRedacted, metadataKeys } = explorer.options;
  const { item, version, redactions } = event;
  const size = itemSize(item);
  const { problem, ...read } = await decode(stored, event);
  const { payload, metadata } = read;
  return {
    version,
    timestamp: read.timestamp,
    type: read.type,
    ...(payload !== undefined && { payload: shownValue(payload, isRedacted) }),
    ...(metadata !== undefined && { metadata: shownValue(metadata, isRedacted) }),
    size,
    writeUnits: Math.ceil(size / KB),
    readUnits: Math.ceil(size / (4 * KB)),
    encoding: item[EVENT_TABLE_ENCODING_KEY]?.S?.split(',') ?? [],
    redactions: redactions.map(({ kind, at, reason }) => ({ kind, at, reason })),
    links: isRedacted ? {} : linksIn(metadata, metadataKeys),
    ...(problem !== undefined && { problem }),
  };
};

type Decoded = Pick<ShownEvent, 'timestamp' | 'type' | 'payload' | 'metadata' | 'problem'>;

/** An event that cannot be read, for want of a key or for any other reason, is shown as it is stored, beside those that can. */
const decode = async (stored: ExploredStore['stored'], event: StoredEvent): Promise<Decoded> => {
  try {
    return await stored.decode(event);
  } catch (error) {
    if (hasCode(error, 'ReadBudgetError')) throw error;
    const { item } = event;
    return {
      timestamp: item[EVENT_TABLE_TIMESTAMP_KEY]?.S ?? '',
      type: item[EVENT_TABLE_EVENT_TYPE_KEY]?.S ?? '',
      payload: asStored(item[EVENT_TABLE_PAYLOAD_KEY]),
      metadata: asStored(item[EVENT_TABLE_METADATA_KEY]),
      problem: problemOf(error),
    };
  }
};

const asStored = (value: AttributeValue | undefined): unknown => {
  try {
    return value && fromStoredValue(value, 'item');
  } catch {
    return undefined;
  }
};

const linksIn = (metadata: unknown, keys: MetadataKeys): EventLinks => {
  if (!isObject(metadata)) return {};
  const first = (names: readonly string[]): string | undefined => {
    const name = names.find(each => Object.hasOwn(metadata, each));
    const value = name === undefined ? undefined : metadata[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const links = Object.entries(keys).map(([link, names]) => [link, first(names as readonly string[])] as const);
  return Object.fromEntries(links.filter(([, value]) => value !== undefined));
};
