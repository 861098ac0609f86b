import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventStore, EventType } from '@castore/core';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

import { defineConfig } from '../../src/index.js';

/** As on Lambda: region, credentials and endpoint are those of the environment. */
const dynamoDbClient = new DynamoDBClient({});

const pokemons = new EventStore({
  eventStoreId: 'POKEMONS',
  eventTypes: [new EventType({ type: 'POKEMON_LEVELED_UP' })],
  reducer: (_, { aggregateId, version }) => ({ aggregateId, version }),
  eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({
    tableName: process.env.TEST_TABLE ?? '',
    dynamoDbClient,
  }),
});

export default defineConfig({ eventStores: [pokemons] });
