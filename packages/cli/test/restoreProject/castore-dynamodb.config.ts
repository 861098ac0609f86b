import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { dynamoDbProjection } from '@castore-dynamodb/streams';

import { defineConfig } from '../../src/index.js';
import { newLevels } from '../levels.js';

const dynamoDbClient = new DynamoDBClient({
  endpoint: process.env.TEST_ENDPOINT ?? '',
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

const pokemons = newLevels(
  new DynamoDbSingleTableEventStorageAdapter({
    tableName: process.env.TEST_TABLE ?? '',
    dynamoDbClient,
  }),
);

const levels = dynamoDbProjection({
  name: 'levels-restored',
  eventStores: [pokemons],
  tableName: process.env.TEST_PROJECTION_TABLE ?? '',
  dynamoDbClient,
  initialView: { level: 0 },
  key: ({ aggregateId }) => aggregateId,
  project: { POKEMON_LEVELED_UP: ({ level }, { payload }) => ({ level: level + payload.by }) },
});

export default defineConfig({ eventStores: [pokemons], projections: [levels], dynamoDbClient });
