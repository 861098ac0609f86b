import { randomUUID } from 'node:crypto';

import type { Checkpoint, CheckpointKey, CheckpointStore } from '../checkpoints/checkpointStore.js';
import { pause } from '../pause.js';

/** After this part of the time out without a renewal the lock counts as lost: well before another process may take it. */
const SAFE_PART = 0.75;

/**
 * A lock that one process holds, and has to renew. Nobody's clock is compared with another one's: it may be taken where
 * it has not been renewed for as long as the process that waits for it has watched it, and whoever holds it counts from
 * before the request that renewed it, which is earlier than anybody can have seen that.
 *
 * A process that stood still may find out late that it was lost. So nothing may rest on the lock alone: what its holder
 * writes is conditional on what it has read.
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
   * Renews the lock until the signal comes.
   *
   * @returns whether it is lost, or may be.
   */
  async keep(signal: AbortSignal, onError: (error: unknown) => void): Promise<boolean> {
    for (;;) {
      await pause(this.#timeoutMs / 4, signal);
      if (signal.aborted) return false;
      const left = this.#renewedAt + this.#timeoutMs * SAFE_PART - performance.now();
      if (left <= 0) return true;
      const renewal = this.#renew().catch((error: unknown) => {
        onError(error);
        return true;
      });
      if (!(await answerWithin(renewal, left))) return true;
    }
  }

  /** Lets the next one have it, where it is ours. */
  async release(): Promise<void> {
    if (this.#held !== undefined) await this.#store.remove(this.#key, this.#held.revision);
    this.#held = undefined;
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
    this.#held = written;
    this.#renewedAt = sentAt;
    return true;
  }

  #isOurs(current: Checkpoint): boolean {
    return current.value === this.#owner;
  }
}

/** The answer; false where there was none in time. */
const answerWithin = async (answer: Promise<boolean>, milliseconds: number): Promise<boolean> => {
  const answered = new AbortController();
  const late = pause(milliseconds, answered.signal).then(() => false);
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
  }
};
