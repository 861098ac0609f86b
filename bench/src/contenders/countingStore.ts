import { type EventStorageAdapter, EventStore, EventType } from '@castore/core';

import { EVENT_STORE_ID } from '../data/events.js';

/** The state that is loaded: how many levels an aggregate gained. */
export interface Levels {
  aggregateId: string;
  version: number;
  levels: number;
}

const leveledUp = new EventType<'POKEMON_LEVELED_UP', { level: number }, object>({ type: 'POKEMON_LEVELED_UP' });

export const countingStore = (eventStorageAdapter: EventStorageAdapter) =>
  new EventStore({
    eventStoreId: EVENT_STORE_ID,
    eventTypes: [leveledUp],
    reducer: (before: Levels | undefined, { aggregateId, version, payload }): Levels => ({
      aggregateId,
      version,
      levels: (before?.levels ?? 0) + payload.level,
    }),
    eventStorageAdapter,
  });
