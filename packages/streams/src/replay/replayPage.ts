import type { EventStore } from '@castore/core';
import { aggregateIdIn, decodeTableEvent, eventTableOf, type TableEvent } from '@castore-dynamodb/adapter';
import { mapConcurrently } from '@castore-dynamodb/commons';

import { type PendingAggregate, pendingAggregates } from '../aggregates/pendingAggregate.js';
import { type EventFilter, isWanted } from '../eventFilter.js';
import { decodeEvent, decodeForAll, type RecordedEvent } from '../images/decodeRecords.js';
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
  readers: ProjectedTable['readers'],
  events: readonly TableEvent[],
  handOver: HandOver,
): Promise<number> => {
  const decoded = await decodeForAll(readers, events, decode);
  const areWanted = events.map((stored, index) => {
    const event = decoded.map(ofReader => ofReader[index]?.event).find(each => each !== undefined);
    return isWanted(handOver.filter, stored, event?.type);
  });
  // If one fails, the others end before this does.
  await mapConcurrently(readers, readers.length, ({ projector }, reader) => {
    const aggregates = pendingAggregates(decoded[reader] ?? [], index => areWanted[index] === true);
    return handOver.stuckWork.watch(getOn => replayAggregates(projector, aggregates, handOver, getOn));
  });
  return areWanted.filter((isOne, index) => isOne && decoded.some(ofReader => ofReader[index] !== undefined)).length;
};

const decode = async (
  eventStore: EventStore,
  { partitionKey, version, json }: TableEvent,
): Promise<RecordedEvent | undefined> => {
  const { eventStoreId, eventStorageAdapter: adapter } = eventStore;
  const { layout = 'single-table' } = eventTableOf(adapter) ?? {};
  const aggregateId = aggregateIdIn(layout, eventStoreId, partitionKey);
  if (aggregateId === undefined) return undefined;
  if (json === undefined) return { eventStore, aggregateId, version, event: undefined };
  return decodeEvent(eventStore, async () => decodeTableEvent(layout, eventStoreId, json, adapter));
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
