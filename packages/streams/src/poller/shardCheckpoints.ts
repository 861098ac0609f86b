import type { Checkpoint, CheckpointKey, CheckpointStore } from '../checkpoints/checkpointStore.js';
import { LostLockError } from '../errors.js';

/** How far a shard was read. */
export type ShardPosition =
  | { readonly isDone: true }
  | { readonly isDone: false /** The last record that was handled. */; readonly sequenceNumber?: string };

export const START: ShardPosition = { isDone: false };

/** How far shards were read, wherever that is kept. */
export type ShardPositions = Pick<ShardCheckpoints, 'streamArns' | 'shardIdsOf' | 'get' | 'set' | 'remove'>;

const PREFIX = 'shard#';

/** How far a poller has read the shards of its streams, in memory and in the store. */
export class ShardCheckpoints {
  readonly #store: CheckpointStore;
  readonly #poller: string;
  readonly #checkpoints: Map<string, Checkpoint>;

  private constructor(store: CheckpointStore, poller: string, checkpoints: Map<string, Checkpoint>) {
    this.#store = store;
    this.#poller = poller;
    this.#checkpoints = checkpoints;
  }

  static async load(store: CheckpointStore, poller: string): Promise<ShardCheckpoints> {
    const stored = await store.list(poller, PREFIX);
    return new ShardCheckpoints(store, poller, new Map(stored.map(checkpoint => [checkpoint.sort, checkpoint])));
  }

  /** The streams of which a shard was begun. */
  get streamArns(): string[] {
    return [...new Set([...this.#checkpoints.keys()].map(sort => sort.split('#')[1] as string))];
  }

  /** The shards of a stream that were begun. */
  shardIdsOf(streamArn: string): string[] {
    const prefix = sortKey(streamArn, '');
    return [...this.#checkpoints.keys()].filter(sort => sort.startsWith(prefix)).map(sort => sort.slice(prefix.length));
  }

  /** Undefined for a shard that was not begun. */
  get(streamArn: string, shardId: string): ShardPosition | undefined {
    const checkpoint = this.#checkpoints.get(sortKey(streamArn, shardId));
    return checkpoint && (JSON.parse(checkpoint.value) as ShardPosition);
  }

  /** @throws LostLockError if somebody else has moved it, which only a poller does that holds the lock. */
  async set(streamArn: string, shardId: string, position: ShardPosition): Promise<void> {
    const sort = sortKey(streamArn, shardId);
    const value = JSON.stringify(position);
    const seen = this.#checkpoints.get(sort)?.revision;
    const written = (await this.#store.write(this.#key(sort), value, seen)) ?? (await this.#ownWrite(sort, value));
    if (written === undefined) throw new LostLockError(this.#poller);
    this.#checkpoints.set(sort, written);
  }

  /** What is stored, if it is this very value: of an attempt whose answer was lost. */
  async #ownWrite(sort: string, value: string): Promise<Checkpoint | undefined> {
    const [stored] = await this.#store.read([this.#key(sort)]);
    return stored?.value === value ? stored : undefined;
  }

  async remove(streamArn: string, shardId: string): Promise<void> {
    const sort = sortKey(streamArn, shardId);
    const seen = this.#checkpoints.get(sort);
    if (seen !== undefined) await this.#store.remove(this.#key(sort), seen.revision);
    this.#checkpoints.delete(sort);
  }

  #key(sort: string): CheckpointKey {
    return { partition: this.#poller, sort };
  }
}

/** Neither an ARN nor a shard's id has a `#` in it. */
const sortKey = (streamArn: string, shardId: string): string => `${PREFIX}${streamArn}#${shardId}`;
