/** The number of aggregates whose work may be under way at the same time. */
const MAX_AGGREGATES = 1000;

interface Work {
  readonly version: number;
  /** Must not fail: nobody would hear of it. */
  readonly run: () => Promise<void>;
}

interface Line {
  running: Work;
  /** Only the newest waits: once it is done, nobody needs the ones before it. */
  waiting: Work | undefined;
  /** Resolves when the work that runs is done, and the one that waits now. */
  done: Promise<void>;
}

/**
 * Work in the background: for each aggregate one piece at a time, and one that waits. So if a writer is faster than the
 * storage, two snapshots are taken, not one for each of its events.
 */
export class SnapshotQueue {
  readonly limit = MAX_AGGREGATES;
  readonly #lines = new Map<string, Line>();

  /** @returns false if there is too much to do: the work is not done. */
  add(aggregateId: string, version: number, run: () => Promise<void>): boolean {
    const work = { version, run };
    const line = this.#lines.get(aggregateId);
    if (line === undefined) return this.#start(aggregateId, work);
    if (line.waiting === undefined) line.done = line.done.then(() => this.#runWaiting(aggregateId, line));
    line.waiting = work;
    return true;
  }

  /** Whether work for this version, or a later one, runs or waits. */
  has(aggregateId: string, version: number): boolean {
    const line = this.#lines.get(aggregateId);
    return line !== undefined && (line.waiting ?? line.running).version >= version;
  }

  /**
   * Resolves when all work that runs or waits now is done, of one aggregate or of all. Later work is not waited for.
   */
  async settled(aggregateId?: string): Promise<void> {
    if (aggregateId !== undefined) await this.#lines.get(aggregateId)?.done;
    else await Promise.all([...this.#lines.values()].map(line => line.done));
  }

  #start(aggregateId: string, work: Work): boolean {
    if (this.#lines.size >= MAX_AGGREGATES) return false;
    const line: Line = { running: work, waiting: undefined, done: Promise.resolve() };
    this.#lines.set(aggregateId, line);
    line.done = this.#run(aggregateId, line);
    return true;
  }

  async #runWaiting(aggregateId: string, line: Line): Promise<void> {
    if (line.waiting !== undefined) line.running = line.waiting;
    line.waiting = undefined;
    await this.#run(aggregateId, line);
  }

  async #run(aggregateId: string, line: Line): Promise<void> {
    await line.running.run();
    if (line.waiting === undefined) this.#lines.delete(aggregateId);
  }
}
