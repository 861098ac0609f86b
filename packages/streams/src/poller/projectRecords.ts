import type { _Record } from '@aws-sdk/client-dynamodb-streams';

import { groupByAggregate, type SeenAggregate, sightingIn } from '../aggregates/seenAggregate.js';
import { backOff } from '../backOff.js';
import { type BatchOptions, projectBatch } from '../projections/projectBatch.js';
import type { Projector } from '../projections/projector.js';

export interface RecordProjectionOptions extends Pick<BatchOptions, 'onFailure' | 'maxAttempts' | 'concurrency'> {
  readonly projectors: readonly Projector[];
  /** Ends the work as soon as that can be. */
  readonly signal: AbortSignal;
  /** What the decision `stop` does. */
  readonly stop: () => void;
}

/** Brings every projection up to the records of a stream; false where the signal came before that. */
export const projectRecords = async (
  streamArn: string,
  records: readonly _Record[],
  options: RecordProjectionOptions,
): Promise<boolean> => {
  const results = await Promise.allSettled(
    options.projectors.map(projector => {
      const sightings = records.map(record =>
        sightingIn(projector.eventStores, { ...record, eventSourceARN: streamArn }),
      );
      const aggregates = groupByAggregate(sightings.filter(sighting => sighting !== undefined));
      return projectAll(projector, [...aggregates.values()], options);
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.every(result => result.status === 'fulfilled' && result.value);
};

const projectAll = async (
  projector: Projector,
  aggregates: readonly SeenAggregate[],
  { onFailure, maxAttempts, concurrency, signal, stop }: RecordProjectionOptions,
): Promise<boolean> => {
  const options = { onFailure, maxAttempts, concurrency, replay: false, hasTime: () => !signal.aborted, signal };
  for (let round = 1, pending = aggregates; pending.length > 0; round++) {
    const unfinished = await projectBatch(projector, pending, options);
    if (unfinished.some(({ decision }) => decision === 'stop')) stop();
    pending = unfinished.map(({ aggregate }) => aggregate);
    if (pending.length > 0 && signal.aborted) return false;
    if (pending.length > 0) await backOff(round, signal);
  }
  return true;
};
