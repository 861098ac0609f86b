import type { Checkpoint } from './checkpoint.js';
import type { EventWriter } from './eventWriter.js';
import { type IdMapping, mapIds } from './idMapping.js';
import { noteEvent, type Remainder } from './remainder.js';
import { fromStoredPlaces, readTable, type StoredPlace, toStoredPlaces } from './tableReader.js';
import type { TransferTable } from './transferTable.js';

/** Parts of a table that are read at the same time. */
const SEGMENTS = 4;

/** What a checkpoint of a copy holds. */
export interface StoredCopy {
  /**
   * Since when something may have come that is not copied yet, in milliseconds since 1970: since the copy began or, once the
   * table is copied, since the last record.
   */
  readonly at: number;
  readonly places: readonly StoredPlace[];
  /** Of a copy that follows: the last record of each shard that was handled, once the table is copied. */
  readonly shards?: Readonly<Record<string, string>> | undefined;
}

export interface CopyOptions {
  readonly source: TransferTable;
  readonly eventStores?: readonly string[] | undefined;
  readonly mapping: IdMapping;
  readonly writer: EventWriter;
  readonly stored?: StoredCopy | undefined;
  readonly checkpoint?: Checkpoint<StoredCopy> | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: () => void;
}

/** Writes the events of a table to another one, page by page. */
export const copyEvents = async (options: CopyOptions): Promise<{ remainder: Remainder; places: StoredPlace[] }> => {
  const { source, eventStores, mapping, writer, stored, checkpoint, signal, onProgress } = options;
  const places = fromStoredPlaces(stored?.places, SEGMENTS);
  const at = stored?.at ?? Date.now();
  const remainder: Remainder = { snapshot: 0, foreign: 0, inS3: 0, encrypted: 0 };

  await readTable(
    source,
    { eventStores: eventStores && new Set(eventStores), places: [...places], signal },
    async ({ segment, events, others, next }) => {
      try {
        await writer.write(events.map(event => mapIds(mapping, event)));
      } finally {
        // Also if it was interrupted: it is said then what was written.
        onProgress();
      }
      for (const event of events) noteEvent(remainder, event);
      remainder.snapshot += others.snapshot;
      remainder.foreign += others.foreign;
      places[segment] = next;
      // What conflicts is to be seen again.
      if (writer.conflicts.length === 0) await checkpoint?.write({ at, places: toStoredPlaces(places) });
    },
  );
  return { remainder, places: toStoredPlaces(places) };
};
