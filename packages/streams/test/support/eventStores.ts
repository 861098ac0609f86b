import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createEventTable, type EventTableLayout } from '@castore-dynamodb/adapter';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons, newTrainers, type Pokemons, type Trainers } from '@castore-dynamodb/testing/pokemons';

export { newAggregateId } from '@castore-dynamodb/testing/eventTables';
export { newPokemons, newTrainers, type Pokemons, type Trainers } from '@castore-dynamodb/testing/pokemons';

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
