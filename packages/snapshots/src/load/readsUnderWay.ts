/** A load that is under way. */
export interface Read {
  /** Whether what it has read may outlive it. Once it may not, it never may again. */
  readonly isSound: boolean;
  /** Writes what was made of it, if it may outlive the load; returns whether it did. */
  leave(write: () => Promise<void>): Promise<boolean>;
  end(): void;
}

/** How long a group with `force` may be under way whose answer never comes, in milliseconds: longer than clients wait. */
const MAX_GROUP_MS = 600_000;

interface OpenRead {
  readonly maxVersion: number;
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

  /** Until when a group may be overwriting events of an aggregate. */
  readonly #groups = new Map<string, number>();

  /** @param maxVersion of the events that are read */
  begin(aggregateId: string, maxVersion: number = Number.POSITIVE_INFINITY): Read {
    const reads = this.#reads.get(aggregateId) ?? new Set();
    if (performance.now() >= (this.#groups.get(aggregateId) ?? Number.POSITIVE_INFINITY))
      this.#groups.delete(aggregateId);
    const isChanging = this.#deletions.has(aggregateId) || this.#groups.has(aggregateId);
    const open: OpenRead = { maxVersion, isSound: !isChanging, writing: Promise.resolve() };
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

  /** What was read of the aggregate until now may be from before it was changed, at this version or a later one. */
  invalidate(aggregateId: string, version = 0): void {
    for (const read of this.#reads.get(aggregateId) ?? []) {
      if (read.maxVersion >= version) read.isSound = false;
    }
  }

  /**
   * What is read from now on until the group is written may be from before that. Returns what to call then; nobody can, if it
   * fails, as it may with its answer lost.
   */
  whileGroup(aggregateId: string): () => void {
    this.invalidate(aggregateId);
    this.#groups.set(aggregateId, performance.now() + MAX_GROUP_MS);
    return () => void this.#groups.delete(aggregateId);
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
