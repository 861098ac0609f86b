import { InvalidArgumentError } from '@castore-dynamodb/adapter';
import { isNamed, pause } from '@castore-dynamodb/commons';

import { TrimmedStreamError } from '../errors.js';
import { tableNameOf } from '../images/streamRecord.js';
import type { ProjectedTable } from '../projections/projectedTables.js';
import { TIMEOUTS } from '../timeouts.js';
import type { ShardPosition } from './shardCheckpoints.js';
import { readShard, type ShardReaderOptions } from './shardReader.js';
import { findStream, type Shard, type TableStream } from './tableStream.js';

/** A table that has a stream, with its ARN. */
export interface PolledTable extends ProjectedTable {
  readonly arn: string;
}

/**
 * The tables, each once, though two clients may reach the same one.
 *
 * @throws StreamNotReadableError, InvalidArgumentError; the reason of the signal
 */
export const findTables = async (tables: readonly ProjectedTable[], signal?: AbortSignal): Promise<PolledTable[]> => {
  const found = await Promise.all(
    tables.map(async table => ({ ...table, arn: tableArnOf(await findStream(table, signal)) })),
  );
  const polled: PolledTable[] = [];
  for (const table of found) {
    const namesake = polled.find(({ tableName }) => tableNameOf(tableName) === tableNameOf(table.tableName));
    if (namesake === undefined) polled.push({ ...table, readers: [...table.readers] });
    else if (namesake.arn === table.arn) namesake.readers.push(...table.readers);
    else {
      throw new InvalidArgumentError(
        'projections',
        `their event stores are in two tables of one name, ${namesake.arn} and ${table.arn}. A poller reads the streams of one region: give each region a poller of its own.`,
      );
    }
  }
  return polled;
};

/** Of the ARN of a stream, `<table ARN>/stream/<label>`. */
const tableArnOf = (streamArn: string): string => streamArn.split('/stream/')[0] as string;

/** In polls: whether the table has got another stream. */
const POLLS_BETWEEN_LOOKS = 10;

export interface TableReaderOptions extends Omit<ShardReaderOptions, 'stream' | 'isListed'> {
  readonly table: PolledTable;
  readonly connect: (streamArn: string) => TableStream;
}

/**
 * Reads the stream of a table until the lease ends. If it is switched off and on again, which makes another stream of it,
 * both are read: the old one to its end.
 */
export const readTable = async ({ table, connect, ...options }: TableReaderOptions): Promise<void> => {
  const { lease, pollIntervalMs } = options;
  const reading = new Map<string, Promise<void>>();
  let newest: string | undefined;
  let wake = new AbortController();

  const begin = (arn: string): void => {
    if (reading.has(arn)) return;
    const isOld = (): boolean => newest !== undefined && newest !== arn;
    const reader = new StreamReader({ ...options, stream: connect(arn), isOld, onEnd: () => wake.abort() });
    reading.set(arn, reader.read());
  };

  for (const arn of lease.checkpoints.streamArns) if (tableArnOf(arn) === table.arn) begin(arn);
  while (!lease.signal.aborted) {
    wake = new AbortController();
    newest = (await lease.repeat(() => findStream(table, lease.signal))) ?? newest;
    if (newest !== undefined) begin(newest);
    await pause(pollIntervalMs * POLLS_BETWEEN_LOOKS, lease.signal, wake.signal);
  }
  await Promise.all(reading.values());
};

/** In polls: shards live for hours, and when one has ended its children are looked for at once. */
const POLLS_BETWEEN_LISTINGS = 10;

/**
 * In milliseconds, however often it is polled: DescribeStream may be called ten times a second.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
 */
const MIN_LISTING_INTERVAL = 200;

/** A shard that was read to its end is forgotten when so many listings have left it out, over `TIMEOUTS.listing`. */
const LISTINGS_TO_FORGET = 5;

interface StreamReaderOptions extends Omit<ShardReaderOptions, 'isListed'> {
  /** Whether the table is known to write to another stream, so that this one has an end. */
  readonly isOld: () => boolean;
  /** Called when all shards of the stream are read to their ends: it was switched off. */
  readonly onEnd: () => void;
}

/**
 * Reads a stream, all shards at the same time, but each after its parent.
 *
 * One listing of its shards proves nothing about a shard that it leaves out. A shard that was begun is read until reading
 * says that it is gone.
 */
