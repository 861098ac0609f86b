import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { StoredItem } from '@castore-dynamodb/adapter';

import type { SeenAggregate } from '../aggregates/seenAggregate.js';
import { backOff } from '../backOff.js';
import type { OnFailure } from '../projections/failure.js';
import { type BatchOptions, projectBatch } from '../projections/projectBatch.js';
import type { Projector } from '../projections/projector.js';
import { aggregatesIn } from './aggregatesIn.js';
import type { EventFilter } from './eventFilter.js';
import type { ReplayedTable } from './replayedTables.js';

/** How a replay hands events on. */
export interface HandOver {
  readonly filter: EventFilter;
  readonly maxAttempts: number;
  readonly concurrency: number;
  readonly onFailure: OnFailure;
  /** Where it is aborted, for whatever reason, nothing more is begun. */
  readonly abortion: AbortController;
}

/** Brings every projection up to the events of a page; how many of its events were looked for. */
export const replayPage = async (
  { tableName, readers }: ReplayedTable,
  page: readonly Record<string, AttributeValue>[],
  handOver: HandOver,
): Promise<number> => {
  const items = page as readonly StoredItem[];
  const found = readers.map(({ eventStores }) => aggregatesIn(eventStores, tableName, items, handOver.filter));
  await Promise.all(
    found.map(({ aggregates }, index) => catchUp(readers[index]?.projector as Projector, aggregates, handOver)),
  );
  return new Set(found.flatMap(({ wanted }) => wanted)).size;
};

/** Goes on until each aggregate is done with or parked, or somebody wants it to end. */
const catchUp = async (
  projector: Projector,
  aggregates: readonly SeenAggregate[],
  { abortion, maxAttempts, concurrency, onFailure }: HandOver,
): Promise<void> => {
  const options: BatchOptions = {
    replay: true,
    concurrency,
    maxAttempts,
    signal: abortion.signal,
    hasTime: () => !abortion.signal.aborted,
    onFailure: async failure => {
      const decision = await onFailure(failure);
      const isEnd = decision === 'stop' || (failure.kind === 'passing' && decision !== 'retry');
      if (isEnd) abortion.abort(failure.error);
      return decision;
    },
  };
  for (let round = 1, pending = aggregates; pending.length > 0; round++) {
    if (round > 1) await backOff(round - 1, abortion.signal);
    const unfinished = await projectBatch(projector, pending, options);
    abortion.signal.throwIfAborted();
    pending = unfinished.map(({ aggregate }) => aggregate);
  }
};
