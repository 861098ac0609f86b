import { itemSize } from '@castore-dynamodb/adapter';

import type { Checkpoint } from './checkpoint.js';
import type { EventWriter } from './eventWriter.js';
import { type IdMapping, mapIds } from './idMapping.js';
import type { ImportSource } from './importSource.js';
import { PARTS } from './partFiles.js';
import { noteEvent, type Remainder } from './remainder.js';
import { Staging } from './staging.js';
import { type StoredEvent, toItem } from './storedEvent.js';
import type { TransferTable } from './transferTable.js';

/** What of an event store is to be imported, once everything was read and found to be whole. */
export interface PlannedStore {
  readonly eventStoreId: string;
  aggregates: number;
  events: number;
}

export interface ImportPlan {
  readonly eventStores: readonly PlannedStore[];
  readonly events: number;
  /** Estimated: a unit for each KB of an item, and one for the index of each first event. */
  readonly writeUnits: number;
  readonly remainder: Remainder;
}

/** What a checkpoint of an import holds: the parts that are written. */
export interface StoredImport {
  readonly parts: number;
}

/** So many events are written before a checkpoint is, or a few more: what an interruption makes the next run ask for again. */
const BATCH = 250;

/** Reads all of a source to disk. @throws UnreadableExportError, UntransferableEventError */
export const stage = async (
  source: ImportSource,
  target: TransferTable,
  mapping: IdMapping,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (events: number) => void },
): Promise<{ staging: Staging; plan: ImportPlan }> => {
  const staging = await Staging.create();
  try {
    const remainder: Remainder = { snapshot: 0, foreign: 0, inS3: 0, encrypted: 0 };
    let read = 0;
    for await (const entry of source.entries()) {
      signal.throwIfAborted();
      if (typeof entry === 'string') {
        remainder[entry] += 1;
        continue;
      }
      await staging.add({
        event: mapIds(mapping, entry),
        source: JSON.stringify([entry.eventStoreId, entry.aggregateId]),
      });
      onProgress((read += 1));
    }
    await staging.end();
    return { staging, plan: await planOf(staging, target, remainder, signal) };
  } catch (error) {
    await staging.remove();
    throw error;
  }
};

/** Looks at everything before the first write: what cannot be moved is refused before anything is. */
const planOf = async (
  staging: Staging,
  { placement: { layout } }: TransferTable,
  remainder: Remainder,
  signal: AbortSignal,
): Promise<ImportPlan> => {
  const eventStores = new Map<string, PlannedStore>();
  let writeUnits = 0;
  for (let part = 0; part < PARTS; part++) {
    signal.throwIfAborted();
    for (const events of await staging.read(part)) {
      const { eventStoreId } = events[0];
      const planned = eventStores.get(eventStoreId) ?? { eventStoreId, aggregates: 0, events: 0 };
      planned.aggregates += 1;
      planned.events += events.length;
      eventStores.set(eventStoreId, planned);
      for (const event of events) {
        noteEvent(remainder, event);
        writeUnits += Math.ceil(itemSize({ ...toItem(layout, event) }) / 1024) + Number(event.version === 1);
      }
    }
  }
  const stores = [...eventStores.values()];
  return { eventStores: stores, events: stores.reduce((sum, { events }) => sum + events, 0), writeUnits, remainder };
};

/** Writes what was staged, part by part. */
export const writeStaged = async (
  staging: Staging,
  writer: EventWriter,
  { checkpoint, onProgress }: { checkpoint: Checkpoint<StoredImport> | undefined; onProgress: () => void },
): Promise<void> => {
  const { parts: done = 0 } = (await checkpoint?.read()) ?? {};
  let events: StoredEvent[] = [];
  for (let part = done; part < PARTS; part++) {
    events.push(...(await staging.read(part)).flat());
    if (events.length < BATCH && part < PARTS - 1) continue;
    try {
      await writer.write(events);
    } finally {
      // Also if it was interrupted: it is said then what was written.
      onProgress();
    }
    events = [];
    // What conflicts is to be seen again by whoever repeats the command.
    if (writer.conflicts.length === 0) await checkpoint?.write({ parts: part + 1 });
  }
  if (writer.conflicts.length === 0) await checkpoint?.remove();
};
