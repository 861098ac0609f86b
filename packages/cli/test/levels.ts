import { type EventStorageAdapter, EventStore, EventType } from '@castore/core';

/** Pokemons whose state is short enough for a test to spell it out. */
export const newLevels = (eventStorageAdapter: EventStorageAdapter) =>
  new EventStore({
    eventStoreId: 'POKEMONS',
    eventTypes: [new EventType<'POKEMON_LEVELED_UP', { by: number }>({ type: 'POKEMON_LEVELED_UP' })],
    reducer: (pokemon: { aggregateId: string; version: number; level: number } | undefined, event) => ({
      aggregateId: event.aggregateId,
      version: event.version,
      level: (pokemon?.level ?? 0) + event.payload.by,
    }),
    eventStorageAdapter,
  });
