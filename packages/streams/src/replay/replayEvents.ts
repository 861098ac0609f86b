import type { EventStore } from '@castore/core';
import { notify, ReadUnitLimiter, sharedAbortController } from '@castore-dynamodb/commons';

import { type OnFailure, warn } from '../projections/failure.js';
import { projectedTables } from '../projections/projectedTables.js';
import { PROJECTOR } from '../projections/projection.js';
import type { Projector } from '../projections/projector.js';
import { estimateItems } from '../scan.js';
import { StuckWork } from '../stuckWork.js';
import { replay } from './replay.js';
import type { SegmentProgress } from './replayCheckpoints.js';
import { parseReplayOptions, type ReplayOptions, type ReplayProgress } from './replayOptions.js';

/**
 * Brings projections up to what is stored: reads the event tables, in parallel, and hands the events on, of each aggregate in
 * version order and from the projection's position on. Events that a projection has handled cost the reading of the
 * position, so that it can run while a stream handler or a poller works for the same projections: between them, nothing is
 * left out, and a view in DynamoDB has each event exactly once.
 *
 * If it is interrupted, call it again: it goes on where it was. When it is done, it forgets that; called again, it reads
 * everything anew.
 *
 * Nothing keeps it waiting for ever. A request without an answer is given up after 30 seconds and sent three times; a
 * handler that takes longer than 5 minutes ends the replay with `DeadlineExceededError`. Once it is aborted, it waits 30
 * seconds at most for what is under way.
 *
 * Costs the reading of the whole tables, whatever the filters: a read unit for each 4 KB, half of that without
 * `consistentRead`, and a request for each MB. For each page, what the projections cost for its aggregates, and a write
 * unit for the checkpoint.
 *
 * @throws InvalidArgumentError before any request; the error of a request that failed again and again; what `onFailure`
 *   throws; the reason of the signal.
 *
 * @example
 * const { events, readUnits } = await replayEvents({ projections: [pokedex], segments: 8, readUnitsPerSecond: 500 });
 */
export const replayEvents = async <EVENT_STORE extends EventStore = EventStore>(
  options: ReplayOptions<EVENT_STORE>,
): Promise<ReplayProgress> => {
  const filter = parseReplayOptions(options);
  const { projections, eventStores, readUnitsPerSecond, onProgress, onParked, signal } = options;
  const { segments = 4, consistentRead = true, resume = true } = options;
  const { onFailure = warnOfEvents, maxAttempts = 5, concurrency = 10 } = options;
  const projectors = projections.map(projection => projection[PROJECTOR]) as [Projector, ...Projector[]];
  const tables = projectedTables(projectors, eventStores);
  const limiter = readUnitsPerSecond === undefined ? undefined : new ReadUnitLimiter(readUnitsPerSecond);
  return abortable(signal, async abortion => {
    const estimate = onProgress && (await estimateItems(tables, abortion.signal));
    const progress = await replay(
      projectors,
      tables,
      { segments, consistentRead, resume, limiter },
      { filter, maxAttempts, concurrency, onFailure, onParked, abortion, stuckWork: new StuckWork() },
      current => notify('onProgress', onProgress, toProgress(current, estimate)),
    );
    return toProgress(progress, undefined);
  });
};

/** Work that can be aborted from within too. */
const abortable = async <RESULT>(
  signal: AbortSignal | undefined,
  work: (abortion: AbortController) => Promise<RESULT>,
): Promise<RESULT> => {
  signal?.throwIfAborted();
  const abortion = sharedAbortController();
  const abort = (): void => abortion.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    return await work(abortion);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
};

/** The error of a request reaches the caller. */
const warnOfEvents: OnFailure = failure => (failure.kind === 'event' ? warn(failure) : undefined);

const toProgress = (segments: readonly SegmentProgress[], estimatedItems: number | undefined): ReplayProgress => {
  const sum = (count: (segment: SegmentProgress) => number): number =>
    segments.reduce((total, segment) => total + count(segment), 0);
  const items = sum(segment => segment.items);
  const segmentsDone = sum(({ isDone }) => Number(isDone));
  const isDone = segmentsDone === segments.length;
  return {
    startedAt: segments.map(({ startedAt }) => startedAt).toSorted()[0] as string,
    events: sum(({ events }) => events),
    items,
    readUnits: sum(({ readUnits }) => readUnits),
    segments: segments.length,
    segmentsDone,
    share: isDone ? 1 : estimatedItems && Math.min(items / estimatedItems, 0.99),
  };
};
