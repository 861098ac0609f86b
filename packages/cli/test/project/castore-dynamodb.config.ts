import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

import { defineConfig } from '../../src/index.js';
import { newLevels } from '../levels.js';

const pokemons = newLevels(
  new DynamoDbSingleTableEventStorageAdapter({
    tableName: process.env.TEST_TABLE ?? '',
    dynamoDbClient: new DynamoDBClient({
      endpoint: process.env.TEST_ENDPOINT ?? '',
      region: 'local',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  }),
);

export default defineConfig({ eventStores: [pokemons] });
