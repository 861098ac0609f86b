import { backOffMs, hasCode, pause } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { BACK_OFF } from '../timeouts.js';
import { decide, type OnFailure, type ProjectionFailure } from './failure.js';
import { park } from './parked.js';
import { outOfTime, type Projector, type ProjectorRun, type Unfinished } from './projector.js';
import { type ParkedReporting, reportParked } from './reportParked.js';

export interface CatchUpOptions extends ProjectorRun, ParkedReporting {
  /** How often an event is tried before it is a failure. */
  readonly maxAttempts: number;
  readonly onFailure: OnFailure;
  /**
   * Whether a retry is repeated here until it works, as long as there is time. Otherwise the aggregate is given back.
   */
  readonly untilDone?: boolean;
  /** Ends the waiting between attempts. */
  readonly signal?: AbortSignal | undefined;
  /** When it comes, whatever is under way is given up, and the aggregates are given back. */
  readonly deadline?: AbortSignal | undefined;
}

export interface CatchUpResult {
  /** Aggregates that are neither up to date nor parked: somebody has to come back for them. */
  readonly unfinished: readonly Unfinished[];
  /** Whether `onFailure` decided to stop, which ends the work `untilDone`. Otherwise it is as good as `retry`. */
  readonly isStopped: boolean;
}

/**
 * Brings a projection up to date with some aggregates: tries again, asks `onFailure`, parks. All events reach a
 * projection through it: from a stream handler, a poller, a replay or the retry of a parked aggregate.
 */
export const catchUp = async (
  projector: Projector,
  aggregates: readonly PendingAggregate[],
  options: CatchUpOptions,
): Promise<CatchUpResult> => {
  const { deadline } = options;
  const progress: Progress = { pending: aggregates, givenBack: [] };
  const work = tryUntilSettled(projector, progress, options);
  if (deadline === undefined) return work;

  let giveUp = (): void => {};
  const late = new Promise<CatchUpResult>(resolve => {
    giveUp = () =>
      resolve({ unfinished: [...progress.givenBack, ...progress.pending.map(outOfTime)], isStopped: false });
  });
  deadline.addEventListener('abort', giveUp);
  if (deadline.aborted) giveUp();
  try {
    return await Promise.race([work, late]);
  } finally {
    deadline.removeEventListener('abort', giveUp);
  }
};

interface Progress {
  pending: readonly PendingAggregate[];
  readonly givenBack: Unfinished[];
}

const tryUntilSettled = async (
  projector: Projector,
  progress: Progress,
  options: CatchUpOptions,
): Promise<CatchUpResult> => {
  const attempts = new AttemptCounter();
  for (let round = 1; progress.pending.length > 0; round++) {
    if (round > 1) await pause(backOffMs(round - 1, BACK_OFF), options.signal);
    const unfinished = await project(projector, progress.pending, options);
    const next: Next[] = [];
    for (const one of unfinished) next.push(await settle(projector, one, attempts, options));
    const isStopped = options.untilDone === true && next.includes('stop');
    if (isStopped) {
      return {
        unfinished: [...progress.givenBack, ...unfinished.filter((_, index) => next[index] !== 'parked')],
        isStopped,
      };
    }
    progress.givenBack.push(...unfinished.filter((_, index) => next[index] === 'given back' || next[index] === 'stop'));
    progress.pending = unfinished
      .filter((_, index) => next[index] === 'again' || next[index] === 'moved')
      .map(({ aggregate }) => aggregate);
  }
  return { unfinished: progress.givenBack, isStopped: false };
};

const project = async (
  projector: Projector,
  aggregates: readonly PendingAggregate[],
  run: ProjectorRun,
): Promise<Unfinished[]> => {
  try {
    return await projector.project(aggregates, run);
  } catch (error) {
    return aggregates.map(aggregate => ({ aggregate, version: 0, cause: { kind: 'passing', error } }));
  }
};

/** `moved`: by another process, so that it goes on from there. */
type Next = 'again' | 'moved' | 'given back' | 'parked' | 'stop';

/** Whether another attempt fails alike: a view that cannot be stored comes of the same events each time. */
const isFinal = (error: unknown): boolean =>
  hasCode(error, 'UnstorableViewError') || hasCode(error, 'RewrittenHistoryError');

const settle = async (
  projector: Projector,
  { aggregate, version, cause }: Unfinished,
  attempts: AttemptCounter,
  options: CatchUpOptions,
): Promise<Next> => {
  const { maxAttempts, untilDone = false, hasTime, deadline } = options;
  if (cause.kind === 'out-of-time' || deadline?.aborted === true) return 'given back';
  const count = attempts.count(aggregate, version);
  if (count < maxAttempts && !isFinal(cause.error)) return hasTime() ? 'again' : 'given back';

  attempts.reset(aggregate);
  const { eventStoreId } = aggregate.eventStore;
  const { aggregateId } = aggregate;
  const failure = { projection: projector.name, eventStoreId, aggregateId, version, ...cause, attempts: count };
  const next = await decideOn(failure, projector, aggregate, options);
  return next === 'again' && !(untilDone && hasTime()) ? 'given back' : next;
};

const decideOn = async (
  failure: ProjectionFailure,
  projector: Projector,
  aggregate: PendingAggregate,
  options: CatchUpOptions,
): Promise<Next> => {
  const decision = await decide(options.onFailure, failure);
  if (decision !== 'park') return decision === 'stop' ? 'stop' : 'again';
  try {
    return await parkAggregate(projector, aggregate, failure, options);
  } catch (error) {
    const passing = await decide(options.onFailure, { ...failure, kind: 'passing', error });
    return passing === 'stop' ? 'stop' : 'again';
  }
};

/** It is `moved` if another process has moved the position meanwhile. */
const parkAggregate = async (
  projector: Projector,
  aggregate: PendingAggregate,
  { version, error, attempts }: ProjectionFailure,
  reporting: ParkedReporting,
): Promise<'parked' | 'moved'> => {
  const result = await park({ projector, aggregate, version, error, attempts });
  if (typeof result === 'object') reportParked(projector.name, result, reporting);
  return result === 'moved' ? 'moved' : 'parked';
};

/** Counts the attempts at one version of an aggregate: getting further begins anew. */
class AttemptCounter {
  readonly #attempts = new Map<PendingAggregate, { version: number; count: number }>();

  count(aggregate: PendingAggregate, version: number): number {
    const last = this.#attempts.get(aggregate);
    const count = last?.version === version ? last.count + 1 : 1;
    this.#attempts.set(aggregate, { version, count });
    return count;
  }

  reset(aggregate: PendingAggregate): void {
    this.#attempts.delete(aggregate);
  }
}
