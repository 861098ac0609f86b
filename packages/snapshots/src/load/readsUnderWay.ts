/** A load that is under way. */
export interface Read {
  /** Whether what it has read may outlive it. Once it may not, it never may again. */
  readonly isSound: boolean;
  /** Writes what was made of it, if it may outlive the load; returns whether it did. */
  leave(write: () => Promise<void>): Promise<boolean>;
  end(): void;
}

interface OpenRead {
  isSound: boolean;
  writing: Promise<void>;
}

/**
 * The loads of this process, by aggregate. If somebody overwrites an event, a load may have read the old one, and end after
 * the snapshots and states with that event were deleted: then it must not leave another one.
 */
export class ReadsUnderWay {
  readonly #reads = new Map<string, Set<OpenRead>>();
  /** How many deletions of snapshots of an aggregate are under way. */
  readonly #deletions = new Map<string, number>();

  begin(aggregateId: string): Read {
    const reads = this.#reads.get(aggregateId) ?? new Set();
    const open: OpenRead = { isSound: !this.#deletions.has(aggregateId), writing: Promise.resolve() };
    this.#reads.set(aggregateId, reads.add(open));
    return {
      get isSound() {
        return open.isSound;
      },
      leave: async write => {
        if (!open.isSound) return false;
        open.writing = write();
        await open.writing;
        return true;
      },
      end: () => {
        reads.delete(open);
        if (reads.size === 0 && this.#reads.get(aggregateId) === reads) this.#reads.delete(aggregateId);
      },
    };
  }

  /** What was read of the aggregate until now may be from before it was changed. */
  invalidate(aggregateId: string): void {
    for (const read of this.#reads.get(aggregateId) ?? []) read.isSound = false;
  }

  /**
   * Runs what deletes snapshots, when those that are being written are there. What is read until it is done may come of
   * one of them.
   */
  async whileDeleting<RESULT>(aggregateId: string, work: () => Promise<RESULT>): Promise<RESULT> {
    const count = (change: 1 | -1): void => {
      const left = (this.#deletions.get(aggregateId) ?? 0) + change;
      if (left === 0) this.#deletions.delete(aggregateId);
      else this.#deletions.set(aggregateId, left);
    };
    this.invalidate(aggregateId);
    count(1);
    try {
      await Promise.allSettled(Array.from(this.#reads.get(aggregateId) ?? [], ({ writing }) => writing));
      return await work();
    } finally {
      count(-1);
    }
  }
}
