import { setMaxListeners } from 'node:events';

import { backOffMs, hasCode, pause } from '@castore-dynamodb/commons';

import { StuckWork } from '../stuckWork.js';
import { BACK_OFF } from '../timeouts.js';
import type { ShardPositions } from './shardCheckpoints.js';

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
