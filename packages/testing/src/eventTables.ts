import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createEventTable,
  DynamoDbEventStorageAdapter,
  type DynamoDbEventStorageAdapterOptions,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  type EventTableLayout,
} from '@castore-dynamodb/adapter';
import type { EngineName } from '@castore-dynamodb/local';

import { describeOnEveryEngine, describeOnOneEngine, ENGINES, type TestEngine, uniqueTableName } from './engines.js';
import { isSoak, preset } from './preset.js';
import { type RecordedRequest, recordRequests } from './recordRequests.js';

export type Adapter = DynamoDbEventStorageAdapter | DynamoDbSingleTableEventStorageAdapter;

/** An adapter for a table of the layout. */
export const newAdapter = (layout: EventTableLayout, options: DynamoDbEventStorageAdapterOptions): Adapter =>
  layout === 'single-table'
    ? new DynamoDbSingleTableEventStorageAdapter(options)
    : new DynamoDbEventStorageAdapter(options);

/** One engine and layout, with tables of their own. */
export interface EventTables<STORE extends string = 'events'> {
  engine: TestEngine;
  layout: EventTableLayout;
  dynamoDbClient: DynamoDBClient;
  /** The table of each event store: one and the same in layout `single-table`. */
  tableNames: Record<STORE, string>;
  /** Every request of `dynamoDbClient` since the last test began. */
  requests: RecordedRequest[];
}

export interface EventTablesOptions<STORE extends string> {
  /** @default both */
  layouts?: readonly EventTableLayout[] | undefined;
  /** @default every one that this machine has */
  engines?: 'every' | 'one';
  /**
   * Whether they run on every engine and in every layout within `npm test`, each engine with one layout; the others run on
   * one pair. In `npm run test:soak`, all of them run on every pair.
   *
   * @default false. The tests of the adapter do, as it alone writes and reads the layouts.
   */
  inTurns?: boolean;
  /** @default one, `events` */
  stores?: readonly STORE[];
  /** Whether the tables have a stream. @default false */
  stream?: boolean;
}

/** The engines of tests that compare units of transactions: Dynoxide counts them as DynamoDB does, DynamoDB Local does not. */
export const EXACT_UNITS = preset<'every' | 'one'>({ quick: 'one', soak: 'every' });

const LAYOUTS: readonly EventTableLayout[] = ['single-table', 'table-per-store'];

/**
 * The layouts that tests run on an engine with: within `npm test`, each engine gets one layout, and each layout one engine.
 * The name of the tests decides, so that many tests have every pair among them.
 */
export const layoutsOn = (
  { engine }: Pick<TestEngine, 'engine'>,
  name: string,
  layouts: readonly EventTableLayout[] = LAYOUTS,
): readonly EventTableLayout[] =>
  layouts.filter((_, index) => {
    const place = index + ENGINES.indexOf(engine) + name.length;
    return isSoak || place % Math.min(ENGINES.length, layouts.length) === 0;
  });

/**
 * Of all pairs of an engine and a layout, those that the tests run on: one within `npm test`. The name of the tests decides,
 * so that a package with many of them is tested on every pair.
 */
const pairsOf = (name: string, layouts: readonly EventTableLayout[]) => {
  const pairs = ENGINES.flatMap(engine => layouts.map(layout => ({ engine, layout })));
  const sum = Buffer.from(name).reduce((total, byte) => total + byte, 0);
  return isSoak ? pairs : pairs.filter((_, index) => index === sum % pairs.length);
};

/** Runs the tests on every engine and every layout: the harness of every test of storage. */
export const describeOnEveryLayout = <STORE extends string = 'events'>(
  name: string,
  tests: (tables: EventTables<STORE>) => void,
  {
    layouts = LAYOUTS,
    engines = 'every',
    inTurns = false,
    stores = ['events' as STORE],
    stream = false,
  }: EventTablesOptions<STORE> = {},
): void => {
  const pairs = pairsOf(name, layouts);
  const layoutsOf = (engine: EngineName): readonly EventTableLayout[] => {
    if (engines === 'one') return layouts;
    if (inTurns) return layoutsOn({ engine }, name, layouts);
    return layouts.filter(layout => pairs.some(pair => pair.engine === engine && pair.layout === layout));
  };
  const describeOn = engines === 'one' ? describeOnOneEngine : describeOnEveryEngine;
  const testsOn = (engine: TestEngine): void => {
    for (const layout of layoutsOf(engine.engine)) {
      describe(`in layout ${layout}`, () => {
        const shared = uniqueTableName('events');
        const tableNames = Object.fromEntries(
          stores.map(store => [store, layout === 'single-table' ? shared : uniqueTableName(store)]),
        ) as Record<STORE, string>;
        const all = [...new Set<string>(Object.values(tableNames))];
        const dynamoDbClient = engine.client();
        const requests = recordRequests(dynamoDbClient);

        beforeAll(() =>
          Promise.all(all.map(tableName => createEventTable(dynamoDbClient, { tableName, layout, stream }))),
        );
        beforeEach(() => void requests.splice(0));
        afterAll(() => Promise.all(all.map(tableName => deleteEventTable(dynamoDbClient, { tableName }))));

        tests({ engine, layout, dynamoDbClient, tableNames, requests });
      });
    }
  };
  describeOn(name, testsOn, engine => layoutsOf(engine).length > 0);
};

let lastAggregate = 0;

/** An id that no other test of the file uses. */
export const newAggregateId = (): string => `pikachu-${++lastAggregate}`;

/** `Query 1.5`: the operations, in the order in which they were sent, and what each cost. */
export const costs = (requests: readonly RecordedRequest[]): string[] =>
  requests.map(({ operation, units }) => `${operation} ${units}`);

export const operations = (requests: readonly RecordedRequest[]): string[] =>
  requests.map(({ operation }) => operation);

/** What a promise is rejected with. */
export const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail, and did not.');
};