class StreamReader {
  readonly #options: StreamReaderOptions;
  /** All shards that were listed or begun, and are not forgotten. */
  readonly #known = new Map<string, Shard>();
  readonly #missing = new Map<string, { listings: number; since: number }>();
  readonly #reading = new Map<string, Promise<void>>();
  #wake = new AbortController();

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    const { stream, lease } = options;
    for (const shardId of lease.checkpoints.shardIdsOf(stream.arn)) {
      this.#known.set(shardId, { shardId, parentShardId: undefined });
    }
  }

  /** Reads until the lease ends, or nothing is left of an old stream. */
  async read(): Promise<void> {
    const { lease, pollIntervalMs, isOld, onEnd } = this.#options;
    while (!lease.signal.aborted) {
      this.#wake = new AbortController();
      const isListed = await lease.repeat(() => this.#lookForShards());
      const isAtEnd = isListed === true && this.#reading.size === 0;
      if (isAtEnd) onEnd();
      if (isAtEnd && isOld() && this.#known.size === 0) return;
      const polls = isAtEnd && !isOld() ? 1 : POLLS_BETWEEN_LISTINGS;
      await pause(Math.max(MIN_LISTING_INTERVAL, pollIntervalMs * polls), lease.signal, this.#wake.signal);
    }
    await Promise.all(this.#reading.values());
  }

  async #lookForShards(): Promise<true> {
    const listed = await this.#list();
    for (const shard of listed) this.#known.set(shard.shardId, shard);
    await this.#forgetWhatIsMissing(new Set(listed.map(({ shardId }) => shardId)));

    const isDone = (shardId: string): boolean => this.#positionOf(shardId)?.isDone === true;
    for (const { shardId } of readableShards([...this.#known.values()], isDone)) {
      if (!this.#reading.has(shardId)) this.#reading.set(shardId, this.#readShard(shardId));
    }
    return true;
  }

  async #readShard(shardId: string): Promise<void> {
    const isListed = async (id: string): Promise<boolean> => (await this.#list()).some(shard => shard.shardId === id);
    const isGone = await readShard(shardId, { ...this.#options, isListed });
    if (isGone) await this.#options.lease.repeat(() => this.#forget(shardId));
    this.#reading.delete(shardId);
    this.#wake.abort();
  }

  /** A stream is deleted 24 hours after it was switched off. */
  async #list(): Promise<Shard[]> {
    const { stream, lease, isOld } = this.#options;
    try {
      return await stream.shards(lease.signal);
    } catch (error) {
      if (!isOld() || !isNamed(error, 'ResourceNotFoundException')) throw error;
      return [];
    }
  }

  async #forgetWhatIsMissing(listed: ReadonlySet<string>): Promise<void> {
    for (const shardId of this.#known.keys()) {
      if (listed.has(shardId)) {
        this.#missing.delete(shardId);
        continue;
      }
      const { listings, since } = this.#missing.get(shardId) ?? { listings: 0, since: performance.now() };
      this.#missing.set(shardId, { listings: listings + 1, since });
      const isLongGone = listings + 1 >= LISTINGS_TO_FORGET && performance.now() - since >= TIMEOUTS.listing;
      if (isLongGone && this.#positionOf(shardId)?.isDone === true) await this.#forget(shardId);
    }
  }

  async #forget(shardId: string): Promise<void> {
    const { stream, lease } = this.#options;
    const position = this.#positionOf(shardId);
    await lease.checkpoints.remove(stream.arn, shardId);
    this.#known.delete(shardId);
    this.#missing.delete(shardId);
    if (position?.isDone === false) lease.onError(new TrimmedStreamError(stream.arn, shardId));
  }

  #positionOf(shardId: string): ShardPosition | undefined {
    const { stream, lease } = this.#options;
    return lease.checkpoints.get(stream.arn, shardId);
  }
}

/**
 * The shards that can be read now: a shard's parent has to be read before, if it is still there, so that the records of
 * an item come in order.
 */
const readableShards = (shards: readonly Shard[], isDone: (shardId: string) => boolean): Shard[] => {
  const known = new Set(shards.map(({ shardId }) => shardId));
  return shards.filter(
    ({ shardId, parentShardId }) =>
      !isDone(shardId) && (parentShardId === undefined || !known.has(parentShardId) || isDone(parentShardId)),
  );
};
