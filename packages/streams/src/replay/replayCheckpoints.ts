import { createHash } from 'node:crypto';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { retry } from '@castore-dynamodb/commons';

import type { Checkpoint, CheckpointKey, CheckpointStore } from '../checkpoints/checkpointStore.js';
import { REPLAY_PREFIX } from '../projections/position.js';
import type { Projector } from '../projections/projector.js';
import { ASK_AGAIN } from '../timeouts.js';

/** How far a segment has been replayed; what lies before `nextKey` is handled. */
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
 * How far a replay has come, for the next process if this one dies. What identifies a replay is what it does: another
 * filter makes it another one.
 *
 * If two processes do the same replay, each does all of it, and the checkpoints are those of whoever wrote first: what they
 * hold is true for both.
 */
export class ReplayCheckpoints {
  readonly #store: CheckpointStore;
  readonly #partition: string;
  readonly #prefix: string;
  /** What each of the other projections remembers the replay by. */
  readonly #marks: readonly (CheckpointKey & { readonly store: CheckpointStore })[];
  readonly #revisions = new Map<string, string>();

  constructor([first, ...others]: readonly [Projector, ...Projector[]], identity: unknown) {
    const hash = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
    this.#store = first.checkpoints;
    this.#partition = first.name;
    this.#prefix = `${REPLAY_PREFIX}${hash}#`;
    this.#marks = others.map(({ name, checkpoints }) => ({
      store: checkpoints,
      partition: name,
      sort: `${REPLAY_PREFIX}with#${hash}`,
    }));
  }

  /**
   * What an earlier process has left. Nothing, if one of the projections knows nothing of it: it was deleted meanwhile, and
   * has everything before it again.
   */
  async resume(): Promise<Map<string, SegmentProgress>> {
    const isKnown = await Promise.all(this.#marks.map(async mark => (await mark.store.read([mark]))[0] !== undefined));
    if (isKnown.includes(false)) await this.restart();
    const checkpoints = await this.#store.list(this.#partition, this.#prefix);
    for (const { sort, revision } of checkpoints) this.#revisions.set(sort, revision);
    return new Map(
      checkpoints.map(({ sort, value }) => [sort.slice(this.#prefix.length), JSON.parse(value) as SegmentProgress]),
    );
  }

  async restart(): Promise<void> {
    await this.#removeSegments();
    for (const mark of this.#marks) await mark.store.write(mark, '{}', undefined);
  }

  async write(segmentId: string, progress: SegmentProgress): Promise<void> {
    const key = { partition: this.#partition, sort: this.#prefix + segmentId };
    const value = JSON.stringify(progress);
    const write = async () =>
      (await this.#store.write(key, value, this.#revisions.get(key.sort))) ?? this.#ownWrite(key, value);
    const written = await retry(ASK_AGAIN, write);
    if (written !== undefined) this.#revisions.set(key.sort, written.revision);
  }

  /** What is stored, if it is this very value: of an attempt whose answer was lost. */
  async #ownWrite(key: CheckpointKey, value: string): Promise<Checkpoint | undefined> {
    const [stored] = await this.#store.read([key]);
    return stored?.value === value ? stored : undefined;
  }

  /** Forgets the replay. */
  async clear(): Promise<void> {
    await this.#removeSegments();
    for (const mark of this.#marks) {
      const [stored] = await mark.store.read([mark]);
      if (stored !== undefined) await mark.store.remove(mark, stored.revision);
    }
  }

  async #removeSegments(): Promise<void> {
    for (const { partition, sort, revision } of await this.#store.list(this.#partition, this.#prefix)) {
      await this.#store.remove({ partition, sort }, revision);
    }
    this.#revisions.clear();
  }
}
