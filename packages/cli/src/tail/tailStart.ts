import type { FollowedRecord, FollowedShard, ListedShard, ShardStart } from '@castore-dynamodb/streams';

/**
 * In milliseconds. A record has the time of DynamoDB's clock, rounded down to a second, and the AWS SDK works with clocks that
 * differ by five minutes.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
const CLOCK_MARGIN_MS = 5 * 60_000;

const idOf = ({ streamArn, shardId }: FollowedShard): string => `${streamArn}#${shardId}`;

/**
 * Decides at which record a shard begins: those of the first listing after their last record, later ones at their oldest.
 * Calls back when each shard of the first listing was read once.
 */
export class TailStart {
  readonly #since = Date.now();
  readonly #listings = new Map<string, number>();
  /** Shards of first listings that have others after them, and so have ended. */
  readonly #ended = new Set<string>();
  readonly #first = new Set<string>();
  readonly #awaited = new Set<string>();
  readonly #tableCount: number;
  #onReady: (() => void) | undefined;

  constructor(tableCount: number, onReady: () => void) {
    this.#tableCount = tableCount;
    this.#onReady = onReady;
  }

  list(streamArn: string, shards: readonly ListedShard[]): void {
    const listings = (this.#listings.get(streamArn) ?? 0) + 1;
    this.#listings.set(streamArn, listings);
    if (listings === 1) {
      for (const { parentShardId } of shards) {
        if (parentShardId !== undefined) this.#ended.add(idOf({ streamArn, shardId: parentShardId }));
      }
    }
    // After the shards of this listing are begun, which is at once.
    setImmediate(() => this.#checkIfReady());
  }

  startOf(shard: FollowedShard): ShardStart {
    if (this.#onReady === undefined || (this.#listings.get(shard.streamArn) ?? 0) > 1) return 'oldest';
    if (this.#ended.has(idOf(shard))) return 'nowhere';
    this.#first.add(idOf(shard));
    this.#awaited.add(idOf(shard));
    return 'latest';
  }

  hasRead(shard: FollowedShard): void {
    this.#awaited.delete(idOf(shard));
    this.#checkIfReady();
  }

  /** A shard that was there from the start and is read from its oldest record for some reason holds what was before it. */
  onlyNew(shard: FollowedShard, records: readonly FollowedRecord[], isFromOldest: boolean): readonly FollowedRecord[] {
    if (!isFromOldest || !this.#first.has(idOf(shard))) return records;
    return records.filter(({ dynamodb }) => {
      const created = dynamodb?.ApproximateCreationDateTime?.getTime();
      return created === undefined || created >= this.#since - CLOCK_MARGIN_MS;
    });
  }

  #checkIfReady(): void {
    if (this.#onReady === undefined || this.#awaited.size > 0 || this.#listings.size < this.#tableCount) return;
    const onReady = this.#onReady;
    this.#onReady = undefined;
    onReady();
  }
}
