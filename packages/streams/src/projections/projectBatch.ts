import type { SeenAggregate } from '../aggregates/seenAggregate.js';
import { backOff } from '../backOff.js';
import type { FailureDecision, OnFailure } from './failure.js';
import { park } from './parked.js';
import type { Projector, ProjectorRun, Setback, SetbackCause } from './projector.js';

export interface BatchOptions extends ProjectorRun {
  /** How often an event is tried before it is a failure. */
  readonly maxAttempts: number;
  readonly onFailure: OnFailure;
  /** Ends the waiting between attempts. */
  readonly signal?: AbortSignal | undefined;
}

/** An aggregate that was not brought up to the latest version seen, and is not parked: somebody has to come back for it. */
export interface Unfinished {
  readonly aggregate: SeenAggregate;
  /** The version that it did not get past. */
  readonly version: number;
  readonly decision: Exclude<FailureDecision, 'park'>;
}

type Failed = Setback & { readonly cause: Exclude<SetbackCause, { kind: 'out-of-time' }> };

/** Brings a projection up to what was seen of some aggregates: tries again, decides about failures, parks. */
export const projectBatch = async (
  projector: Projector,
  aggregates: readonly SeenAggregate[],
  options: BatchOptions,
): Promise<Unfinished[]> => {
  const attempts = new AttemptCounter();
  const unfinished: Unfinished[] = [];
  for (let round = 1, pending = aggregates; pending.length > 0; round++) {
    if (round > 1) await backOff(round - 1, options.signal);
    const setbacks = await project(projector, pending, options);
    const again: SeenAggregate[] = [];
    for (const setback of setbacks) {
      const outcome = await settle(projector, setback, attempts.count(setback), options);
      if (outcome === 'again') again.push(setback.aggregate);
      else if (outcome !== 'parked') unfinished.push({ ...setback, decision: outcome });
    }
    pending = again;
  }
  return unfinished;
};

const project = async (
  projector: Projector,
  aggregates: readonly SeenAggregate[],
  run: ProjectorRun,
): Promise<Setback[]> => {
  try {
    return await projector.project(aggregates, run);
  } catch (error) {
    return aggregates.map(aggregate => ({ aggregate, version: 0, cause: { kind: 'passing', error } }));
  }
};

const isFailed = (setback: Setback): setback is Failed => setback.cause.kind !== 'out-of-time';

const settle = async (
  projector: Projector,
  setback: Setback,
  attempts: number,
  { maxAttempts, onFailure, hasTime }: BatchOptions,
): Promise<'again' | 'parked' | Unfinished['decision']> => {
  if (!isFailed(setback)) return 'retry';
  if (attempts < maxAttempts) return hasTime() ? 'again' : 'retry';

  const { aggregate, version, cause } = setback;
  const { eventStore, aggregateId } = aggregate;
  const { name: projection, checkpoints } = projector;
  const decision = await onFailure({
    projection,
    eventStoreId: eventStore.eventStoreId,
    aggregateId,
    version,
    ...cause,
    attempts,
  });
  if (cause.kind === 'passing' || decision === 'retry' || decision === 'stop') {
    return decision === 'stop' ? 'stop' : 'retry';
  }
  const isParked = await park({ projection, checkpoints, aggregate, version, error: cause.error, attempts });
  return isParked ? 'parked' : 'again';
};

/** Counts the attempts at one version of an aggregate: getting further begins anew. */
class AttemptCounter {
  readonly #attempts = new Map<SeenAggregate, { version: number; count: number }>();

  count({ aggregate, version }: Setback): number {
    const last = this.#attempts.get(aggregate);
    const count = last?.version === version ? last.count + 1 : 1;
    this.#attempts.set(aggregate, { version, count });
    return count;
  }
}
