import type { PokemonEvent } from '@castore-dynamodb/testing/pokemons';

export { newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';
export { newPokemons, type Pokemon, type PokemonEvent, type Pokemons } from '@castore-dynamodb/testing/pokemons';

/** The event at a version of an aggregate; ten minutes between two of them. */
export const pokemonEvent = (aggregateId: string, version: number): PokemonEvent => {
  const timestamp = new Date(Date.UTC(2026, 0, 1, 0, 10 * version)).toISOString();
  if (version === 1) {
    return { aggregateId, version, timestamp, type: 'POKEMON_APPEARED', payload: { name: 'Pikachu', level: 1 } };
  }
  return {
    aggregateId,
    version,
    timestamp,
    type: 'POKEMON_LEVELED_UP',
    payload: { by: version },
    metadata: { by: 'ash' },
  };
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
