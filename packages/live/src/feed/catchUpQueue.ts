import { pause } from '@castore-dynamodb/commons';

import { TIMES } from '../times.js';
import { type CatchUpOptions, type CatchUpResult, catchUp, type Latecomer } from './catchUp.js';

export type CatchUpQueueOptions = Omit<CatchUpOptions, 'latecomers' | 'signal'>;

/** A reading of the streams that is under way. */
interface Run {
  readonly end: AbortController;
  readonly since: number;
  /** Ends it for others that wait. */
  turn: NodeJS.Timeout | undefined;
}

/** A position of the last minutes, as of the clients of a process that was replaced: in milliseconds. */
const RECENT_MS = 10 * 60_000;

/**
 * Lets subscribers catch up whose positions are older than the log, many at once and in one reading of the streams at a
 * time. Those who have missed little go first: a reading that takes long is interrupted for them, and goes on afterwards.
 */
export class CatchUpQueue {
  readonly #options: CatchUpQueueOptions;
  #waiting: Latecomer[] = [];
  /** Those of whom one has a position that cannot be read. */
  #alone: Latecomer[] = [];
  #run: Run | undefined;
  #isStopped = false;

  constructor(options: CatchUpQueueOptions) {
    this.#options = options;
  }

  add(latecomer: Latecomer): void {
    for (const [shard, sequenceNumber] of latecomer.position.shards)
      latecomer.subscriber.cursors.set(shard, sequenceNumber);
    this.#waiting.push(latecomer);
    this.#next();
  }

  stop(): void {
    this.#isStopped = true;
    this.#run?.end.abort();
  }

  #next(): void {
    if (this.#isStopped) return;
    if (this.#run !== undefined) return this.#interrupt(this.#run);
    const latecomers = this.#takeGroup();
    if (latecomers.length === 0) return;
    const end = new AbortController();
    const run: Run = { end, since: performance.now(), turn: undefined };
    this.#run = run;
    void catchUp({ ...this.#options, latecomers, signal: end.signal })
      .catch(async (error: unknown): Promise<CatchUpResult> => {
        this.#options.onError(error);
        await pause(TIMES.catchUpTurn, end.signal);
        return 'stopped';
      })
      .then(result => {
        clearTimeout(run.turn);
        this.#run = undefined;
        this.#settle(latecomers, result);
        this.#next();
      });
  }

  /** When those who are read for have had their turn, once however many wait. */
  #interrupt(run: Run): void {
    const left = run.since + TIMES.catchUpTurn - performance.now();
    run.turn ??= setTimeout(() => run.end.abort(), Math.max(0, left)).unref();
  }

  #takeGroup(): Latecomer[] {
    const isOpen = ({ subscriber }: Latecomer): boolean => !subscriber.isClosed;
    this.#waiting = this.#waiting.filter(isOpen);
    this.#alone = this.#alone.filter(isOpen);
    const isRecent = ({ position }: Latecomer): boolean => position.issued > Date.now() - RECENT_MS;
    const recent = this.#waiting.filter(isRecent);
    if (recent.length === 0 && this.#alone.length > 0) return this.#alone.splice(0, 1);
    const group = recent.length > 0 ? recent : this.#waiting;
    this.#waiting = this.#waiting.filter(latecomer => !group.includes(latecomer));
    return group;
  }

  #settle(latecomers: readonly Latecomer[], result: CatchUpResult): void {
    for (const latecomer of latecomers) {
      const { subscriber } = latecomer;
      if (subscriber.isClosed) continue;
      if (result === 'done' && subscriber.isCovered) subscriber.followAfterCursors();
      else if (result === 'done' || result === 'stopped') this.#waiting.push(latecomer);
      else if (result === 'again') this.#alone.push(latecomer);
      else subscriber.end({ reason: result });
    }
  }
}
