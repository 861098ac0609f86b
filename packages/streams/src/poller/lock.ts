import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';

import { backOffMs, hasCode, pause, withDeadline } from '@castore-dynamodb/commons';

import type { Checkpoint, CheckpointKey, CheckpointStore } from '../checkpoints/checkpointStore.js';
import { StuckWork } from '../stuckWork.js';
import { BACK_OFF } from '../timeouts.js';
import type { ShardPositions } from './shardCheckpoints.js';

/** After this part of the timeout without a renewal the lock counts as lost: well before another process may take it. */
const SAFE_PART = 0.75;

/**
 * A lock that one process holds, and has to renew. No clocks are compared. A process may take the lock if it has
 * watched it for the whole timeout and has seen no renewal. The holder counts from before it sends a renewal, which is
 * earlier than any other process can see it.
 *
 * A process that stood still may find out late that it has lost the lock. So nothing may depend on the lock alone:
 * every write of the holder is conditional on what it has read.
 */
export class Lock {
  readonly #store: CheckpointStore;
  readonly #key: CheckpointKey;
  readonly #timeoutMs: number;
  readonly #owner = JSON.stringify({ owner: randomUUID() });
  #held: Checkpoint | undefined;
  #renewedAt = 0;

  constructor(store: CheckpointStore, name: string, timeoutMs: number) {
    this.#store = store;
    this.#key = { partition: name, sort: 'lock' };
    this.#timeoutMs = timeoutMs;
  }

  /** Waits until the lock is ours, or the signal comes. */
  async acquire(signal: AbortSignal): Promise<void> {
    let seen: Checkpoint | undefined;
    let seenAt = 0;
    while (!signal.aborted) {
      const current = await this.#read();
      if (current?.revision !== seen?.revision) {
        seen = current;
        seenAt = performance.now();
      }
      const isExpired = performance.now() - seenAt >= this.#timeoutMs;
      if ((current === undefined || isExpired || this.#isOurs(current)) && (await this.#write(current))) return;
      await pause(this.#timeoutMs / 5, signal);
    }
  }

  /**
   * Renews the lock until the signal comes. A renewal without an answer is given up early enough for another one.
   *
   * @param mayGoOn Asked before each renewal. If not, the lock is not renewed any more.
   * @returns whether it is lost, or may be.
   */
  async keep(signal: AbortSignal, mayGoOn: () => boolean, onError: (error: unknown) => void): Promise<boolean> {
    const interval = this.#timeoutMs / 4;
    for (let isRenewed = true; ; ) {
      await pause(isRenewed ? interval : interval / 5, signal);
      if (signal.aborted) return false;
      const left = this.#renewedAt + this.#timeoutMs * SAFE_PART - performance.now();
      if (left <= 0 || !mayGoOn()) return true;
      try {
        const deadline = { operation: 'The renewal of the lock', milliseconds: Math.min(left, interval) };
        if (!(await withDeadline(deadline, () => this.#renew()))) return true;
        isRenewed = true;
      } catch (error) {
        isRenewed = false;
        onError(error);
      }
    }
  }

  /** Lets the next one have it, if it is ours. */
  async release(): Promise<void> {
    if (this.#held === undefined) return;
    this.#held = undefined;
    // A renewal whose answer was lost may have given it another revision.
    const current = await this.#read();
    if (current !== undefined && this.#isOurs(current)) await this.#store.remove(this.#key, current.revision);
  }

  /** @returns whether it still is ours. */
  async #renew(): Promise<boolean> {
    if (await this.#write(this.#held)) return true;
    // The answer to an earlier attempt of this very write may have been lost. Then the next renewal will tell.
    const current = await this.#read();
    if (current === undefined || !this.#isOurs(current)) return false;
    this.#held = current;
    return true;
  }

  async #read(): Promise<Checkpoint | undefined> {
    const [current] = await this.#store.read([this.#key]);
    return current;
  }

  async #write(seen: Checkpoint | undefined): Promise<boolean> {
    const sentAt = performance.now();
    const written = await this.#store.write(this.#key, this.#owner, seen?.revision);
    if (written === undefined) return false;
    // An answer that comes after a later one's is old news.
    if (sentAt >= this.#renewedAt) {
      this.#held = written;
      this.#renewedAt = sentAt;
    }
    return true;
  }

  #isOurs(current: Checkpoint): boolean {
    return current.value === this.#owner;
  }
}

/** The time for which a poller has its lock, and what its readers share meanwhile. */
export class Lease {
  readonly #end = new AbortController();
  /** Whether a handler has taken too long by now. Then somebody else should have the lock. */
  readonly stuckWork = new StuckWork();

  constructor(
    readonly checkpoints: ShardPositions,
    /** Gets each error after which the work is tried again. */
    readonly onError: (error: unknown) => void,
  ) {
    // Each shard's reader waits for it, and a table has any number of shards.
    setMaxListeners(0, this.#end.signal);
  }

  /** Comes when the lease ends. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  end(): void {
    this.#end.abort();
  }

  /** Repeats what fails until it works; undefined if the lease ends before. A lost lock ends it. */
  async repeat<RESULT>(work: () => Promise<RESULT>): Promise<RESULT | undefined> {
    for (let failures = 1; ; failures++) {
      try {
        return await work();
      } catch (error) {
        if (this.signal.aborted) return undefined;
        this.onError(error);
        if (hasCode(error, 'LostLockError')) this.end();
        await pause(backOffMs(failures, BACK_OFF), this.signal);
        if (this.signal.aborted) return undefined;
      }
    }
  }
}
