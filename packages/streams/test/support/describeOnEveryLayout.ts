import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventTableLayout } from '@castore-dynamodb/adapter';
import type { TestEngine } from '@castore-dynamodb/testing/engines';
import * as eventTables from '@castore-dynamodb/testing/eventTables';
import type { RecordedRequest } from '@castore-dynamodb/testing/recordRequests';

import { connectEventStores, type EventStores } from './eventStores.js';
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
export const describeOnEveryLayout = (name: string, tests: Tests): void => describeOn({}, name, tests);

/** For what compares units of transactions. */
export const describeWithExactUnits = (name: string, tests: Tests): void =>
  describeOn({ engines: eventTables.EXACT_UNITS }, name, tests);

/** For what has nothing to do with the layout. */
export const describeOnOneLayout = (name: string, tests: Tests, engines: 'every' | 'one' = 'every'): void =>
  describeOn({ layouts: ['single-table'], engines }, name, tests);

/** For what has nothing to do with the engine either, and takes time. */
export const describeOnOneTable = (name: string, tests: Tests): void =>
  describeOn({ layouts: ['single-table'], engines: 'one' }, name, tests);

const describeOn = (
  where: Pick<eventTables.EventTablesOptions<string>, 'layouts' | 'engines'>,
  name: string,
  tests: Tests,
): void =>
  eventTables.describeOnEveryLayout(
    name,
    tables => {
      const streamsClient = newStreamsClient(tables.engine);
      afterAll(() => streamsClient.destroy());
      const eventStores = connectEventStores(tables.layout, tables.dynamoDbClient, tables.tableNames);
      tests({ ...tables, ...eventStores, streamsClient });
    },
    { ...where, stores: ['pokemons', 'trainers'], stream: true },
  );
