import { randomBytes } from 'node:crypto';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventDetail, EventStore } from '@castore/core';
import { hasCode, sharedAbortController, withDeadline } from '@castore-dynamodb/commons';
import { type FollowedRecord, type FollowedShard, followStreams, type ShardStart } from '@castore-dynamodb/streams';

import { formatPosition, isAfter, type Position, shardKey } from '../protocol/position.js';
import { toWire } from '../protocol/wireJson.js';
import { EventLog } from './eventLog.js';
import { EventReader, type ReadEvent } from './eventReader.js';
import { tablesOf } from './feedTables.js';
import { Lineage } from './lineage.js';
import { ShardPositions } from './shardPositions.js';

export interface TailOptions {
  readonly eventStores: readonly EventStore[];
  readonly dynamoDbClient: DynamoDBClient;
  readonly dynamoDbStreamsClient: DynamoDBStreamsClient;
  readonly pollIntervalMs: number;
  readonly onError: (error: unknown) => void;
  /** Called after events were added to the log. */
  readonly onEvents: () => void;
  /** Called when records of the stream were gone before they were read: nobody knows what is missing. */
  readonly onTrimmed: () => void;
}

/** For the first page of each shard, in milliseconds. */
const START_DEADLINE_MS = 30_000;

/**
 * In milliseconds: records have the time of DynamoDB's clock, rounded down to a second, and the AWS SDK works with clocks that
 * differ by five minutes. It is asked only of shards that seemed to be empty when a feed began, or could not be read then.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
const CLOCK_MARGIN_MS = 5 * 60_000;

/** Whether a record is from before a time, in milliseconds, for sure. */
export const isCreatedBefore = (created: Date | undefined, time: number): boolean =>
  created !== undefined && created.getTime() < time - CLOCK_MARGIN_MS;

/** The members of an event's message. */
export const toJson = (eventStoreId: string, event: EventDetail): string =>
  `"eventStoreId":${JSON.stringify(eventStoreId)},"event":${toWire(event)}`;

/** The end of the streams: reads each shard once, from now on, into a log that any number of subscribers share. */
export class StreamTail {
  readonly log = new EventLog();
  readonly feedId = randomBytes(6).toString('base64url');
  readonly lineage = new Lineage();
  readonly #options: TailOptions;
  readonly #end = sharedAbortController();
  readonly #positions = new ShardPositions();
  readonly #reader: EventReader;
  /** Shards that have to be read once before the feed is known to see what comes. */
  readonly #awaited = new Set<string>();
  /** How often each stream was listed. */
  readonly #listings = new Map<string, number>();
  #tableCount = 0;
  #isStarted = false;
  /** The first record of each shard that was read. */
  readonly #firstRead = new Map<string, string>();
  #since = 0;
  #onFirstPages = (): void => {};
  #ended: Promise<void> = Promise.resolve();

  constructor(options: TailOptions) {
    this.#options = options;
    this.#reader = new EventReader(options.eventStores, options.onError);
  }

