import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventTable } from '@castore-dynamodb/adapter';

import type { StreamRecord } from '../images/streamRecord.js';
import { Lease } from './lock.js';
import { type ShardPosition, type ShardPositions, START } from './shardCheckpoints.js';
import type { DynamoDBStreamsClientLike } from './streamPoller.js';
import { findTables, readTable } from './tableReader.js';
import { loadCommands, type RecordPage, type Shard, TableStream } from './tableStream.js';

/** Where a shard is begun: at its oldest record, after all that it has now, after a record, or not at all. */
export type ShardStart = 'oldest' | 'latest' | 'nowhere' | { readonly after: string };

export interface FollowedShard {
  readonly streamArn: string;
  readonly shardId: string;
}

/** A shard as it was listed, with the one that it came of. */
export interface ListedShard {
  readonly shardId: string;
  readonly parentShardId: string | undefined;
}

/** A record as the AWS SDK reads it. Described by its shape, as nobody has to have the streams client to use this package. */
export interface FollowedRecord extends StreamRecord {
  readonly dynamodb?:
    | (NonNullable<StreamRecord['dynamodb']> & { readonly ApproximateCreationDateTime?: Date | undefined })
    | undefined;
}

export interface FollowOptions {
  readonly tables: readonly Pick<EventTable, 'tableName' | 'dynamoDbClient' | 'layout'>[];
  readonly dynamoDbStreamsClient: DynamoDBStreamsClientLike;
  /** How long to wait when a shard has no new records. */
  readonly pollIntervalMs: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Gets each listing of a stream's shards, before any of them is begun. */
  readonly onShards: (streamArn: string, shards: readonly ListedShard[]) => void;
  /** Asked once for each shard, after the listing that has it. */
  readonly startOf: (shard: FollowedShard) => ShardStart;
  /**
   * Handles the records of a page. If it fails, the same page comes again. The next page of the shard waits for it.
   *
   * @param isFromOldest whether the shard is read from its oldest record on, which `latest` falls back to if the first
   *   page could not be read: records from before the start may be among them.
   */
  readonly onRecords: (
    shard: FollowedShard,
    records: readonly FollowedRecord[],
    isFromOldest: boolean,
  ) => Promise<void>;
  /**
   * Hears of a page without records, and how many of them have followed one another. One proves little: "It might take
   * multiple calls to get to a portion of the shard that contains stream records."
   * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
   */
  readonly onEmptyPage: (shard: FollowedShard, pages: number) => void;
  /**
   * Hears of the last record, as far as a short look could tell, of a shard that is begun after all that it has. It is not
   * handled.
   */
  readonly onSkipped: (shard: FollowedShard, sequenceNumber: string) => void;
  /** Hears of a shard that was read to its end, or is gone. */
  readonly onEnd: (shard: FollowedShard) => void;
  /** Hears of what went wrong and is tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Reads the streams of tables for a reader that keeps its own positions: as a `StreamPoller` does, all shards at the same
 * time and each after its parent, but without a lock and without checkpoints. For the other packages of this project; not
 * for users.
 *
 * Resolves when the tables' streams are found; `ended` when nothing is under way any more, after the signal.
 *
 * @throws StreamNotReadableError if a table has no stream of new images; the error of the request.
 *
 * @example
 * const onShards = (_streamArn: string, shards: readonly ListedShard[]) => console.log(shards.length);
 * const onRecords = async ({ shardId }: FollowedShard, records: readonly FollowedRecord[]) => console.log(shardId, records);
 * const { ended } = await followStreams({ ...followOptions, startOf: () => 'latest', onShards, onRecords });
 */
export const followStreams = async (options: FollowOptions): Promise<{ readonly ended: Promise<void> }> => {
  const { dynamoDbStreamsClient, pollIntervalMs, signal, onError } = options;
  await loadCommands();
  const tables = await findTables(options.tables.map(table => ({ ...table, readers: [] })));
  const positions = new FollowedPositions(options);
  const lease = new Lease(positions, onError);
  const end = (): void => lease.end();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const connect = (arn: string) =>
    new FollowedStream(arn, dynamoDbStreamsClient as DynamoDBStreamsClient, options, positions);
  const handle = async (streamArn: string, records: readonly FollowedRecord[], shardId: string): Promise<boolean> => {
    const shard = { streamArn, shardId };
    await options.onRecords(shard, records, positions.isFromOldest(shard));
    return true;
  };
  const reading = tables.map(table => readTable({ table, connect, lease, pollIntervalMs, handle }));
  const ended = Promise.all(reading).then(() => signal.removeEventListener('abort', end));
  return { ended };
};

const idOf = ({ streamArn, shardId }: FollowedShard): string => `${streamArn}#${shardId}`;

/** How far the shards are read, in memory. A shard that is asked for and was not begun has the position that it starts at. */
class FollowedPositions implements ShardPositions {
  readonly #options: FollowOptions;
  readonly #positions = new Map<string, FollowedShard & { position: ShardPosition }>();
  /** Which shards are to be begun after all that they have, and were not yet. */
  readonly #latest = new Set<string>();
  readonly #fromOldest = new Set<string>();

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  get streamArns(): string[] {
    return [...new Set([...this.#positions.values()].map(({ streamArn }) => streamArn))];
  }

  shardIdsOf(streamArn: string): string[] {
    return [...this.#positions.values()].filter(shard => shard.streamArn === streamArn).map(({ shardId }) => shardId);
  }

  get(streamArn: string, shardId: string): ShardPosition {
    const shard = { streamArn, shardId };
    return this.#positions.get(idOf(shard))?.position ?? this.#begin(shard);
  }

  async set(streamArn: string, shardId: string, position: ShardPosition): Promise<void> {
    const shard = { streamArn, shardId };
    this.#positions.set(idOf(shard), { ...shard, position });
    if (position.isDone) this.#options.onEnd(shard);
    else if (position.sequenceNumber === undefined) this.#fromOldest.add(idOf(shard));
  }

  async remove(streamArn: string, shardId: string): Promise<void> {
    const shard = { streamArn, shardId };
    this.#positions.delete(idOf(shard));
    this.#latest.delete(idOf(shard));
    this.#fromOldest.delete(idOf(shard));
    this.#options.onEnd(shard);
  }

  isFromOldest(shard: FollowedShard): boolean {
    return this.#fromOldest.has(idOf(shard));
  }

  /** Whether the shard is begun after all that it has. True once: what comes while an iterator is lost must not be missed. */
  takeLatest(shard: FollowedShard): boolean {
    return this.#latest.delete(idOf(shard));
  }

  /** For an iterator that was not to be had. */
  giveBackLatest(shard: FollowedShard): void {
    this.#latest.add(idOf(shard));
    this.#fromOldest.delete(idOf(shard));
  }

  useOldest(shard: FollowedShard): void {
    this.#fromOldest.add(idOf(shard));
  }

  #begin(shard: FollowedShard): ShardPosition {
    const start = this.#options.startOf(shard);
    if (start === 'latest') this.#latest.add(idOf(shard));
    if (start === 'oldest') this.#fromOldest.add(idOf(shard));
    const position = startPosition(start);
    this.#positions.set(idOf(shard), { ...shard, position });
    return position;
  }
}

const startPosition = (start: ShardStart): ShardPosition => {
  if (start === 'nowhere') return { isDone: true };
  return typeof start === 'string' ? START : { isDone: false, sequenceNumber: start.after };
};

/** How many pages of a shard are looked at for its last record. */
const PAGES_TO_SKIP = 3;

/** The stream of a table that tells what is read of it. */
class FollowedStream extends TableStream {
  readonly #options: FollowOptions;
  readonly #positions: FollowedPositions;
  /** Whose iterator it is, and how many pages without records came before it. */
  readonly #iterators = new Map<string, { readonly shardId: string; readonly emptyPages: number }>();

  constructor(arn: string, client: DynamoDBStreamsClient, options: FollowOptions, positions: FollowedPositions) {
    super(arn, client);
    this.#options = options;
    this.#positions = positions;
  }

  override async shards(signal: AbortSignal): Promise<Shard[]> {
    const shards = await super.shards(signal);
    this.#options.onShards(this.arn, shards);
    return shards;
  }

  override async iterator(shardId: string, after: string | undefined, signal: AbortSignal): Promise<string> {
    const shard = { streamArn: this.arn, shardId };
    const isLatest = after === undefined && this.#positions.takeLatest(shard);
    if (after === undefined && !isLatest) this.#positions.useOldest(shard);
    try {
      const type = isLatest ? await this.#lookForLast(shard, signal) : 'TRIM_HORIZON';
      const iterator = await super.iterator(shardId, after, signal, type);
      this.#iterators.set(iterator, { shardId, emptyPages: 0 });
      return iterator;
    } catch (error) {
      if (isLatest) this.#positions.giveBackLatest(shard);
      throw error;
    }
  }

  override async records(iterator: string, signal: AbortSignal): Promise<RecordPage> {
    const { shardId, emptyPages } = this.#iterators.get(iterator) as { shardId: string; emptyPages: number };
    this.#iterators.delete(iterator);
    const page = await super.records(iterator, signal);
    if (page.nextIterator === undefined) return page;
    const pages = page.records.length === 0 ? emptyPages + 1 : 0;
    this.#iterators.set(page.nextIterator, { shardId, emptyPages: pages });
    if (pages > 0) this.#options.onEmptyPage({ streamArn: this.arn, shardId }, pages);
    return page;
  }

  /**
   * An empty shard is read from its oldest record on: of one, DynamoDB Local gives an iterator `LATEST` that never moves.
   */
  async #lookForLast(shard: FollowedShard, signal: AbortSignal): Promise<'TRIM_HORIZON' | 'LATEST'> {
    let iterator: string | undefined = await super.iterator(shard.shardId, undefined, signal);
    let last: string | undefined;
    for (let pages = 0; pages < PAGES_TO_SKIP && iterator !== undefined; pages++) {
      const { records, nextIterator }: RecordPage = await super.records(iterator, signal);
      last = records.at(-1)?.dynamodb?.SequenceNumber ?? last;
      iterator = nextIterator;
      if (records.length > 0) continue;
      if (last !== undefined) this.#options.onSkipped(shard, last);
      else this.#positions.useOldest(shard);
      return last === undefined ? 'TRIM_HORIZON' : 'LATEST';
    }
    return 'LATEST';
  }
}
