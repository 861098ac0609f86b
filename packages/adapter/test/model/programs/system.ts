import { BatchWriteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type TestEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import {
  createEventTable,
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  type EventTransformation,
} from '../../../src/index.js';
import type { Adapter } from '../../support.js';
import type { Place } from './eventsModel.js';

/** Three event stores share a table, one has its own; one takes no gaps, one spreads its first events over shards. */
export const STORES = [
  { eventStoreId: 'POKEMONS', layout: 'single-table', gapless: false, shards: {} },
  { eventStoreId: 'POKEMONS-2', layout: 'single-table', gapless: true, shards: {} },
  { eventStoreId: 'TRAINERS', layout: 'table-per-store', gapless: false, shards: {} },
  { eventStoreId: '2', layout: 'single-table', gapless: false, shards: { initialEventShards: 3 } },
] as const;

/** Some of them look like keys of another event store. */
export const AGGREGATE_IDS = [
  'pikachu',
  'POKEMONS-2#pikachu',
  '2#pikachu',
  '#',
  '__proto__',
  'Évoli 🦊',
  ']},"Items":[{"x":"',
  '"}}],"Count":1}',
];

const LAYOUTS = ['single-table', 'table-per-store'] as const;

/** The adapters under test: `writers` of them for each event store, each writer with a client of its own. */
export interface System {
  writers: Adapter[][];
  /** What lies in the tables, read without an adapter. */
  storedPlaces(): Promise<Place[]>;
  empty(): Promise<void>;
}

export const createSystem = (
  engine: TestEngine,
  writers: number,
  transformations: readonly EventTransformation[] = [],
): System & { create(): Promise<void>; delete(): Promise<void> } => {
  const client = engine.client();
  const tableNames = { 'single-table': uniqueTableName('programs'), 'table-per-store': uniqueTableName('programs') };
  const createAdapters = (dynamoDbClient: DynamoDBClient): Adapter[] =>
    STORES.map(({ layout, gapless, shards }) => {
      const options = { tableName: tableNames[layout], dynamoDbClient, gapless, transformations };
      return layout === 'single-table'
        ? new DynamoDbSingleTableEventStorageAdapter({ ...options, ...shards })
        : new DynamoDbEventStorageAdapter(options);
    });

  const keys = async (layout: (typeof LAYOUTS)[number]) => {
    const { Items = [] } = await client.send(
      new ScanCommand({
        TableName: tableNames[layout],
        ConsistentRead: true,
        ProjectionExpression: 'aggregateId, version',
      }),
    );
    return Items;
  };
  const toPlace = (layout: string, partitionKey: string, version: number): Place => {
    const store = STORES.findIndex(
      candidate =>
        candidate.layout === layout &&
        (layout !== 'single-table' || partitionKey.startsWith(`${candidate.eventStoreId}#`)),
    );
    const prefix = layout === 'single-table' ? `${STORES[store]?.eventStoreId}#`.length : 0;
    return { store, aggregateId: partitionKey.slice(prefix), version };
  };

  return {
    writers: Array.from({ length: writers }, () => createAdapters(engine.client())),
    async create() {
      await Promise.all(LAYOUTS.map(layout => createEventTable(client, { tableName: tableNames[layout], layout })));
    },
    async delete() {
      await Promise.all(LAYOUTS.map(layout => deleteEventTable(client, { tableName: tableNames[layout] })));
    },
    async storedPlaces() {
      const places = LAYOUTS.map(async layout =>
        (await keys(layout)).map(({ aggregateId, version }) =>
          toPlace(layout, aggregateId?.S ?? '', Number(version?.N)),
        ),
      );
      return (await Promise.all(places)).flat();
    },
    async empty() {
      for (const layout of LAYOUTS) {
        const requests = (await keys(layout)).map(Key => ({ DeleteRequest: { Key } }));
        while (requests.length > 0) {
          await client.send(
            new BatchWriteItemCommand({ RequestItems: { [tableNames[layout]]: requests.splice(0, 25) } }),
          );
        }
      }
    },
  };
};
