import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { evolution } from '@castore-dynamodb/events';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import { defineConfig } from '../../src/index.js';
import { newLevels } from '../levels.js';

interface LeveledUp {
  by: number;
}

/** A Standard Schema by hand. */
const schema = {
  '~standard': {
    version: 1 as const,
    vendor: 'by hand',
    validate: (value: unknown) =>
      typeof (value as LeveledUp | undefined)?.by === 'number'
        ? { value: value as LeveledUp }
        : { issues: [{ message: 'by is not a number' }] },
  },
};

const tableName = process.env.TEST_TABLE ?? '';
const dynamoDbClient = new DynamoDBClient({
  endpoint: process.env.TEST_ENDPOINT ?? '',
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

const pokemons = newLevels(
  new DynamoDbSingleTableEventStorageAdapter({
    tableName,
    dynamoDbClient,
    transformations: [evolution({ eventStores: { POKEMONS: { POKEMON_LEVELED_UP: { schema } } } })],
  }),
);

export default defineConfig({
  eventStores: [
    withSnapshots(pokemons, {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
      reducerVersion: '1',
      policy: everyNEvents(2),
    }),
  ],
});
