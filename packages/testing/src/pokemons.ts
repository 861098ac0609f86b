import {
  type EventDetail,
  type EventStorageAdapter,
  EventStore,
  EventType,
  type EventTypeDetails,
} from '@castore/core';

/** The example of all tests: what happens to Pokemons. */
const pokemonEventTypes = [
  new EventType<'POKEMON_APPEARED', { name: string; level: number }>({ type: 'POKEMON_APPEARED' }),
  new EventType<'POKEMON_LEVELED_UP', { by: number; source?: string }, { by: string } | undefined>({
    type: 'POKEMON_LEVELED_UP',
  }),
  new EventType<'POKEMON_CAUGHT', { trainerId: string }>({ type: 'POKEMON_CAUGHT' }),
  new EventType<'POKEMON_TRADED', { from: string; to: string }>({ type: 'POKEMON_TRADED' }),
  /** For every value that an event may hold. */
  new EventType<'POKEMON_NAMED', unknown, unknown>({ type: 'POKEMON_NAMED' }),
  new EventType<'POKEMON_RELEASED'>({ type: 'POKEMON_RELEASED' }),
];

export type PokemonEvent = EventTypeDetails<typeof pokemonEventTypes>;

export interface Pokemon {
  aggregateId: string;
  version: number;
  name: string;
  level: number;
  /** Every event leaves its mark, so that a wrong history never gives a right aggregate. */
  history: string[];
  releasedAt: Date | undefined;
}

const reducePokemon = (pokemon: Pokemon | undefined, event: PokemonEvent): Pokemon => {
  const { aggregateId, version, timestamp } = event;
  const before = pokemon ?? { name: '?', level: 0, history: [], releasedAt: undefined };
  const base = {
    ...before,
    aggregateId,
    version,
    history: [...before.history, `${version} ${event.type} ${timestamp}`],
  };
  switch (event.type) {
    case 'POKEMON_APPEARED':
      return { ...base, name: event.payload.name, level: event.payload.level };
    case 'POKEMON_LEVELED_UP':
      return { ...base, level: base.level + event.payload.by };
    case 'POKEMON_RELEASED':
      return { ...base, releasedAt: new Date(timestamp) };
    default:
      return base;
  }
};

export const newPokemons = (eventStorageAdapter?: EventStorageAdapter, eventStoreId = 'POKEMONS') =>
  new EventStore({
    eventStoreId,
    eventTypes: pokemonEventTypes,
    reducer: reducePokemon,
    ...(eventStorageAdapter && { eventStorageAdapter }),
  });

export type Pokemons = ReturnType<typeof newPokemons>;

/** A second event store beside them. */
export const newTrainers = (eventStorageAdapter?: EventStorageAdapter) =>
  new EventStore({
    eventStoreId: 'TRAINERS',
    eventTypes: [new EventType<'TRAINER_CREATED', { name: string }>({ type: 'TRAINER_CREATED' })],
    reducer: (_: { aggregateId: string; version: number }, { aggregateId, version }: EventDetail) => ({
      aggregateId,
      version,
    }),
    ...(eventStorageAdapter && { eventStorageAdapter }),
  });

export type Trainers = ReturnType<typeof newTrainers>;
