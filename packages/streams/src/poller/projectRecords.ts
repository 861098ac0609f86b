import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import { isDeadlineExceeded } from '@castore-dynamodb/commons';

import { pendingAggregates } from '../aggregates/pendingAggregate.js';
import { decodeRecords } from '../images/decodeRecords.js';
import { type CatchUpOptions, catchUp } from '../projections/catchUp.js';
import type { TableReader } from '../projections/projectedTables.js';
import type { Projector, Unfinished } from '../projections/projector.js';

export interface RecordProjectionOptions extends Omit<CatchUpOptions, 'replay' | 'untilDone'> {
  /** Hears of requests that had no answer, and are tried again. */
  readonly onError: (error: unknown) => void;
  /** What the decision `stop` does. */
  readonly stop: () => void;
}

/** Brings every projection up to the records of a table's stream; false if there was no time for all of it. */
export const projectRecords = async (
  readers: readonly TableReader[],
  streamArn: string,
  records: readonly _Record[],
  { onError, stop, ...options }: RecordProjectionOptions,
): Promise<boolean> => {
  const decoded = decodeRecords(
    readers,
    records.map(record => ({ ...record, eventSourceARN: streamArn })),
  );
  const run = { ...options, replay: false, untilDone: true };
  const results = await Promise.allSettled(
    readers.map(async ({ projector }, index) => {
      const aggregates = pendingAggregates(decoded[index] ?? []);
      const { unfinished, isStopped } = await catchUp(reporting(projector, onError), aggregates, run);
      if (isStopped) stop();
      return unfinished.length === 0;
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.every(result => result.status === 'fulfilled' && result.value);
};

/** A projector that reports each request without an answer at once, and not only after all attempts. */
const reporting = (projector: Projector, onError: (error: unknown) => void): Projector => ({
  name: projector.name,
  eventStores: projector.eventStores,
  checkpoints: projector.checkpoints,
  project: async (aggregates, run) => {
    const errors = new Set<unknown>();
    try {
      const unfinished = await projector.project(aggregates, run);
      for (const error of unfinished.map(errorOf)) errors.add(error);
      return unfinished;
    } catch (error) {
      errors.add(error);
      throw error;
    } finally {
      for (const error of errors) if (isDeadlineExceeded(error)) onError(error);
    }
  },
});

const errorOf = ({ cause }: Unfinished): unknown => (cause.kind === 'passing' ? cause.error : undefined);
