import { createHash } from 'node:crypto';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import type { CheckpointKey, CheckpointStore } from '../checkpoints/checkpointStore.js';
import { REPLAY_PREFIX } from '../projections/position.js';

/** How far a segment has been replayed; what lies before `nextKey` is done with. */
export interface SegmentProgress {
  readonly table: string;
  readonly segment: number;
  readonly of: number;
  /** When the replay began. */
  readonly startedAt: string;
  readonly isDone: boolean;
  /** The keys of an event: a string and a number, so that JSON can hold them. */
  readonly nextKey: Record<string, AttributeValue> | undefined;
  readonly items: number;
  readonly events: number;
  readonly readUnits: number;
}

/**
 * How far a replay has come, for the next process where this one dies. What identifies a replay is what it does: another
 * filter makes it another one.
 *
 * Where two processes do the same replay, each does all of it, and the checkpoints are those of whoever wrote first: what
 * they tell is true for both.
 */
export class ReplayCheckpoints {
  readonly #store: CheckpointStore;
  readonly #partition: string;
  readonly #prefix: string;
  readonly #revisions = new Map<string, string>();

  constructor(store: CheckpointStore, projection: string, identity: unknown) {
    const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    this.#store = store;
    this.#partition = projection;
    this.#prefix = `${REPLAY_PREFIX}${hash.slice(0, 16)}#`;
  }

  /** What an earlier process has left. */
  async read(): Promise<Map<string, SegmentProgress>> {
    const checkpoints = await this.#store.list(this.#partition, this.#prefix);
    for (const { sort, revision } of checkpoints) this.#revisions.set(sort, revision);
    return new Map(
      checkpoints.map(({ sort, value }) => [sort.slice(this.#prefix.length), JSON.parse(value) as SegmentProgress]),
    );
  }

  async write(segmentId: string, progress: SegmentProgress): Promise<void> {
    const { partition, sort } = this.#keyOf(segmentId);
    const value = JSON.stringify(progress);
    const written = await this.#store.write({ partition, sort }, value, this.#revisions.get(sort));
    if (written !== undefined) this.#revisions.set(sort, written.revision);
  }

  async clear(): Promise<void> {
    for (const { partition, sort, revision } of await this.#store.list(this.#partition, this.#prefix)) {
      await this.#store.remove({ partition, sort }, revision);
    }
    this.#revisions.clear();
  }

  #keyOf(segmentId: string): CheckpointKey {
    return { partition: this.#partition, sort: this.#prefix + segmentId };
  }
}
