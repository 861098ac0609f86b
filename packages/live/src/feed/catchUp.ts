import { hasCode, isNamed, sharedAbortController } from '@castore-dynamodb/commons';
import {
  type FollowedRecord,
  type FollowedShard,
  followStreams,
  type ListedShard,
  type ShardStart,
} from '@castore-dynamodb/streams';

import { formatPosition, formatShards, isAfter, type Position } from '../protocol/position.js';
import { EventReader, type ReadEvent } from './eventReader.js';
import { tablesOf } from './feedTables.js';
import type { Outgoing } from './formats.js';
import { Lineage } from './lineage.js';
import { isCreatedBefore, keyOf, type StreamTail, type TailOptions, toJson } from './streamTail.js';
import type { Subscriber } from './subscriber.js';

/** A subscriber that begins at a position that the log does not reach back to. */
export interface Latecomer {
  readonly subscriber: Subscriber;
  readonly position: Position;
}

/** `again`: the position of one of several does not exist; nobody knows whose. */
export type CatchUpResult = 'done' | 'stopped' | 'again' | 'PositionExpired' | 'InvalidPosition';

export interface CatchUpOptions extends Omit<TailOptions, 'onEvents' | 'onTrimmed'> {
  readonly tail: Pick<StreamTail, 'hasReadAllAfter'>;
  readonly latecomers: readonly Latecomer[];
  readonly signal: AbortSignal;
}

const OTHER_STREAMS =
  'The tables do not have the streams of the position: it is from another feed, or a stream was switched off and on.';

/** A shard is taken for read when so many pages without records have followed one another. */
const EMPTY_PAGES = 5;
const MAX_POLL_INTERVAL_MS = 200;

/**
 * Reads the streams once more for some subscribers, each from its position on, until there is nothing further at the
 * moment: from then on, the log has the rest. Their cursors say how far each of them has come, also if it is stopped.
 */
export const catchUp = async (options: CatchUpOptions): Promise<CatchUpResult> => {
  const run = new CatchUpRun(options);
  return run.read();
};

