import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import type { EventStorageAdapter } from '@castore/core';
import { checkClient, checkObject, checkOptions, refuse } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  type EventTableLayout,
  eventTableDefinition,
} from '@castore-dynamodb/table';

import { checkLayout } from '../checks.js';
import { type EventTableDifference, EventTableMismatchError } from '../errors.js';
import { findEventStorage } from '../eventStorage.js';
import { checkTableName, describeTable, type EventTableReference, isActive } from './controlPlane.js';
import { TABLE_OPTIONS } from './createTableInput.js';

export interface EventTableState {
  /** DynamoDB's own word: `ACTIVE`, `CREATING`, `UPDATING`, `DELETING`… */
  readonly status: string;
  /** How the deployed table differs from `eventTableDefinition(layout)`; none if an adapter can use it. */
  readonly differences: readonly EventTableDifference[];
}

/**
 * How a deployed table differs from the one that the adapters expect. Further indexes and settings are no difference.
 *
 * Costs one DescribeTable request, which may take 10 s. Takes the options of `createEventTable` too.
 *
 * @throws InvalidArgumentError before any request; DynamoDB's ResourceNotFoundException if there is no such table.
 *
 * @example
 * const { status, differences } = await describeEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });
 */
export const describeEventTable = async (
  dynamoDbClient: DynamoDBClient,
  options: EventTableReference,
): Promise<EventTableState> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkOptions(options, 'options', TABLE_OPTIONS);
  checkTableName(options);
  checkLayout(options.layout, 'options.layout');
  const table = await describeTable(dynamoDbClient, options.tableName);
  const differences = eventTableDifferences(options.layout, table);
  return { status: table.TableStatus ?? 'UNKNOWN', differences };
};

/**
 * Checks that the table of an adapter, or of an event store's, is there and can be used: its keys, its index
 * `initialEvents`, their state. Meant for the start of an application. Pushes to a table of the wrong layout, or
 * without the index, succeed; when a listing fails later, every event has to be pushed again.
 *
 * Costs one DescribeTable request and no capacity units; needs the permission `dynamodb:DescribeTable` on the table.
 *
 * @throws EventTableMismatchError, which names each difference; DynamoDB's ResourceNotFoundException if there is no such
 *   table; InvalidArgumentError for an adapter that is not of this package.
 *
 * @example
 * await checkEventTable(pokemons);
 */
export const checkEventTable = async (
  adapterOrEventStore: EventStorageAdapter | { getEventStorageAdapter: () => EventStorageAdapter },
): Promise<void> => {
  const storage = findEventStorage(adapterOrEventStore) ?? findEventStorage(adapterOf(adapterOrEventStore));
  if (storage === undefined) {
    return refuse(
      'adapterOrEventStore',
      'an adapter of @castore-dynamodb/adapter, or an event store with one',
      adapterOrEventStore,
    );
  }
  const { layout, dynamoDbClient } = storage;
  const tableName = storage.tableName();
  const table = await describeTable(dynamoDbClient, tableName);
  const differences = [...eventTableDifferences(layout.name, table), ...findUnusable(table)];
  if (differences.length > 0) throw new EventTableMismatchError(tableName, layout.name, differences);
};

const adapterOf = (eventStore: unknown): unknown => {
  const { getEventStorageAdapter } = (eventStore ?? {}) as { getEventStorageAdapter?: unknown };
  return typeof getEventStorageAdapter === 'function' ? getEventStorageAdapter() : undefined;
};

const findUnusable = ({ TableStatus, GlobalSecondaryIndexes = [] }: TableDescription): EventTableDifference[] => {
  const index = GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === EVENT_TABLE_INITIAL_EVENT_INDEX_NAME);
  const states = [
    { what: 'status', status: TableStatus },
    { what: `index ${EVENT_TABLE_INITIAL_EVENT_INDEX_NAME}, status`, status: index?.IndexStatus },
  ];
  return states.flatMap(({ what, status }) =>
    status === undefined || isActive(status) ? [] : [{ what, expected: 'ACTIVE', actual: status }],
  );
};

/**
 * The differences of `describeEventTable`, of a table that somebody has described already. Sends no request.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const { Table: table = {} } = await dynamoDbClient.send(new DescribeTableCommand({ TableName: 'events' }));
 * for (const { what, expected, actual } of eventTableDifferences('single-table', table)) {
 *   console.log(`${what}: expected ${expected}, got ${actual}`);
 * }
 */
export const eventTableDifferences = (layout: EventTableLayout, table: EventTableShape): EventTableDifference[] => {
  checkLayout(layout, 'layout');
  checkObject(table, 'table');
  const actualFacts = tableFacts(table);
  return [...tableFacts(eventTableDefinition(layout))].flatMap(([what, expected]) => {
    const actual = actualFacts.get(what) ?? 'missing';
    return actual === expected ? [] : [{ what, expected, actual }];
  });
};

/** What matters of DynamoDB's description of a table. */
export type EventTableShape = Pick<TableDescription, 'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes'>;

/** What matters of a table, one line for each fact; a definition and a deployed table have the same shape. */
const tableFacts = ({
  AttributeDefinitions = [],
  KeySchema,
  GlobalSecondaryIndexes = [],
}: EventTableShape): Map<string, string> => {
  const describeKey = (schema: EventTableShape['KeySchema'], keyType: 'HASH' | 'RANGE'): string => {
    const name = schema?.find(({ KeyType }) => KeyType === keyType)?.AttributeName;
    const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
    return name === undefined ? 'missing' : `${name} (${type})`;
  };
  const facts = new Map([
    ['partition key', describeKey(KeySchema, 'HASH')],
    ['sort key', describeKey(KeySchema, 'RANGE')],
  ]);
  for (const { IndexName, KeySchema: indexKeySchema, Projection } of GlobalSecondaryIndexes) {
    facts.set(`index ${IndexName}, partition key`, describeKey(indexKeySchema, 'HASH'));
    facts.set(`index ${IndexName}, sort key`, describeKey(indexKeySchema, 'RANGE'));
    facts.set(`index ${IndexName}, projection`, Projection?.ProjectionType ?? 'missing');
  }
  return facts;
};
