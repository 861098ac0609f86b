import type { ListedShard } from '@castore-dynamodb/streams';

import { shardKey } from '../protocol/position.js';

/** How the shards of some streams came of one another, as far as they were listed. Shards go by their keys in positions. */
export class Lineage {
  readonly #parents = new Map<string, string>();
  readonly #children = new Map<string, Set<string>>();
  readonly #listed = new Map<string, Set<string>>();

  /** A listing of a stream's shards; what the one before had in addition is forgotten, as there is no end to new shards. */
  list(streamArn: string, shards: readonly ListedShard[]): void {
    const before = this.#listed.get(streamArn) ?? new Set();
    const listed = new Set<string>();
    for (const { shardId, parentShardId } of shards) {
      const key = shardKey(streamArn, shardId);
      listed.add(key);
      if (parentShardId !== undefined) this.#add(key, shardKey(streamArn, parentShardId));
    }
    this.#listed.set(streamArn, listed);
    for (const key of before) if (!listed.has(key)) this.#forget(key);
  }

  /** Whether the last listing of any stream has the shard. */
  has(shard: string): boolean {
    return [...this.#listed.values()].some(listed => listed.has(shard));
  }

  childrenOf(shard: string): ReadonlySet<string> {
    return this.#children.get(shard) ?? new Set();
  }

  /** Of some shards, the shards that they came of, on and on. */
  ancestorsOf(shards: Iterable<string>): Set<string> {
    const ancestors = new Set<string>();
    for (const shard of shards) {
      for (let parent = this.#parents.get(shard); parent !== undefined && !ancestors.has(parent); ) {
        ancestors.add(parent);
        parent = this.#parents.get(parent);
      }
    }
    return ancestors;
  }

  #add(shard: string, parent: string): void {
    this.#parents.set(shard, parent);
    const children = this.#children.get(parent) ?? new Set();
    this.#children.set(parent, children.add(shard));
  }

  #forget(shard: string): void {
    const parent = this.#parents.get(shard);
    this.#parents.delete(shard);
    if (parent === undefined) return;
    const siblings = this.#children.get(parent);
    siblings?.delete(shard);
    if (siblings?.size === 0) this.#children.delete(parent);
  }
}
