import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createEventTable,
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  type EventTableLayout,
} from '@castore-dynamodb/adapter';

import { describeOnEveryEngine, type TestEngine, uniqueTableName } from '../../../test-support/engines.js';
import { type RecordedRequest, recordRequests } from '../../../test-support/recordRequests.js';
import { createPokemons, type Pokemons } from './pokemons.js';

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
export const describeOnEveryTable = (name: string, tests: (context: TestTable) => void): void => {
  describeOnEveryEngine(name, engine => {
    for (const layout of ['single-table', 'table-per-store'] as const) {
      describe(`in layout ${layout}`, () => {
        const tableName = uniqueTableName('snapshots');
        const dynamoDbClient = engine.client();
        const requests = recordRequests(dynamoDbClient);
        const Adapter =
          layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
        const eventStore = createPokemons(new Adapter({ tableName, dynamoDbClient }));

        beforeAll(() => createEventTable(dynamoDbClient, { tableName, layout }));
        beforeEach(() => void requests.splice(0));
        afterAll(() => deleteEventTable(dynamoDbClient, { tableName }));

        tests({ engine, layout, tableName, dynamoDbClient, eventStore, requests });
      });
    }
  });
};

/** `Query 1.5`: the operations, in the order in which they were sent, and what each cost. */
export const costs = (requests: RecordedRequest[]): string[] =>
  requests.map(({ operation, units }) => `${operation} ${units}`);
