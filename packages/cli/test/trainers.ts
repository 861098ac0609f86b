import { randomUUID } from 'node:crypto';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbCheckpointStore, type Projection, projection } from '@castore-dynamodb/streams';
import type { newPokemons } from '@castore-dynamodb/testing/pokemons';

interface TrainersOptions {
  readonly pokemons: ReturnType<typeof newPokemons>;
  readonly dynamoDbClient: DynamoDBClient;
  /** That of the positions. */
  readonly tableName: string;
  readonly name?: string;
  readonly onLevelUp: (event: { aggregateId: string; version: number }) => void;
}

/** A projection of Pokemons, with a name of its own. */
export const newTrainers = ({
  pokemons,
  name = `trainers-${randomUUID()}`,
  onLevelUp,
  ...table
}: TrainersOptions): Projection =>
  projection({
    name,
    eventStores: [pokemons],
    checkpoints: new DynamoDbCheckpointStore(table),
    on: { POKEMON_LEVELED_UP: event => onLevelUp(event) },
  });
