import type { TableEvent } from '@castore-dynamodb/adapter';
import { DeadlineExceededError, inParts, type ReadUnitLimiter } from '@castore-dynamodb/commons';

import type { ProjectedTable } from '../projections/projectedTables.js';
import type { Projector } from '../projections/projector.js';
import { scanPage } from '../scan.js';
import { endsAfter, TIMEOUTS } from '../timeouts.js';
import { ReplayCheckpoints, type SegmentProgress } from './replayCheckpoints.js';
import { type HandOver, replayPage } from './replayPage.js';

/** How a replay reads the tables. */
export interface Reading {
  readonly segments: number;
  readonly consistentRead: boolean;
  readonly resume: boolean;
  readonly limiter: ReadUnitLimiter | undefined;
}

/** A segment of a table, and how far it has come. */
interface ReplayedSegment {
  readonly id: string;
  readonly table: ProjectedTable;
  progress: SegmentProgress;
}

/** Replays every segment that is not done; reports after each page how far all of them have come. */
export const replay = async (
  projectors: readonly [Projector, ...Projector[]],
  tables: readonly ProjectedTable[],
  reading: Reading,
  handOver: HandOver,
  report: (segments: readonly SegmentProgress[]) => void,
): Promise<SegmentProgress[]> => {
  const checkpoints = checkpointsOf(projectors, tables, handOver);
  if (!reading.resume) await checkpoints.restart();
  const stored = await checkpoints.resume();
  const segments = tables.flatMap((table, index) => segmentsOf(table, index, stored, reading.segments));
  const progress = (): SegmentProgress[] => segments.map(segment => segment.progress);

  const replaySegment = async (segment: ReplayedSegment): Promise<void> => {
    while (!segment.progress.isDone) {
      segment.progress = await replayNextPage(segment, reading, handOver);
      await checkpoints.write(segment.id, segment.progress);
      report(progress());
    }
  };
  warnIfOld(progress());
  // If one fails, the others end before this does, so that nothing goes on without the caller's knowledge.
  await untilAborted(handOver, async ({ abortion }) => {
    await Promise.all(segments.map(segment => replaySegment(segment).catch((error: unknown) => abortion.abort(error))));
  });
  await checkpoints.clear();
  return progress();
};

/** Ends soon after it is aborted, which it is if a handler hangs, and throws the reason. */
const untilAborted = async (handOver: HandOver, work: (handOver: HandOver) => Promise<void>): Promise<void> => {
  const { abortion, stuckWork } = handOver;
  const watch = setInterval(() => {
    if (stuckWork.isStuck) abortion.abort(new DeadlineExceededError('A handler of the replay', TIMEOUTS.handler));
  }, TIMEOUTS.handler / 10);
  try {
    await endsAfter(abortion.signal, TIMEOUTS.request, 'What the replay had begun', work(handOver)).catch(() => {});
  } finally {
    clearInterval(watch);
  }
  abortion.signal.throwIfAborted();
};

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html ("24-hour data retention limit") */
const STREAM_RETENTION_MS = 24 * 60 * 60 * 1000;

/** What came since is the stream's, which does not have it any more. */
const warnIfOld = (segments: readonly SegmentProgress[]): void => {
  const [first = ''] = segments.map(({ startedAt }) => startedAt).toSorted();
  if (Date.now() - Date.parse(first) < STREAM_RETENTION_MS) return;
  process.emitWarning(
    `A replay that began at ${first} is resumed. Events stored since then are not read again where it has been: ` +
      'if no stream handler or poller has handled them meanwhile, start again with `resume: false`.',
    { type: 'ReplayWarning', code: 'CASTORE_DYNAMODB_OLD_REPLAY' },
  );
};

const checkpointsOf = (
  projectors: readonly [Projector, ...Projector[]],
  tables: readonly ProjectedTable[],
  { filter }: HandOver,
): ReplayCheckpoints => {
  const readers = tables.map(({ tableName, readers: all }) => [
    tableName,
    all.map(({ projector, eventStores }) => [projector.name, eventStores.map(({ eventStoreId }) => eventStoreId)]),
  ]);
  const { eventTypes = [], from = '', to = '' } = filter;
  return new ReplayCheckpoints(projectors, [readers, eventTypes, from, to]);
};

/** As many as the replay began with, if it is resumed: their keys would mean nothing in other ones. */
const segmentsOf = (
  table: ProjectedTable,
  tableIndex: number,
  stored: ReadonlyMap<string, SegmentProgress>,
  wanted: number,
): ReplayedSegment[] => {
  const prefix = `${tableIndex}#`;
  const known = [...stored].find(([id]) => id.startsWith(prefix))?.[1];
  const of = known?.of ?? wanted;
  const startedAt = new Date().toISOString();
  return Array.from({ length: of }, (_, segment) => {
    const id = prefix + segment;
    const start = { startedAt, isDone: false, nextKey: undefined, items: 0, events: 0, readUnits: 0 };
    const progress = stored.get(id);
    // Two processes that began at the same time may have left parts of different sizes.
    const isPart = progress?.of === of;
    return { id, table, progress: isPart ? progress : { table: table.tableName, segment, of, ...start } };
  });
};

/** How many events are in memory at the same time that may be larger than their items: compressed ones, or those in S3. */
const MAX_LARGE_EVENTS = 64;

const partsOf = (events: readonly TableEvent[]): readonly (readonly TableEvent[])[] =>
  events.some(({ isTransformed }) => isTransformed) ? inParts(events, MAX_LARGE_EVENTS) : [events];

const replayNextPage = async (
  { table, progress }: ReplayedSegment,
  { consistentRead, limiter }: Reading,
  handOver: HandOver,
): Promise<SegmentProgress> => {
  const { signal } = handOver.abortion;
  signal.throwIfAborted();
  const limit = await limiter?.turn(signal);
  const { tableName, dynamoDbClient } = table;
  const page = await scanPage(
    { tableName, dynamoDbClient, index: progress.segment, of: progress.of },
    { consistentRead, startKey: progress.nextKey, limit, signal },
  );
  const { count, readUnits, nextKey } = page;
  limiter?.spent(readUnits, count);
  let events = 0;
  for (const part of partsOf(page.events)) events += await replayPage(table.readers, part, handOver);
  return {
    ...progress,
    nextKey,
    isDone: nextKey === undefined,
    items: progress.items + count,
    events: progress.events + events,
    readUnits: progress.readUnits + readUnits,
  };
};
