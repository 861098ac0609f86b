import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventDetail, type EventStorageAdapter, EventStore, EventType } from '@castore/core';
import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

interface Aggregate {
  aggregateId: string;
  version: number;
}

const reducer = (_: Aggregate, { aggregateId, version }: EventDetail): Aggregate => ({ aggregateId, version });

const pokemonCaught = new EventType<'POKEMON_CAUGHT', unknown>({ type: 'POKEMON_CAUGHT' });
const pokemonNamed = new EventType<'POKEMON_NAMED', { name: string }>({ type: 'POKEMON_NAMED' });
const trainerCreated = new EventType<'TRAINER_CREATED', { name: string }>({ type: 'TRAINER_CREATED' });

const newPokemons = (eventStorageAdapter: EventStorageAdapter) =>
  new EventStore({ eventStoreId: 'POKEMONS', eventTypes: [pokemonCaught, pokemonNamed], reducer, eventStorageAdapter });

const newTrainers = (eventStorageAdapter: EventStorageAdapter) =>
  new EventStore({ eventStoreId: 'TRAINERS', eventTypes: [trainerCreated], reducer, eventStorageAdapter });

export type Pokemons = ReturnType<typeof newPokemons>;
export type Trainers = ReturnType<typeof newTrainers>;

/** Two event stores, in a table each: one of either layout. */
export const connectEventStores = (
  dynamoDbClient: DynamoDBClient,
  tableNames: { pokemons: string; trainers: string },
): { pokemons: Pokemons; trainers: Trainers } => ({
  pokemons: newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName: tableNames.pokemons, dynamoDbClient })),
  trainers: newTrainers(new DynamoDbEventStorageAdapter({ tableName: tableNames.trainers, dynamoDbClient })),
});

/** Pushes an event, by default of the aggregate's first version. */
export const push = async (
  { pokemons }: { pokemons: Pokemons },
  aggregateId: string,
  version = 1,
  payload: unknown = {},
): Promise<void> => {
  await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload });
};
