import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import {
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  storedEventsOf,
} from '@castore-dynamodb/adapter';
import { inParts, memberOf } from '@castore-dynamodb/commons';
import { type FollowedRecord, type FollowedShard, followStreams } from '@castore-dynamodb/streams';
import {
  EVENT_TABLE_EVENT_TYPE_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  EVENT_TABLE_TIMESTAMP_KEY,
} from '@castore-dynamodb/table';

import type { EventWriter } from './eventWriter.js';
import { type IdMapping, mapIds } from './idMapping.js';
import { fromItem, type StoredEvent } from './storedEvent.js';
import { patiently, type TransferTable } from './transferTable.js';

/** Which versions of an aggregate have come or changed. */
interface Touched {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  from: number;
  to: number;
}

export interface FollowTableOptions {
  readonly source: TransferTable;
  readonly dynamoDbStreamsClient: DynamoDBStreamsClient;
  readonly eventStores?: readonly string[] | undefined;
  readonly mapping: IdMapping;
  readonly writer: EventWriter;
  /** The last record of each shard that was handled, of a copy that is resumed. */
  readonly shards?: Readonly<Record<string, string>> | undefined;
  /** Resolves when the whole table has been copied: nothing is written before. */
  readonly copied: Promise<void>;
  readonly signal: AbortSignal;
  readonly onHandled: (shards: Readonly<Record<string, string>>) => Promise<void>;
  /** Called when no shard has any new record for now. */
  readonly onCaughtUp: () => void;
  readonly onError: (error: unknown) => void;
}

const POLL_INTERVAL_MS = 1_000;

/** One page without records proves little. */
const EMPTY_PAGES = 2;

/** Aggregates that are read from the source at the same time, and so many that are then written. */
const AT_A_TIME = 16;

/**
 * Writes what comes to a table after it was copied. The stream only says which versions of which aggregates: the events are read
 * from the table, strongly consistent, so they are exactly what is stored.
 *
 * The stream is read from its oldest record on, at once, also while the table is being copied: it has no record for longer than
 * 24 hours. What is written then is what the table has by then.
 *
 * @returns `ended` when nothing is under way any more after the signal; `removed()`: how many events were deleted at the source,
 *   which are not deleted at the target
 */
export const followTable = async (
  options: FollowTableOptions,
): Promise<{ readonly ended: Promise<void>; readonly removed: () => number }> => {
  const { source, shards: resumed = {}, copied, signal, onHandled, onCaughtUp, onError } = options;
  const { tableName, dynamoDbClient, placement } = source;
  const shards: Record<string, string> = { ...resumed };
  const emptyPages = new Map<string, number>();
  let beforeCopied = new Map<string, Touched>();
  let isCopied = false;
  let removed = 0;
  let isCaughtUp = false;

  const first = copied.then(async () => {
    isCopied = true;
    await writeTouched(options, beforeCopied);
    beforeCopied = new Map();
  });
  // Whoever waits for it hears of its error.
  first.catch(() => {});

  const idOf = ({ streamArn, shardId }: FollowedShard): string => `${streamArn}#${shardId}`;
  const { ended } = await followStreams({
    tables: [{ tableName, dynamoDbClient, layout: placement.layout }],
    dynamoDbStreamsClient: options.dynamoDbStreamsClient,
    pollIntervalMs: POLL_INTERVAL_MS,
    signal,
    onShards: () => {},
    startOf: shard => {
      emptyPages.set(idOf(shard), 0);
      const after = shards[idOf(shard)];
      return after === undefined ? 'oldest' : { after };
    },
    onRecords: async (shard, records) => {
      isCaughtUp = false;
      emptyPages.set(idOf(shard), 0);
      removed += records.filter(record => isRemovedEvent(source, record)).length;
      if (!isCopied) {
        touch(source, records, options.eventStores, beforeCopied);
        return;
      }
      await first;
      await writeTouched(options, touch(source, records, options.eventStores));
      shards[idOf(shard)] = records.at(-1)?.dynamodb?.SequenceNumber as string;
      await onHandled(shards);
    },
    onEmptyPage: (shard, pages) => {
      emptyPages.set(idOf(shard), pages);
      if (isCaughtUp || !isCopied || [...emptyPages.values()].some(each => each < EMPTY_PAGES)) return;
      isCaughtUp = true;
      void first.then(onCaughtUp, () => {});
    },
    onSkipped: () => {},
    onEnd: shard => {
      emptyPages.delete(idOf(shard));
    },
    onError: error => onError(error),
  });
  first.catch(onError);
  return { ended, removed: () => removed };
};

