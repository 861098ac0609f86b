import { once } from 'node:events';
import { PassThrough } from 'node:stream';

import { isNamed } from '@castore-dynamodb/commons';
import {
  type DynamoDBStreamsClientLike,
  type FollowedRecord,
  type FollowedShard,
  followStreams,
} from '@castore-dynamodb/streams';

import { type EventFilter, type LiveEvent, RecordedEvents, type TailedTable } from './recordedEvents.js';
import { TailStart } from './tailStart.js';

export type { LiveEvent, TailedTable };

export interface TailOptions {
  readonly tables: readonly TailedTable[];
  readonly filter?: EventFilter;
  /** The client for the stream of a table. */
  readonly streamsClientOf: (table: TailedTable) => Promise<DynamoDBStreamsClientLike>;
  readonly pollIntervalMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whatever is stored after this is seen. */
  readonly onReady?: () => void;
  /** Hears of events that cannot be read, and of what went wrong and is tried again. */
  readonly onError: (error: unknown) => void;
}

/** How many events may wait for whoever takes them; then the reading waits. */
const MAX_WAITING = 100;

/** What does not get better by trying again. */
const PERMANENT = [
  'AccessDeniedException',
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'CredentialsProviderError',
];

/**
 * The events that are stored in tables from now on, each once, until the signal comes or nobody takes them any more. Those of
 * an aggregate come in order, unless DynamoDB hands out the records of a transaction in two pages. Reads the tables' streams as a `StreamPoller` does, but saves no position and takes no lock: it
 * disturbs nobody. A shard of a stream allows two readers at a time without being throttled, though.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 *
 * Costs a request for each shard and interval (`GetRecords`), and no capacity units of the table.
 *
 * @throws StreamNotReadableError if a table has no stream of new images; the error of AWS if something is not permitted.
 */
export async function* tailEvents(options: TailOptions): AsyncGenerator<LiveEvent, void, undefined> {
  const { tables, filter = {}, streamsClientOf, pollIntervalMs, signal, onReady, onError } = options;
  const events = new PassThrough({ objectMode: true, highWaterMark: MAX_WAITING });
  // It is thrown by the iteration, which may not have begun.
  events.on('error', () => {});
  const end = new AbortController();
  const stop = (): void => {
    end.abort();
    events.end();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const start = new TailStart(tables.length, onReady ?? (() => {}));

  const handle = async (
    reader: RecordedEvents,
    shard: FollowedShard,
    records: readonly FollowedRecord[],
    isFromOldest: boolean,
  ): Promise<void> => {
    const live = await reader.read(start.onlyNew(shard, records, isFromOldest));
    for (const event of live) {
      if (end.signal.aborted) return;
      if (!events.write(event)) await once(events, 'drain', { signal: end.signal });
    }
    start.hasRead(shard);
  };

  try {
    const following = await Promise.all(
      tables.map(async table => {
        const reader = new RecordedEvents(table, filter, onError);
        return followStreams({
          tables: [table],
          dynamoDbStreamsClient: await streamsClientOf(table),
          pollIntervalMs,
          signal: end.signal,
          onShards: (streamArn, shards) => start.list(streamArn, shards),
          startOf: shard => start.startOf(shard),
          onRecords: (shard, records, isFromOldest) => handle(reader, shard, records, isFromOldest),
          onEmptyPage: shard => start.hasRead(shard),
          onSkipped: () => {},
          onEnd: shard => start.hasRead(shard),
          onError: error => {
            if (PERMANENT.some(name => isNamed(error, name))) events.destroy(error as Error);
            else onError(error);
          },
        });
      }),
    );
    yield* events as AsyncIterable<LiveEvent>;
    await Promise.all(following.map(({ ended }) => ended));
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
