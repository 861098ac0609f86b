import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { backOff } from '../backOff.js';
import { decide, type OnFailure, type ProjectionFailure } from './failure.js';
import { park } from './parked.js';
import type { Projector, ProjectorRun, Unfinished } from './projector.js';
import { type ParkedReporting, reportParked } from './reportParked.js';

export interface CatchUpOptions extends ProjectorRun, ParkedReporting {
  /** How often an event is tried before it is a failure. */
  readonly maxAttempts: number;
  readonly onFailure: OnFailure;
  /** Whether what is to be retried is tried here until it works, as long as there is time. Otherwise it is given back. */
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
 * Brings a projection up to date with some aggregates: tries again, asks `onFailure`, parks. The one way in which events
 * reach a projection, from a stream handler, a poller, a replay or the retry of a parked aggregate.
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

const outOfTime = (aggregate: PendingAggregate): Unfinished => ({
  aggregate,
  version: 0,
  cause: { kind: 'out-of-time' },
});

const tryUntilSettled = async (
  projector: Projector,
  progress: Progress,
  options: CatchUpOptions,
): Promise<CatchUpResult> => {
  const attempts = new AttemptCounter();
  for (let round = 1; progress.pending.length > 0; round++) {
    if (round > 1) await backOff(round - 1, options.signal);
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
    progress.pending = unfinished.filter((_, index) => next[index] === 'again').map(({ aggregate }) => aggregate);
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

type Next = 'again' | 'given back' | 'parked' | 'stop';

const settle = async (
  projector: Projector,
  unfinished: Unfinished,
  attempts: AttemptCounter,
  options: CatchUpOptions,
): Promise<Next> => {
  const { aggregate, version, cause } = unfinished;
  const { maxAttempts, onFailure, untilDone = false, deadline } = options;
  if (cause.kind === 'out-of-time' || deadline?.aborted === true) return 'given back';
  const ifThereIsTime = (): Next => (options.hasTime() ? 'again' : 'given back');
  const count = attempts.count(aggregate, version);
  if (count < maxAttempts) return ifThereIsTime();

  attempts.reset(aggregate);
  const { eventStoreId } = aggregate.eventStore;
  const { aggregateId } = aggregate;
  const failure = { projection: projector.name, eventStoreId, aggregateId, version, ...cause, attempts: count };
  const decision = await decide(onFailure, failure);
  if (decision === 'park') {
    try {
      return (await parkAggregate(projector, aggregate, failure, options)) ? 'parked' : 'again';
    } catch (error) {
      if ((await decide(onFailure, { ...failure, kind: 'passing', error })) === 'stop') return 'stop';
    }
  }
  if (decision === 'stop') return 'stop';
  return untilDone ? ifThereIsTime() : 'given back';
};

/** False if another process has moved the position meanwhile. */
const parkAggregate = async (
  { name: projection, checkpoints }: Projector,
  aggregate: PendingAggregate,
  { version, error, attempts }: Pick<ProjectionFailure, 'version' | 'error' | 'attempts'>,
  reporting: ParkedReporting,
): Promise<boolean> => {
  const result = await park({ projection, checkpoints, aggregate, version, error, attempts });
  if (typeof result === 'object') reportParked(projection, result, reporting);
  return result !== 'moved';
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
