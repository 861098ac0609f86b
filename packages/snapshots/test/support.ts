import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventTableLayout } from '@castore-dynamodb/adapter';
import type { TestEngine } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, type EventTablesOptions, newAdapter } from '@castore-dynamodb/testing/eventTables';
import type { RecordedRequest } from '@castore-dynamodb/testing/recordRequests';

import { newPokemons, type Pokemons } from './pokemons.js';

export { costs } from '@castore-dynamodb/testing/eventTables';

export interface TestTable {
  engine: TestEngine;
  layout: EventTableLayout;
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  eventStore: Pokemons;
  /** Every request since the last test began. */
  requests: RecordedRequest[];
}

/** Runs the tests on every engine and layout, each with a table of its own for events and snapshots. */
export const describeOnEveryTable = (
  name: string,
  tests: (context: TestTable) => void,
  options: Pick<EventTablesOptions<'events'>, 'engines'> = {},
): void =>
  describeOnEveryLayout(
    name,
    ({ tableNames: { events: tableName }, ...tables }) => {
      const { layout, dynamoDbClient } = tables;
      tests({ ...tables, tableName, eventStore: newPokemons(newAdapter(layout, { tableName, dynamoDbClient })) });
    },
    options,
  );
