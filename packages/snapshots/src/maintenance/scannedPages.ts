import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStore } from '@castore/core';
import {
  aggregateIdIn,
  decodeTableEvent,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  type EventTable,
  eventTableOf,
  scanTableEvents,
  type TableEvent,
} from '@castore-dynamodb/adapter';
import { InvalidArgumentError, isThrottled, mapConcurrently, retry } from '@castore-dynamodb/commons';

import { estimateReadUnits } from '../load/readUnits.js';
import { callSync } from '../repository/callSync.js';
import type { AggregatePage } from './aggregatePages.js';
import { formatScanToken, type ItemKey, parseScanToken, type SegmentPosition } from './scanToken.js';

/*
 * The aggregates of a table, by Scans instead of a listing. A Scan shows for the price of their bytes, without a request for
 * each, which aggregates are too short for a snapshot. It decides on nothing else. Whatever is not surely short is
 * loaded as ever, so it does not matter if a Scan shows an aggregate in two places, or in another order.
 *
 * An aggregate at which a page was cut is never taken for short: its other events are on the next page. So nothing but the
 * key of the cut has to be known to go on.
 *
 * What events hold is not sent, unless the policy asks what reading them costs.
 */

/** An aggregate with an event of each version, from 1 on. */
export interface WholeAggregate {
  readonly aggregateId: string;
  /** Of the last event. */
  readonly version: number;
  /** What reading the events costs, estimated from their content. Throws if that is not known. */
  readonly readUnits: () => number;
}

type IsTooShort = (aggregate: WholeAggregate) => boolean;

/** Whether events are read whole: once the policy has asked what reading them costs. */
interface Reading {
  isWhole: boolean;
}

/** Parts of the table that are read at the same time. */
const SEGMENTS = 4;

/** The SDK has tried several times already. */
const WHEN_THROTTLED = { maxAttempts: 8, firstDelayMs: 50, maxDelayMs: 5_000, isWorthRepeating: isThrottled };

/** @throws InvalidArgumentError, and what scanning throws. */
export async function* scannedPages(
  eventStore: EventStore,
  pageToken: string | undefined,
  isTooShort: IsTooShort,
): AsyncGenerator<AggregatePage, void, undefined> {
  const table = tableOf(eventStore);
  const { tableName } = table;
  const scanned = { eventStoreId: eventStore.eventStoreId, tableName };
  let segments: SegmentPosition[] =
    pageToken === undefined ? Array.from({ length: SEGMENTS }, () => 'start') : parseScanToken(scanned, pageToken);
  const reading = { isWhole: false };
  while (segments.some(position => position !== 'end')) {
    const pages = await mapConcurrently(segments, SEGMENTS, (position, segment) =>
      scanSegment(eventStore, table, { segment, segments: segments.length, position }, isTooShort, reading),
    );
    segments = pages.map(({ next }) => next);
    yield {
      aggregateIds: pages.flatMap(({ aggregateIds }) => aggregateIds),
      tooShort: pages.reduce((sum, page) => sum + page.tooShort, 0),
      nextPageToken: segments.every(position => position === 'end') ? undefined : formatScanToken(scanned, segments),
    };
  }
}

const tableOf = ({ eventStoreId, eventStorageAdapter }: EventStore): EventTable => {
  const table = eventTableOf(eventStorageAdapter);
  if (table !== undefined) return table;
  throw new InvalidArgumentError(
    'options.scan',
    `event store ${JSON.stringify(eventStoreId)} has no adapter of @castore-dynamodb/adapter, so its table cannot be scanned. Build without \`scan\`.`,
  );
};

interface Segment {
  readonly segment: number;
  /** How many of them there are. */
  readonly segments: number;
  readonly position: SegmentPosition;
}

interface SegmentPage extends Pick<AggregatePage, 'aggregateIds' | 'tooShort'> {
  readonly next: SegmentPosition;
}

const scanSegment = async (
  eventStore: EventStore,
  table: EventTable,
  part: Segment,
  isTooShort: IsTooShort,
  reading: Reading,
): Promise<SegmentPage> => {
  const { tableName, dynamoDbClient, layout } = table;
  const { segment, segments, position } = part;
  if (position === 'end') return { aggregateIds: [], tooShort: 0, next: 'end' };
  const startKey = position === 'start' ? undefined : toItemKey(position);
  const { isWhole: content } = reading;
  const { events, nextKey } = await retry(WHEN_THROTTLED, () =>
    scanTableEvents(dynamoDbClient, { tableName, segment, segments, startKey, content }),
  );
  let needsContent = false;
  const next = nextKey === undefined ? 'end' : fromItemKey(nextKey);
  const aggregateIds: string[] = [];
  let tooShort = 0;
  for (const run of runsOf(events)) {
    const { partitionKey } = run[0];
    const aggregateId = aggregateIdIn(layout, eventStore.eventStoreId, partitionKey);
    if (aggregateId === undefined || isContinued(partitionKey, position)) continue;
    const isCut = partitionKey === partitionKeyOf(next);
    const readUnits = () => {
      needsContent ||= !content;
      return estimateReadUnits(run.map(event => decode(eventStore, layout, event)));
    };
    const aggregate = { aggregateId, version: run.length, readUnits };
    if (!isCut && hasNoGap(run) && isTooShort(aggregate)) tooShort += 1;
    else aggregateIds.push(aggregateId);
  }
  if (!needsContent) return { aggregateIds, tooShort, next };
  reading.isWhole = true;
  return scanSegment(eventStore, table, part, isTooShort, reading);
};

type Run = [TableEvent, ...TableEvent[]];

/** The events of one aggregate that come one after the other. */
const runsOf = (events: readonly TableEvent[]): Run[] => {
  const runs: Run[] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last?.[0].partitionKey === event.partitionKey) last.push(event);
    else runs.push([event]);
  }
  return runs;
};

const hasNoGap = (run: Run): boolean => run.every(({ version }, index) => version === index + 1);

/** Whether the page before was cut at this aggregate, which was built then. A snapshot's key, for one, is none of an event. */
const isContinued = (partitionKey: string, position: SegmentPosition): boolean =>
  Array.isArray(position) && position[0] === partitionKey && Number(position[1]) >= 1;

const partitionKeyOf = (position: SegmentPosition): string | undefined =>
  Array.isArray(position) ? (position as ItemKey)[0] : undefined;

const toItemKey = ([partitionKey, sortKey]: ItemKey): Record<string, AttributeValue> => ({
  [EVENT_TABLE_PK]: { S: partitionKey },
  [EVENT_TABLE_SK]: { N: sortKey },
});

const fromItemKey = (key: Readonly<Record<string, AttributeValue>>): ItemKey => [
  key[EVENT_TABLE_PK]?.S ?? '',
  key[EVENT_TABLE_SK]?.N ?? '',
];

/** What has to be decrypted, inflated or fetched is left to a load. */
const decode = (
  { eventStoreId, eventStorageAdapter }: EventStore,
  layout: EventTable['layout'],
  { json, isTransformed }: TableEvent,
): EventDetail => {
  if (json === undefined || isTransformed) throw new TypeError('Only a load can read the event.');
  return callSync('decoding', () => decodeTableEvent(layout, eventStoreId, json, eventStorageAdapter)) as EventDetail;
};