  /** Resolves when whatever happens from then on will be seen. */
  async start(): Promise<void> {
    this.#since = Date.now();
    const firstPages = new Promise<void>(resolve => (this.#onFirstPages = resolve));
    const { eventStores, dynamoDbClient, dynamoDbStreamsClient, pollIntervalMs, onEvents } = this.#options;
    const tables = tablesOf(eventStores, dynamoDbClient);
    this.#tableCount = tables.length;
    const { ended } = await followStreams({
      tables,
      dynamoDbStreamsClient,
      pollIntervalMs,
      signal: this.#end.signal,
      onShards: (streamArn, shards) => {
        this.lineage.list(streamArn, shards);
        this.#forgetGoneShards();
        this.#listings.set(streamArn, (this.#listings.get(streamArn) ?? 0) + 1);
        // After the shards of this listing are begun, which is at once.
        setImmediate(() => this.#endWait(undefined));
      },
      startOf: shard => this.#startOf(shard),
      onRecords: async (shard, records, isFromOldest) => {
        await this.#add(shard, records, isFromOldest);
        this.#endWait(shard);
        onEvents();
      },
      onEmptyPage: shard => this.#endWait(shard),
      onSkipped: (shard, sequenceNumber) => this.#positions.advance(keyOf(shard), sequenceNumber),
      onEnd: shard => {
        const key = keyOf(shard);
        this.#endWait(shard);
        this.#positions.end(key, this.lineage);
        if (!this.lineage.has(key)) this.#positions.forget(key);
      },
      onError: error => {
        this.#options.onError(error);
        if (hasCode(error, 'TrimmedStreamError')) this.#options.onTrimmed();
      },
    });
    this.#ended = ended;
    await withDeadline(
      { operation: 'The first read of the stream', milliseconds: START_DEADLINE_MS },
      () => firstPages,
    );
  }

  /** Ends the reading; waits for what is under way, for ten seconds at most. */
  async stop(): Promise<void> {
    this.#end.abort();
    await withDeadline({ operation: 'The reading of streams', milliseconds: 10_000 }, () => this.#ended).catch(
      this.#options.onError,
    );
  }

  /** Where a subscriber is who has got everything in the log. */
  get position(): string {
    return this.#position(this.log.end);
  }

  /** From where on in the log a subscriber has not seen anything; undefined if the log does not know. */
  indexOf({ feedId, index }: Position): number | undefined {
    const isKnown = feedId === this.feedId && index !== undefined && index >= this.log.start && index <= this.log.end;
    return isKnown ? index : undefined;
  }

  /** Whether everything of a shard after a sequence number was read since the start. */
  hasReadAllAfter(shard: string, sequenceNumber: string | undefined): boolean {
    const first = this.#firstRead.get(shard);
    return first !== undefined && sequenceNumber !== undefined && !isAfter(first, sequenceNumber);
  }

  /** Whether nothing will come of a shard that is not after a sequence number. */
  isPast(shard: string, sequenceNumber: string | undefined): boolean {
    if (!this.#positions.has(shard)) return true;
    const read = this.#positions.get(shard);
    return sequenceNumber !== undefined && read !== undefined && !isAfter(sequenceNumber, read);
  }

  #startOf(shard: FollowedShard): ShardStart {
    const key = keyOf(shard);
    const start = this.#chooseStart(shard.streamArn, key);
    if (start === 'latest') this.#awaited.add(key);
    if (start !== 'nowhere') this.#positions.begin(key, this.lineage);
    return start;
  }

  /** Of the shards that are there at the start, those are over that have others after them. */
  #chooseStart(streamArn: string, key: string): ShardStart {
    if (this.#isStarted || (this.#listings.get(streamArn) ?? 0) > 1) return 'oldest';
    return this.lineage.childrenOf(key).size > 0 ? 'nowhere' : 'latest';
  }

  #endWait(shard: FollowedShard | undefined): void {
    if (shard !== undefined) this.#awaited.delete(keyOf(shard));
    if (this.#awaited.size > 0 || this.#listings.size < this.#tableCount) return;
    this.#isStarted = true;
    this.#onFirstPages();
  }

  /** There is no end to new shards. */
  #forgetGoneShards(): void {
    for (const key of [...this.#firstRead.keys(), ...this.log.evicted.keys()]) {
      if (this.lineage.has(key)) continue;
      this.#firstRead.delete(key);
      this.log.forgetEvicted(key);
    }
  }

  async #add(shard: FollowedShard, records: readonly FollowedRecord[], isFromOldest: boolean): Promise<void> {
    const key = keyOf(shard);
    const first = records[0]?.dynamodb?.SequenceNumber;
    if (first !== undefined && !this.#firstRead.has(key)) this.#firstRead.set(key, first);
    // A shard that was there from the start and is read from its oldest record for some reason holds what was before it.
    const isOld = ({ dynamodb }: FollowedRecord): boolean =>
      isFromOldest && isCreatedBefore(dynamodb?.ApproximateCreationDateTime, this.#since);
    const wanted = records.filter(record => !isOld(record));
    const events = await this.#reader.read(shard.streamArn, wanted, this.#end.signal);
    for (const event of events) {
      if (event.passed !== undefined) this.#positions.advance(key, event.passed);
      this.log.add(this.#entryOf(key, event));
    }
    const last = records.at(-1)?.dynamodb?.SequenceNumber;
    if (last !== undefined) this.#positions.advance(key, last);
  }

  #entryOf(shard: string, { eventStoreId, event, sequenceNumber }: ReadEvent) {
    return {
      eventStoreId,
      aggregateId: event.aggregateId,
      type: event.type,
      json: toJson(eventStoreId, event),
      shard,
      sequenceNumber,
      position: this.#position(this.log.end + 1),
    };
  }

  #position(index: number): string {
    const { feedId } = this;
    return formatPosition({ feedId, since: this.#since, index, issued: Date.now() }, this.#positions.text);
  }
}

export const keyOf = ({ streamArn, shardId }: FollowedShard): string => shardKey(streamArn, shardId);
