import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventTableLayout } from '@castore-dynamodb/adapter';
import type { TestEngine } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, type EventTablesOptions, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons, type Pokemons } from '@castore-dynamodb/testing/pokemons';
import type { RecordedRequest } from '@castore-dynamodb/testing/recordRequests';

export { costs, EXACT_UNITS, newAggregateId, operations, rejection } from '@castore-dynamodb/testing/eventTables';
export type { Pokemons } from '@castore-dynamodb/testing/pokemons';
export { newPokemons } from '@castore-dynamodb/testing/pokemons';

export interface TestTable {
  engine: TestEngine;
  layout: EventTableLayout;
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  pokemons: Pokemons;
  /** The same event store by a client of its own, or with other options. */
  connect: (options?: { dynamoDbClient?: DynamoDBClient; gapless?: boolean; eventStoreId?: string }) => Pokemons;
  /** Every request since the last test began. */
  requests: RecordedRequest[];
}

/** Runs the tests on every engine and layout, each with a table of its own. */
export const describeOnEveryTable = (
  name: string,
  tests: (context: TestTable) => void,
  layouts?: readonly EventTableLayout[],
  engines?: EventTablesOptions<string>['engines'],
): void =>
  describeOnEveryLayout(
    name,
    ({ tableNames: { events: tableName }, ...tables }) => {
      const { layout, dynamoDbClient } = tables;
      const connect: TestTable['connect'] = ({ eventStoreId, ...options } = {}) =>
        newPokemons(newAdapter(layout, { tableName, dynamoDbClient, ...options }), eventStoreId);
      tests({ ...tables, tableName, pokemons: connect(), connect });
    },
    { layouts, ...(engines && { engines }) },
  );

export const levelUp = (aggregateId: string, version: number, levels = 1) =>
  ({ aggregateId, version, type: 'POKEMON_LEVELED_UP', payload: { by: levels } }) as const;
