import { TrimmedStreamError } from '../errors/index.js';
import { pauseUntil } from '../pause.js';
import { readableShards, type ShardLineage } from './lineage.js';
import { readShard, type ShardReaderOptions } from './shardReader.js';
import { isNamed } from './tableStream.js';

/** In polls: shards live for hours, and where one has ended it is looked for its children at once. */
const POLLS_BETWEEN_LISTINGS = 10;

/**
 * In milliseconds, however often it is polled: DescribeStream may be called ten times a second.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
 */
const MIN_LISTING_INTERVAL = 200;

export interface StreamReaderOptions extends Omit<ShardReaderOptions, 'isListed'> {
  /** Whether the table is known to write to another stream, so that this one has an end. */
  readonly isOld: () => boolean;
  /** Told when no shard of the stream can be read any more: it was switched off. */
  readonly onEnd: () => void;
}

/** Reads a stream, all shards at the same time but none before its parent is done with. */
export class StreamReader {
  readonly #options: StreamReaderOptions;
  readonly #reading = new Map<string, Promise<void>>();
  #listed: ReadonlySet<string> = new Set();
  #wake = new AbortController();

  constructor(options: StreamReaderOptions) {
    this.#options = options;
  }

  /** Reads until the shift ends, or to the end of an old stream. */
  async read(): Promise<void> {
    const { shift, pollIntervalMs } = this.#options;
    while (!shift.signal.aborted) {
      this.#wake = new AbortController();
      const isAtEnd = await shift.untilItWorks(() => this.#beginReading());
      if (isAtEnd === true) {
        this.#options.onEnd();
        if (this.#options.isOld()) {
          await shift.untilItWorks(() => this.#forget());
          return;
        }
      }
      const polls = isAtEnd === true ? 1 : POLLS_BETWEEN_LISTINGS;
      const interval = Math.max(MIN_LISTING_INTERVAL, pollIntervalMs * polls);
      await pauseUntil(interval, shift.signal, this.#wake.signal);
    }
    await Promise.all(this.#reading.values());
  }

  /** Begins to read what can be read now; true where nothing can, and nothing is. */
  async #beginReading(): Promise<boolean> {
    const { checkpoints } = this.#options.shift;
    const { arn } = this.#options.stream;
    const shards = await this.#list();
    this.#listed = new Set(shards.map(({ shardId }) => shardId));
    for (const shardId of checkpoints.shardIdsOf(arn)) {
      if (!this.#listed.has(shardId) && !this.#reading.has(shardId)) await this.#forgetShard(shardId);
    }
    const isDone = (shardId: string): boolean => checkpoints.get(arn, shardId)?.isDone === true;
    for (const { shardId } of readableShards(shards, isDone)) {
      if (this.#reading.has(shardId)) continue;
      const options = { ...this.#options, isListed: (id: string) => this.#listed.has(id) };
      const reading = readShard(shardId, options).finally(() => {
        this.#reading.delete(shardId);
        this.#wake.abort();
      });
      this.#reading.set(shardId, reading);
    }
    return this.#reading.size === 0;
  }

  /** A stream is deleted 24 hours after it was switched off. */
  async #list(): Promise<ShardLineage[]> {
    const { stream, shift, isOld } = this.#options;
    try {
      return await stream.shards(shift.signal);
    } catch (error) {
      if (!isOld() || !isNamed(error, 'ResourceNotFoundException')) throw error;
      return [];
    }
  }

  async #forget(): Promise<void> {
    const { stream, shift } = this.#options;
    for (const shardId of shift.checkpoints.shardIdsOf(stream.arn)) await this.#forgetShard(shardId);
  }

  async #forgetShard(shardId: string): Promise<void> {
    const { stream, shift } = this.#options;
    const position = shift.checkpoints.get(stream.arn, shardId);
    await shift.checkpoints.remove(stream.arn, shardId);
    if (position?.isDone === false) shift.onError(new TrimmedStreamError(stream.arn, shardId));
  }
}
