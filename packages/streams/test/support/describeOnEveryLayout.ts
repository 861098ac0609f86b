import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { deleteEventTable, type EventTableLayout } from '@castore-dynamodb/adapter';

import { describeOnEveryEngine, type TestEngine } from '../../../../test-support/engines.js';
import { type RecordedRequest, recordRequests } from '../../../../test-support/recordRequests.js';
import { connectEventStores, createTables, type EventStores, newTableNames } from './eventStores.js';
import { newStreamsClient } from './streams.js';

export interface StreamsContext extends EventStores {
  engine: TestEngine;
  layout: EventTableLayout;
  dynamoDbClient: DynamoDBClient;
  streamsClient: DynamoDBStreamsClient;
  /** Every request of `dynamoDbClient` since the last test began. */
  requests: RecordedRequest[];
}

type Tests = (context: StreamsContext) => void;

/** Runs the tests on every engine and layout, each with tables and streams of its own. */
export const describeOnEveryLayout = (name: string, tests: Tests): void =>
  describeOnLayouts(['single-table', 'table-per-store'], name, tests);

/** For what has nothing to do with the layout. */
export const describeOnOneLayout = (name: string, tests: Tests): void =>
  describeOnLayouts(['single-table'], name, tests);

const describeOnLayouts = (layouts: readonly EventTableLayout[], name: string, tests: Tests): void => {
  describeOnEveryEngine(name, engine => {
    for (const layout of layouts) {
      describe(`in layout ${layout}`, () => {
        const tableNames = newTableNames(layout);
        const dynamoDbClient = engine.client();
        const streamsClient = newStreamsClient(engine);
        const requests = recordRequests(dynamoDbClient);

        beforeAll(() => createTables(layout, dynamoDbClient, tableNames));
        beforeEach(() => void requests.splice(0));
        afterAll(async () => {
          streamsClient.destroy();
          for (const tableName of new Set(Object.values(tableNames))) {
            await deleteEventTable(dynamoDbClient, { tableName });
          }
        });

        const eventStores = connectEventStores(layout, dynamoDbClient, tableNames);
        tests({ ...eventStores, engine, layout, dynamoDbClient, streamsClient, requests });
      });
    }
  });
};