/** What the stream says of an item: keys and what makes it an event are enough; the rest may have been lost by the SDK. */
const eventIn = ({ placement }: TransferTable, image: object = {}): ReturnType<typeof fromItem> => {
  const item = image as Parameters<typeof fromItem>[1];
  const names = [EVENT_TABLE_PK, EVENT_TABLE_SK, EVENT_TABLE_TIMESTAMP_KEY, EVENT_TABLE_EVENT_TYPE_KEY];
  return fromItem(
    placement,
    Object.fromEntries(names.flatMap(name => (item[name] === undefined ? [] : [[name, item[name]]]))),
  );
};

/** Snapshots are made again, so one that was deleted is nothing to speak of; its keys tell. */
const isRemovedEvent = (source: TransferTable, { eventName, dynamodb }: FollowedRecord): boolean =>
  eventName === 'REMOVE' && eventIn(source, memberOf(dynamodb, 'Keys') as object | undefined) !== 'snapshot';

const touch = (
  source: TransferTable,
  records: readonly FollowedRecord[],
  eventStores: readonly string[] | undefined,
  touched = new Map<string, Touched>(),
): Map<string, Touched> => {
  for (const { dynamodb } of records) {
    const event = eventIn(source, dynamodb?.NewImage);
    if (typeof event === 'string' || eventStores?.includes(event.eventStoreId) === false) continue;
    const { eventStoreId, aggregateId, version } = event;
    const key = JSON.stringify([eventStoreId, aggregateId]);
    const known = touched.get(key);
    if (known === undefined) touched.set(key, { eventStoreId, aggregateId, from: version, to: version });
    else Object.assign(known, { from: Math.min(known.from, version), to: Math.max(known.to, version) });
  }
  return touched;
};

const writeTouched = async (options: FollowTableOptions, touched: ReadonlyMap<string, Touched>): Promise<void> => {
  for (const part of inParts([...touched.values()], AT_A_TIME)) {
    // All of them end before an error is thrown: nothing may be under way then.
    const results = await Promise.allSettled(part.map(each => writeRange(options, each)));
    const failed = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failed !== undefined) throw failed.reason;
  }
};

const writeRange = async (
  { source: { placement, tableName, dynamoDbClient }, mapping, writer, signal }: FollowTableOptions,
  { eventStoreId, aggregateId, from, to }: Touched,
): Promise<void> => {
  const Adapter =
    placement.layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
  const stored = storedEventsOf(new Adapter({ tableName, dynamoDbClient }), eventStoreId);
  let minVersion = from;
  for (let hasMore = stored !== undefined; hasMore; ) {
    signal.throwIfAborted();
    const page = await patiently(signal, async () => stored?.read(aggregateId, { minVersion, maxVersion: to }));
    const events = (page?.events ?? [])
      .map(({ item }) => fromItem(placement, item))
      .filter((event): event is StoredEvent => typeof event !== 'string');
    // What the stream still has of the time before is in the table that was copied.
    await writer.write(
      events.map(event => mapIds(mapping, event)),
      { isRepeated: true },
    );
    minVersion = (events.at(-1)?.version ?? to) + 1;
    hasMore = page?.hasMore === true && minVersion <= to;
  }
};
