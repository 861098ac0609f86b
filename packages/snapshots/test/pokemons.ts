import { type EventStorageAdapter, EventStore, EventType, type EventTypeDetails } from '@castore/core';

export { newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';

const eventTypes = [
  new EventType<'APPEARED', { name: string; level: number }>({ type: 'APPEARED' }),
  new EventType<'LEVELLED_UP', { by: number }, { by: string }>({ type: 'LEVELLED_UP' }),
  new EventType<'CAUGHT'>({ type: 'CAUGHT' }),
];

export type PokemonEvent = EventTypeDetails<typeof eventTypes>;

export interface Pokemon {
  aggregateId: string;
  version: number;
  name: string;
  level: number;
  /** Every event leaves its mark, so that a wrong history never gives a right aggregate. */
  history: string[];
  caughtAt: Date | undefined;
}

const reducePokemon = (pokemon: Pokemon | undefined, event: PokemonEvent): Pokemon => {
  const { aggregateId, version, timestamp } = event;
  const before = pokemon ?? { name: '?', level: 0, history: [], caughtAt: undefined };
  const base = {
    ...before,
    aggregateId,
    version,
    history: [...before.history, `${version} ${event.type} ${timestamp}`],
  };
  switch (event.type) {
    case 'APPEARED':
      return { ...base, name: event.payload.name, level: event.payload.level };
    case 'LEVELLED_UP':
      return { ...base, level: base.level + event.payload.by };
    case 'CAUGHT':
      return { ...base, caughtAt: new Date(timestamp) };
  }
};

export const createPokemons = (eventStorageAdapter: EventStorageAdapter, eventStoreId = 'POKEMONS') =>
  new EventStore({ eventStoreId, eventTypes, reducer: reducePokemon, eventStorageAdapter });

export type Pokemons = ReturnType<typeof createPokemons>;

/** The event at a version of an aggregate; ten minutes between two of them. */
export const pokemonEvent = (aggregateId: string, version: number): PokemonEvent => {
  const timestamp = new Date(Date.UTC(2026, 0, 1, 0, 10 * version)).toISOString();
  if (version === 1) {
    return { aggregateId, version, timestamp, type: 'APPEARED', payload: { name: 'Pikachu', level: 1 } };
  }
  return { aggregateId, version, timestamp, type: 'LEVELLED_UP', payload: { by: version }, metadata: { by: 'ash' } };
};

/** Pushes the versions from `from` to `to`, one after the other. */
export const push = async (
  store: { pushEvent: (event: PokemonEvent) => Promise<unknown> },
  aggregateId: string,
  from: number,
  to: number,
) => {
  for (let version = from; version <= to; version++) await store.pushEvent(pokemonEvent(aggregateId, version));
};

/** The same, and waits for the snapshots of each: one that waits is skipped when a newer one comes. */
export const pushAndSettle = async (
  store: { pushEvent: (event: PokemonEvent) => Promise<unknown>; snapshots: { settled(): Promise<void> } },
  aggregateId: string,
  from: number,
  to: number,
) => {
  for (let version = from; version <= to; version++) {
    await push(store, aggregateId, version, version);
    await store.snapshots.settled();
  }
};