class CatchUpRun {
  readonly #options: CatchUpOptions;
  readonly #end = sharedAbortController();
  readonly #lineage = new Lineage();
  readonly #reader: EventReader;
  /** Shards that are to be read on. */
  readonly #open = new Set<string>();
  readonly #listedStreams = new Set<string>();
  /** Streams that have to be listed again, as a shard has ended and others may have come of it. */
  readonly #unlistedStreams = new Set<string>();
  readonly #begin: Promise<void>;
  #onListed = (): void => {};
  #tableCount = 0;
  #result: CatchUpResult = 'stopped';

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#reader = new EventReader(options.eventStores, options.onError);
    this.#begin = new Promise(resolve => (this.#onListed = resolve));
  }

  async read(): Promise<CatchUpResult> {
    const { eventStores, dynamoDbClient, dynamoDbStreamsClient, pollIntervalMs, signal } = this.#options;
    const tables = tablesOf(eventStores, dynamoDbClient);
    this.#tableCount = tables.length;
    const stop = (): void => this.#end.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      const { ended } = await followStreams({
        tables,
        dynamoDbStreamsClient,
        pollIntervalMs: Math.min(pollIntervalMs, MAX_POLL_INTERVAL_MS),
        signal: this.#end.signal,
        onShards: (streamArn, shards) => this.#list(streamArn, shards),
        startOf: shard => this.#startOf(shard),
        onRecords: (shard, records) => this.#show(shard, records),
        onEmptyPage: (shard, pages) => pages >= EMPTY_PAGES && this.#close(shard),
        onSkipped: () => {},
        onEnd: shard => {
          this.#unlistedStreams.add(shard.streamArn);
          this.#close(shard);
        },
        onError: error => this.#fail(error),
      });
      await ended;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#onListed();
    }
    return this.#result;
  }

  #list(streamArn: string, shards: readonly ListedShard[]): void {
    this.#lineage.list(streamArn, shards);
    this.#listedStreams.add(streamArn);
    this.#unlistedStreams.delete(streamArn);
    // After the shards of this listing are begun, which is at once.
    setImmediate(() => {
      if (this.#listedStreams.size < this.#tableCount) return;
      this.#endWhoseShardsAreGone();
      this.#onListed();
      this.#endIfDone();
    });
  }

  /** A shard that was read when a position was made is there for 24 hours, unless the stream is another one now. */
  #endWhoseShardsAreGone(): void {
    for (const { subscriber, position } of this.#options.latecomers) {
      const isGone = [...position.shards.keys()].some(shard => !this.#lineage.has(shard));
      if (isGone) subscriber.end({ reason: 'PositionExpired', message: OTHER_STREAMS });
    }
  }

  /** The earliest of what the subscribers need. */
  #startOf(shard: FollowedShard): ShardStart {
    const key = keyOf(shard);
    const starts = this.#options.latecomers
      .filter(latecomer => !this.#isDoneWith(latecomer, key))
      .map(({ subscriber }) => subscriber.cursors.get(key));
    if (starts.length === 0) return 'nowhere';
    this.#open.add(key);
    const [after, ...others] = starts;
    const earliest = others.reduce((one, other) => (one !== undefined && isAfter(one, other) ? other : one), after);
    return earliest === undefined ? 'oldest' : { after: earliest };
  }

  /** Who has begun a shard is done with those that it came of. */
  #isDoneWith({ subscriber }: Latecomer, key: string): boolean {
    return !subscriber.cursors.has(key) && this.#lineage.ancestorsOf(subscriber.cursors.keys()).has(key);
  }

  async #show(shard: FollowedShard, records: readonly FollowedRecord[]): Promise<void> {
    await this.#begin;
    const key = keyOf(shard);
    const events = await this.#reader.read(shard.streamArn, records, this.#end.signal);
    const last = records.at(-1)?.dynamodb?.SequenceNumber as string;
    await Promise.all(this.#options.latecomers.map(latecomer => this.#showTo(latecomer, key, events, last)));
    if (this.#options.tail.hasReadAllAfter(key, last)) this.#close(shard);
  }

  async #showTo(latecomer: Latecomer, key: string, events: readonly ReadEvent[], last: string): Promise<void> {
    const { subscriber, position } = latecomer;
    if (subscriber.isClosed || this.#isDoneWith(latecomer, key)) return;
    const { cursors, interest } = subscriber;
    const start = cursors.get(key);
    const outgoing: Outgoing[] = [];
    for (const { eventStoreId, event, sequenceNumber, passed, created } of events) {
      // Of a shard that was not begun, what is from before the subscription is not for it.
      const isOld = start === undefined ? isCreatedBefore(created, position.since) : !isAfter(sequenceNumber, start);
      if (isOld || !interest.wants({ eventStoreId, aggregateId: event.aggregateId, type: event.type })) continue;
      if (passed !== undefined && isAfter(passed, cursors.get(key))) cursors.set(key, passed);
      const at = { ...position, index: undefined };
      outgoing.push({ json: toJson(eventStoreId, event), position: formatPosition(at, formatShards(cursors)) });
    }
    await subscriber.show(outgoing);
    if (isAfter(last, cursors.get(key))) cursors.set(key, last);
  }

  #close(shard: FollowedShard): void {
    this.#open.delete(keyOf(shard));
    this.#endIfDone();
  }

  #endIfDone(): void {
    const isListed = this.#listedStreams.size >= this.#tableCount && this.#unlistedStreams.size === 0;
    const hasSomebody = this.#options.latecomers.some(({ subscriber }) => !subscriber.isClosed);
    if (hasSomebody && (!isListed || this.#open.size > 0)) return;
    this.#finish('done');
  }

  /** A position that was forged, or whose records are gone, is not to be tried again. */
  #fail(error: unknown): void {
    const isTrimmed = hasCode(error, 'TrimmedStreamError');
    if (!isTrimmed && !isNamed(error, 'ValidationException')) return this.#options.onError(error);
    const isAlone = this.#options.latecomers.length === 1;
    if (!isAlone) this.#finish('again');
    else this.#finish(isTrimmed ? 'PositionExpired' : 'InvalidPosition');
  }

  #finish(result: CatchUpResult): void {
    if (this.#end.signal.aborted) return;
    this.#result = result;
    this.#end.abort();
  }
}
