import { setMaxListeners } from 'node:events';

import { backOff } from '../backOff.js';
import { LostLockError } from '../errors/index.js';
import type { ShardCheckpoints } from './shardCheckpoints.js';

/** The time for which a poller holds the lock, and what its readers share meanwhile. */
export class Shift {
  readonly #end = new AbortController();

  constructor(
    readonly checkpoints: ShardCheckpoints,
    /** Told of what went wrong and will be tried again. */
    readonly onError: (error: unknown) => void,
  ) {
    // Each shard's reader waits for it, and a table has any number of shards.
    setMaxListeners(0, this.#end.signal);
  }

  /** Comes when the shift ends. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  end(): void {
    this.#end.abort();
  }

  /** Repeats what fails until it works; undefined where the shift has ended before. What is lost with the lock ends it. */
  async untilItWorks<RESULT>(work: () => Promise<RESULT>): Promise<RESULT | undefined> {
    for (let failures = 1; ; failures++) {
      try {
        return await work();
      } catch (error) {
        if (this.signal.aborted) return undefined;
        this.onError(error);
        if (error instanceof LostLockError) this.end();
        await backOff(failures, this.signal);
        if (this.signal.aborted) return undefined;
      }
    }
  }
}
