import type { EventStore } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { type SnapshotError, type SnapshotsOptions, withSnapshots } from '../src/index.js';
import { newAggregateId, newPokemons, type Pokemon, type PokemonEvent } from './pokemons.js';

/** An event store in memory with states in memory, and the queries that it gets. */
export const setUpCache = (options: Partial<SnapshotsOptions<Pokemon>> = {}) => {
  const eventStore = newPokemons(new InMemoryEventStorageAdapter());
  const queries = recordQueries(eventStore);
  const errors: SnapshotError[] = [];
  const pokemons = withSnapshots(eventStore, {
    cache: { maxBytes: 1_000_000 },
    onSnapshotError: error => void errors.push(error),
    ...options,
  } as SnapshotsOptions<Pokemon>);
  return { eventStore, pokemons, errors, queries, aggregateId: newAggregateId() };
};

/** Goes back to other events, as restoring a table does. */
export const restore = (eventStore: EventStore, events: readonly PokemonEvent[]): void => {
  const { getEvents, pushEvent } = new InMemoryEventStorageAdapter({ initialEvents: [...events] as never });
  Object.assign(eventStore.getEventStorageAdapter(), { getEvents, pushEvent });
};

const recordQueries = (eventStore: EventStore): object[] => {
  const queries: object[] = [];
  const adapter = eventStore.getEventStorageAdapter();
  const { getEvents } = adapter;
  adapter.getEvents = (id, context, query = {}) => {
    queries.push(query);
    return getEvents(id, context, query);
  };
  return queries;
};
