import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { DynamoDbCheckpointStore, projection } from '@castore-dynamodb/streams';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { defineConfig } from '../../src/index.js';

const {
  TEST_TABLE: tableName = '',
  TEST_PROJECTION_TABLE: projectionTable = '',
  TEST_ENDPOINT: endpoint = '',
} = process.env;
const dynamoDbClient = new DynamoDBClient({
  endpoint,
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });

export default defineConfig({
  eventStores: [
    withSnapshots(pokemons, {
      storage,
      reducerVersion: process.env.TEST_REDUCER_VERSION ?? '1',
      policy: everyNEvents(1),
    }),
  ],
  projections: [
    projection({
      name: 'trainers',
      eventStores: [pokemons],
      checkpoints: new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient }),
      on: { POKEMON_LEVELED_UP: () => undefined },
    }),
  ],
  tableName,
  dynamoDbClient,
});
