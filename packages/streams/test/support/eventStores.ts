import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventDetail, type EventStorageAdapter, EventStore, EventType } from '@castore/core';
import { createEventTable, type EventTableLayout } from '@castore-dynamodb/adapter';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { newAdapter } from '@castore-dynamodb/testing/eventTables';

export { newAggregateId } from '@castore-dynamodb/testing/eventTables';

interface Aggregate {
  aggregateId: string;
  version: number;
}

const reducer = (_: Aggregate, { aggregateId, version }: EventDetail): Aggregate => ({ aggregateId, version });

const pokemonCaught = new EventType<'POKEMON_CAUGHT', { trainerId: string }>({ type: 'POKEMON_CAUGHT' });
const pokemonTraded = new EventType<'POKEMON_TRADED', { from: string; to: string }>({ type: 'POKEMON_TRADED' });
const pokemonNamed = new EventType<'POKEMON_NAMED', unknown, unknown>({ type: 'POKEMON_NAMED' });
const trainerCreated = new EventType<'TRAINER_CREATED', { name: string }>({ type: 'TRAINER_CREATED' });

export const newPokemons = (eventStorageAdapter?: EventStorageAdapter) =>
  new EventStore({
    eventStoreId: 'POKEMONS',
    eventTypes: [pokemonCaught, pokemonTraded, pokemonNamed],
    reducer,
    ...(eventStorageAdapter && { eventStorageAdapter }),
  });

export const newTrainers = (eventStorageAdapter?: EventStorageAdapter) =>
  new EventStore({
    eventStoreId: 'TRAINERS',
    eventTypes: [trainerCreated],
    reducer,
    ...(eventStorageAdapter && { eventStorageAdapter }),
  });

export type Pokemons = ReturnType<typeof newPokemons>;
export type Trainers = ReturnType<typeof newTrainers>;

export interface EventStores {
  pokemons: Pokemons;
  trainers: Trainers;
  /** The tables they lie in: one and the same in layout `single-table`. */
  tableNames: { pokemons: string; trainers: string };
}

/** Two event stores, in one table or in two. */
export const connectEventStores = (
  layout: EventTableLayout,
  dynamoDbClient: DynamoDBClient,
  tableNames: EventStores['tableNames'],
): EventStores => {
  return {
    pokemons: newPokemons(newAdapter(layout, { tableName: tableNames.pokemons, dynamoDbClient })),
    trainers: newTrainers(newAdapter(layout, { tableName: tableNames.trainers, dynamoDbClient })),
    tableNames,
  };
};

export const newTableNames = (layout: EventTableLayout): EventStores['tableNames'] => {
  const pokemons = uniqueTableName('pokemons');
  return { pokemons, trainers: layout === 'single-table' ? pokemons : uniqueTableName('trainers') };
};

/** Their tables, with a stream. */
export const createTables = async (
  layout: EventTableLayout,
  dynamoDbClient: DynamoDBClient,
  tableNames: EventStores['tableNames'],
): Promise<void> => {
  for (const tableName of new Set(Object.values(tableNames))) {
    await createEventTable(dynamoDbClient, { tableName, layout, stream: true });
  }
};
