import type { _Record } from '@aws-sdk/client-dynamodb-streams';

import { pendingAggregates } from '../aggregates/pendingAggregate.js';
import { decodeRecords } from '../images/decodeRecords.js';
import { type CatchUpOptions, catchUp } from '../projections/catchUp.js';
import type { Projector } from '../projections/projector.js';

export interface RecordProjectionOptions extends Pick<CatchUpOptions, 'onFailure' | 'maxAttempts' | 'concurrency'> {
  readonly projectors: readonly Projector[];
  /** Ends the work as soon as that can be. */
  readonly signal: AbortSignal;
  /** What the decision `stop` does. */
  readonly stop: () => void;
}

/** Brings every projection up to the records of a stream; false if the signal came before that. */
export const projectRecords = async (
  streamArn: string,
  records: readonly _Record[],
  { projectors, stop, ...options }: RecordProjectionOptions,
): Promise<boolean> => {
  const { signal } = options;
  const decoded = decodeRecords(
    projectors,
    records.map(record => ({ ...record, eventSourceARN: streamArn })),
  );
  const run = { ...options, replay: false, untilDone: true, hasTime: () => !signal.aborted };
  const results = await Promise.allSettled(
    projectors.map(async (projector, index) => {
      const { unfinished, isStopped } = await catchUp(projector, pendingAggregates(decoded[index] ?? []), run);
      if (isStopped) stop();
      return unfinished.length === 0;
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.every(result => result.status === 'fulfilled' && result.value);
};
