import { limitConcurrency } from '@castore-dynamodb/commons';

import type { Checkpoint } from './checkpoint.js';
import type { ExportSink } from './exportFile.js';
import { type ExportHeader, ExportLines, type ExportProgress } from './exportFormat.js';
import type { OtherItem } from './storedEvent.js';
import { fromStoredPlaces, readTable, type StoredPlace, toStoredPlaces } from './tableReader.js';
import type { TransferTable } from './transferTable.js';

/** Parts of a table that are read at the same time. */
export const SEGMENTS = 4;

/** What a checkpoint of an export holds. */
export interface StoredExport {
  readonly bytes: number;
  readonly startedAt: string;
  readonly lines: ExportProgress;
  readonly places: readonly StoredPlace[];
  readonly others: Readonly<Record<OtherItem, number>>;
}

export interface ExportOptions {
  readonly table: TransferTable;
  readonly eventStores?: readonly string[] | undefined;
  readonly sink: ExportSink;
  /** What was stored by `checkpoint`, if the export was begun before. */
  readonly stored?: StoredExport | undefined;
  readonly checkpoint?: Checkpoint<StoredExport> | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (events: number) => void;
}

export interface Exported {
  readonly events: number;
  readonly others: Readonly<Record<OtherItem, number>>;
}

/** Writes the events of a table, page by page; of each page, its events and how far its part has come are kept together. */
export const exportEvents = async ({
  table,
  eventStores,
  sink,
  stored,
  checkpoint,
  signal,
  onProgress,
}: ExportOptions): Promise<Exported> => {
  const lines = new ExportLines(stored?.lines);
  const startedAt = stored?.startedAt ?? new Date().toISOString();
  const places = fromStoredPlaces(stored?.places, SEGMENTS);
  const others = { snapshot: 0, foreign: 0, ...stored?.others };
  const inTurn = limitConcurrency(1);
  const keepPlace = async (): Promise<void> =>
    checkpoint?.write({
      bytes: await sink.size(),
      startedAt,
      lines: lines.progress,
      places: toStoredPlaces(places),
      others,
    });
  if (stored === undefined) {
    await sink.write(lines.header(headerOf(table, eventStores, startedAt)));
    await keepPlace();
  }

  await readTable(
    table,
    { eventStores: eventStores && new Set(eventStores), places: [...places], signal },
    ({ segment, events, others: found, next }) =>
      inTurn(async () => {
        signal.throwIfAborted();
        if (events.length > 0) await sink.write(events.map(event => lines.event(event)).join(''));
        places[segment] = next;
        others.snapshot += found.snapshot;
        others.foreign += found.foreign;
        await keepPlace();
        onProgress(lines.progress.events);
      }),
  );
  await sink.write(lines.end());
  await sink.end();
  await checkpoint?.remove();
  return { events: lines.progress.events, others };
};

const headerOf = (
  { tableName, placement }: TransferTable,
  eventStores: readonly string[] | undefined,
  startedAt: string,
): Omit<ExportHeader, 'format' | 'formatVersion'> => ({
  table: tableName,
  layout: placement.layout,
  ...(eventStores && { eventStores }),
  startedAt,
});
