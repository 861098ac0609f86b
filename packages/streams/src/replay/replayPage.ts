import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { StoredItem } from '@castore-dynamodb/adapter';

import { type PendingAggregate, pendingAggregates } from '../aggregates/pendingAggregate.js';
import { type EventFilter, isWanted } from '../eventFilter.js';
import { decodeRecords } from '../images/decodeRecords.js';
import { type CatchUpOptions, catchUp } from '../projections/catchUp.js';
import type { ProjectedTable } from '../projections/projectedTables.js';
import type { Projector } from '../projections/projector.js';
import type { StuckWork } from '../stuckWork.js';

/** How a replay hands events on. */
export interface HandOver extends Pick<CatchUpOptions, 'maxAttempts' | 'concurrency' | 'onFailure' | 'onParked'> {
  readonly filter: EventFilter;
  /** If it is aborted, for whatever reason, nothing more is begun. */
  readonly abortion: AbortController;
  readonly stuckWork: StuckWork;
}

/**
 * Brings every projection up to the events of a page; how many of its events were looked for. An aggregate is brought up
 * to the last of these. What lies before it belongs to them, whatever the filter says: a projection handles an
 * aggregate's events in version order.
 */
export const replayPage = async (
  { tableName, readers }: ProjectedTable,
  page: readonly Record<string, AttributeValue>[],
  handOver: HandOver,
): Promise<number> => {
  const items = page as readonly StoredItem[];
  const decoded = await decodeRecords(
    readers,
    items.map(item => ({ eventSourceARN: tableName, dynamodb: { NewImage: item } })),
  );
  const areWanted = items.map((item, index) => {
    const event = decoded.map(events => events[index]?.event).find(each => each !== undefined);
    return isWanted(handOver.filter, item, event?.type);
  });
  await Promise.all(
    readers.map(({ projector }, reader) => {
      const aggregates = pendingAggregates(decoded[reader] ?? [], index => areWanted[index] === true);
      return handOver.stuckWork.watch(getOn => replayAggregates(projector, aggregates, handOver, getOn));
    }),
  );
  return items.filter((_, index) => areWanted[index] && decoded.some(events => events[index] !== undefined)).length;
};

/** Goes on until each aggregate is up to date or parked, or somebody wants it to end. */
const replayAggregates = async (
  projector: Projector,
  aggregates: readonly PendingAggregate[],
  { abortion, maxAttempts, concurrency, onFailure, onParked }: HandOver,
  getOn: () => void,
): Promise<void> => {
  const options: CatchUpOptions = {
    replay: true,
    untilDone: true,
    concurrency,
    maxAttempts,
    onParked,
    signal: abortion.signal,
    hasTime: () => {
      getOn();
      return !abortion.signal.aborted;
    },
    onFailure: async failure => {
      // What it throws ends the replay.
      const decision = await Promise.resolve(failure)
        .then(onFailure)
        .catch((thrown: unknown) => {
          abortion.abort(thrown);
          return 'stop' as const;
        });
      const isEnd = decision === 'stop' || (failure.kind === 'passing' && decision !== 'retry');
      if (isEnd) abortion.abort(failure.error);
      return decision;
    },
  };
  await catchUp(projector, aggregates, options);
  abortion.signal.throwIfAborted();
};
