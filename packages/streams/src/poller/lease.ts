import { setMaxListeners } from 'node:events';

import { backOffMs, hasCode, pause } from '@castore-dynamodb/commons';

import { BACK_OFF, TIMEOUTS } from '../timeouts.js';
import type { ShardCheckpoints } from './shardCheckpoints.js';

/** The time for which a poller has its lock, and what its readers share meanwhile. */
export class Lease {
  readonly #end = new AbortController();
  /** When each piece of work that the user's code is part of last got on. */
  readonly #gotOnAt = new Map<object, number>();

  constructor(
    readonly checkpoints: ShardCheckpoints,
    /** Hears of what went wrong and will be tried again. */
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

  /** Work that nobody can end, as the user's code takes part in it. It says whenever it gets on. */
  async watch<RESULT>(work: (getOn: () => void) => Promise<RESULT>): Promise<RESULT> {
    const key = {};
    const getOn = (): void => void this.#gotOnAt.set(key, performance.now());
    getOn();
    try {
      return await work(getOn);
    } finally {
      this.#gotOnAt.delete(key);
    }
  }

  /** Whether a handler has taken too long by now. Then somebody else should have the lock. */
  get isStuck(): boolean {
    const now = performance.now();
    return [...this.#gotOnAt.values()].some(gotOnAt => now - gotOnAt > TIMEOUTS.handler);
  }
}
