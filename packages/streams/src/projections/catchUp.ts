import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { backOff } from '../backOff.js';
import type { OnFailure } from './failure.js';
import { park } from './parked.js';
import type { Projector, ProjectorRun, Unfinished } from './projector.js';

export interface CatchUpOptions extends ProjectorRun {
  /** How often an event is tried before it is a failure. */
  readonly maxAttempts: number;
  readonly onFailure: OnFailure;
  /** Whether what is to be retried is tried here until it works, as long as there is time. Otherwise it is given back. */
  readonly untilDone?: boolean;
  /** Ends the waiting between attempts. */
  readonly signal?: AbortSignal | undefined;
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
  const attempts = new AttemptCounter();
  const given: Unfinished[] = [];
  for (let round = 1, pending = aggregates; pending.length > 0; round++) {
    if (round > 1) await backOff(round - 1, options.signal);
    const unfinished = await project(projector, pending, options);
    const next: Next[] = [];
    for (const one of unfinished) next.push(await settle(projector, one, attempts, options));
    const isStopped = next.includes('stop');
    if (isStopped && options.untilDone === true) {
      return { unfinished: [...given, ...unfinished.filter((_, index) => next[index] !== 'parked')], isStopped };
    }
    given.push(...unfinished.filter((_, index) => next[index] === 'given back' || next[index] === 'stop'));
    pending = unfinished.filter((_, index) => next[index] === 'again').map(({ aggregate }) => aggregate);
  }
  return { unfinished: given, isStopped: false };
};

type Next = 'again' | 'given back' | 'parked' | 'stop';

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

const settle = async (
  projector: Projector,
  { aggregate, version, cause }: Unfinished,
  attempts: AttemptCounter,
  { maxAttempts, onFailure, untilDone = false, hasTime }: CatchUpOptions,
): Promise<Next> => {
  if (cause.kind === 'out-of-time') return 'given back';
  const ifThereIsTime = (): Next => (hasTime() ? 'again' : 'given back');
  const count = attempts.count(aggregate, version);
  if (count < maxAttempts) return ifThereIsTime();

  attempts.reset(aggregate);
  const { name: projection, checkpoints } = projector;
  const { eventStoreId } = aggregate.eventStore;
  const { aggregateId } = aggregate;
  const decision = await onFailure({ projection, eventStoreId, aggregateId, version, ...cause, attempts: count });
  if (decision === 'stop') return 'stop';
  if (decision === 'retry' || cause.kind === 'passing') return untilDone ? ifThereIsTime() : 'given back';
  const { error } = cause;
  return (await park({ projection, checkpoints, aggregate, version, error, attempts: count })) ? 'parked' : 'again';
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
