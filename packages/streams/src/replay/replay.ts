import { setMaxListeners } from 'node:events';

import type { Projector } from '../projections/projector.js';
import type { ReadUnitLimiter } from './readUnitLimiter.js';
import { ReplayCheckpoints, type SegmentProgress } from './replayCheckpoints.js';
import type { ReplayedTable } from './replayedTables.js';
import { type HandOver, replayPage } from './replayPage.js';
import { scanPage } from './scanPage.js';

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
  readonly table: ReplayedTable;
  progress: SegmentProgress;
}

/** Replays every segment that is not done with; tells after each page how far all of them have come. */
export const replay = async (
  projectors: readonly [Projector, ...Projector[]],
  tables: readonly ReplayedTable[],
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
  const { abortion } = handOver;
  // Each segment's request listens, and Node warns of more than ten.
  setMaxListeners(0, abortion.signal);
  // Where one fails, the others end before this does, so that nothing goes on behind the caller's back.
  await Promise.all(segments.map(segment => replaySegment(segment).catch((error: unknown) => abortion.abort(error))));
  abortion.signal.throwIfAborted();
  await checkpoints.clear();
  return progress();
};

const checkpointsOf = (
  projectors: readonly [Projector, ...Projector[]],
  tables: readonly ReplayedTable[],
  { filter }: HandOver,
): ReplayCheckpoints => {
  const readers = tables.map(({ tableName, readers: all }) => [
    tableName,
    all.map(({ projector, eventStores }) => [projector.name, eventStores.map(({ eventStoreId }) => eventStoreId)]),
  ]);
  const { eventTypes = [], from = '', to = '' } = filter;
  return new ReplayCheckpoints(projectors, [readers, eventTypes, from, to]);
};

/** As many as the replay began with, where it is resumed: their keys would mean nothing in other ones. */
const segmentsOf = (
  table: ReplayedTable,
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

const replayNextPage = async (
  { table, progress }: ReplayedSegment,
  { consistentRead, limiter }: Reading,
  handOver: HandOver,
): Promise<SegmentProgress> => {
  const { signal } = handOver.abortion;
  signal.throwIfAborted();
  const limit = await limiter?.turn(signal);
  const { tableName, client } = table;
  const { items, readUnits, nextKey } = await scanPage(
    { tableName, client, index: progress.segment, of: progress.of },
    { consistentRead, startKey: progress.nextKey, limit, signal },
  );
  limiter?.spent(readUnits, items.length);
  const events = await replayPage(table, items, handOver);
  return {
    ...progress,
    nextKey,
    isDone: nextKey === undefined,
    items: progress.items + items.length,
    events: progress.events + events,
    readUnits: progress.readUnits + readUnits,
  };
};
