import { setMaxListeners } from 'node:events';

import { scanTableItems, type TableItem } from '@castore-dynamodb/adapter';

import { fromItem, type OtherItem, type Placement, type StoredEvent } from './storedEvent.js';
import { patiently, type TransferTable } from './transferTable.js';

/** How far a part of a table is read: undefined is its beginning, null its end. */
export type SegmentPlace = TableItem | undefined | null;

const BEGINNING = 'beginning';

/** The same in a checkpoint: JSON has no undefined. */
export type StoredPlace = TableItem | typeof BEGINNING | null;

export const toStoredPlaces = (places: readonly SegmentPlace[]): StoredPlace[] =>
  places.map(place => (place === undefined ? BEGINNING : place));

/** @param segments how many parts there are, if nothing is stored */
export const fromStoredPlaces = (stored: readonly StoredPlace[] | undefined, segments: number): SegmentPlace[] =>
  stored?.map(place => (place === BEGINNING ? undefined : place)) ?? Array<undefined>(segments).fill(undefined);

export interface EventsPage {
  readonly segment: number;
  readonly events: readonly StoredEvent[];
  readonly others: Readonly<Record<OtherItem, number>>;
  readonly readUnits: number;
  readonly next: SegmentPlace;
}

export interface TableReading {
  /** Only events of these, if it is given. */
  readonly eventStores?: ReadonlySet<string> | undefined;
  /** Where each part begins, as many as there are parts. */
  readonly places: readonly SegmentPlace[];
  readonly signal: AbortSignal;
}

/**
 * Reads a table by Scans, its parts at the same time. The pages of a part come one after the other, the next one when the one
 * before was handled: so the events of an aggregate come in version order. If one fails, the others end before this does.
 */
export const readTable = async (
  { dynamoDbClient, tableName, placement }: TransferTable,
  { eventStores, places, signal }: TableReading,
  handle: (page: EventsPage) => Promise<void>,
): Promise<void> => {
  const abortion = new AbortController();
  const stop = (): void => abortion.abort(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  setMaxListeners(0, abortion.signal);

  const readSegment = async (segment: number): Promise<void> => {
    let place = places[segment];
    while (place !== null) {
      abortion.signal.throwIfAborted();
      const startKey = place;
      const { items, readUnits, nextKey } = await patiently(abortion.signal, () =>
        scanTableItems(dynamoDbClient, {
          tableName,
          segment,
          segments: places.length,
          startKey,
          signal: abortion.signal,
        }),
      );
      place = nextKey ?? null;
      await handle({ segment, ...sorted(placement, eventStores, items), readUnits, next: place });
    }
  };
  try {
    await Promise.all(
      places.map((_, segment) => readSegment(segment).catch((error: unknown) => abortion.abort(error))),
    );
    abortion.signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

const sorted = (
  placement: Placement,
  eventStores: ReadonlySet<string> | undefined,
  items: readonly TableItem[],
): Pick<EventsPage, 'events' | 'others'> => {
  const events: StoredEvent[] = [];
  const others = { snapshot: 0, foreign: 0 };
  for (const item of items) {
    const event = fromItem(placement, item);
    if (typeof event === 'string') others[event] += 1;
    else if (eventStores?.has(event.eventStoreId) !== false) events.push(event);
  }
  return { events, others };
};
