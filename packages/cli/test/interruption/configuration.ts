import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { DynamoDbCheckpointStore, projection } from '@castore-dynamodb/streams';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { defineConfig } from '../../src/index.js';

export interface ConfigurationOptions {
  readonly endpoint: string;
  readonly tableName: string;
  readonly projectionTable: string;
  readonly reducerVersion: string;
}

/** Pokemons with snapshots, and a projection of them. */
export const configurationOf = ({ endpoint, tableName, projectionTable, reducerVersion }: ConfigurationOptions) => {
  const dynamoDbClient = new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
  const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
  return defineConfig({
    eventStores: [withSnapshots(pokemons, { storage, reducerVersion, policy: everyNEvents(1) })],
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
};
