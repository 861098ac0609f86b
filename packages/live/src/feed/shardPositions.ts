import { formatShards, isAfter } from '../protocol/position.js';
import type { Lineage } from './lineage.js';

/**
 * How far a feed has read: the last sequence number of each shard that is being read, or was read to its end and has no
 * shard after it yet.
 */
export class ShardPositions {
  /** The last sequence number by shard, as it stands in a position. */
  readonly #shards = new Map<string, { sequenceNumber: string | undefined; text: string }>();
  readonly #ended = new Set<string>();
  #text: string | undefined;

  begin(shard: string, lineage: Lineage): void {
    if (!this.#shards.has(shard)) this.#set(shard, undefined);
    // Nothing is lost with those that it came of: who has begun a shard is done with them.
    for (const ancestor of lineage.ancestorsOf([shard])) if (this.#ended.has(ancestor)) this.forget(ancestor);
  }

  advance(shard: string, sequenceNumber: string): void {
    if (isAfter(sequenceNumber, this.#shards.get(shard)?.sequenceNumber)) this.#set(shard, sequenceNumber);
  }

  /** A shard was read to its end. It stays until another one has come of it. */
  end(shard: string, lineage: Lineage): void {
    this.#ended.add(shard);
    if ([...lineage.childrenOf(shard)].some(child => this.#shards.has(child))) this.forget(shard);
  }

  forget(shard: string): void {
    this.#shards.delete(shard);
    this.#ended.delete(shard);
    this.#text = undefined;
  }

  has(shard: string): boolean {
    return this.#shards.has(shard);
  }

  /** Undefined before the first record. */
  get(shard: string): string | undefined {
    return this.#shards.get(shard)?.sequenceNumber;
  }

  /** All of them, as they stand in a position. */
  get text(): string {
    this.#text ??= Array.from(this.#shards.values(), ({ text }) => text).join('.');
    return this.#text;
  }

  #set(shard: string, sequenceNumber: string | undefined): void {
    this.#shards.set(shard, { sequenceNumber, text: formatShards([[shard, sequenceNumber]]) });
    this.#text = undefined;
  }
}
