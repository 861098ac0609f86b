import { type Aggregate, EventStore, EventType } from '@castore/core';

import type { TestStore } from './testStores.js';

export interface Pokemon extends Aggregate {
  level: number;
}

const levelledUp = new EventType<'LEVELLED_UP', { by: number }>({ type: 'LEVELLED_UP' });

/** What an application would make of the event store: Castore's own class over the adapter. */
export const pokemonStore = ({ eventStoreId, adapter }: TestStore) =>
  new EventStore({
    eventStoreId,
    eventTypes: [levelledUp],
    reducer: (
      pokemon: Pokemon | undefined,
      event: { aggregateId: string; version: number; payload: { by: number } },
    ) => ({
      aggregateId: event.aggregateId,
      version: event.version,
      level: (pokemon?.level ?? 0) + event.payload.by,
    }),
    eventStorageAdapter: adapter,
  });

export type PokemonStore = ReturnType<typeof pokemonStore>;

export const levelUp = (aggregateId: string, version: number, by = 1) => ({
  aggregateId,
  version,
  type: 'LEVELLED_UP' as const,
  payload: { by },
});
