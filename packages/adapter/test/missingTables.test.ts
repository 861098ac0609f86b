import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventStore, EventType, type GroupedEvent } from '@castore/core';
import { eventTableDefinition } from '@castore-dynamodb/table';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import {
  checkEventTable,
  createEventTable,
  DynamoDbEventStorageAdapter,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  describeEventTable,
  type EventTableLayout,
  pushEventsTransaction,
} from '../src/index.js';
import { type Adapter, caught, context, createAdapter, rejection } from './support.js';

const grouped = (adapter: Adapter, version = 1): GroupedEvent => {
  const { timestamp: _, ...event } = caught('pikachu', version);
  return Object.assign(adapter.groupEvent(event), { context });
};

const createTableWithoutIndex = (client: DynamoDBClient, TableName: string, keys = ['aggregateId', 'version']) =>
  client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: keys[0], AttributeType: 'S' },
        { AttributeName: keys[1], AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: keys[0], KeyType: 'HASH' },
        { AttributeName: keys[1], KeyType: 'RANGE' },
      ],
    }),
  );

describeOnEveryEngine('a table that is not there', engine => {
  const client = engine.client();
  const tableName = uniqueTableName('missing');
  const adapter = new DynamoDbEventStorageAdapter({ tableName, dynamoDbClient: client });
  const gapless = new DynamoDbEventStorageAdapter({ tableName, dynamoDbClient: client, gapless: true });
  const reference = { tableName, layout: 'table-per-store' } as const;

  it.each<[string, () => Promise<unknown>]>([
    ['getEvents', () => adapter.getEvents('pikachu', context)],
    ['streamEvents', () => adapter.streamEvents('pikachu', context).next()],
    ['pushEvent', () => adapter.pushEvent(caught('pikachu', 1), context)],
    ['pushEvent of a gapless adapter', () => gapless.pushEvent(caught('pikachu', 2), context)],
    ['listAggregateIds', () => adapter.listAggregateIds(context)],
    ['pushEventGroup', () => pushEventsTransaction([grouped(adapter), grouped(adapter, 2)])],
    ['describeEventTable', () => describeEventTable(client, reference)],
    ['checkEventTable', () => checkEventTable(adapter)],
  ])('is named by %s, in the error of the SDK', async (_, act) => {
    const error = await rejection(act());
    expect(error).toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } });
    expect((error as Error).message).toContain(JSON.stringify(tableName));
  });

  it('is named beside the other tables of a group', async () => {
    const other = uniqueTableName('other');
    await createEventTable(client, { ...reference, tableName: other });
    const there = new DynamoDbEventStorageAdapter({ tableName: other, dynamoDbClient: client });
    const error = await rejection(pushEventsTransaction([grouped(there), grouped(adapter, 2)]));
    expect(error).toMatchObject({ name: 'ResourceNotFoundException' });
    expect((error as Error).message).toContain(`Table "${other}" or "${tableName}": `);
    await expect(there.getEvents('pikachu', context)).resolves.toStrictEqual({ events: [] });
    await deleteEventTable(client, { tableName: other });
  });
});

describeOnEveryEngine('a table of another shape', engine => {
  const client = engine.client();
  const wrongLayout = uniqueTableName('layout');
  const noIndex = uniqueTableName('no-index');
  const wrongKeys = uniqueTableName('keys');
  const storeOf = (eventStorageAdapter: Adapter) =>
    new EventStore({
      ...context,
      eventTypes: [new EventType<'POKEMON_CAUGHT'>({ type: 'POKEMON_CAUGHT' })],
      reducer: (_: unknown, { aggregateId, version }) => ({ aggregateId, version }),
      eventStorageAdapter,
    });

  beforeAll(async () => {
    await createEventTable(client, { tableName: wrongLayout, layout: 'table-per-store' });
    await createTableWithoutIndex(client, noIndex);
    await createTableWithoutIndex(client, wrongKeys, ['pk', 'sk']);
  });
  afterAll(async () => {
    for (const tableName of [wrongLayout, noIndex, wrongKeys]) await deleteEventTable(client, { tableName });
  });

  it.each([
    ['of the other layout', wrongLayout],
    ['without the index', noIndex],
  ])('%s fails a listing with its name, what is wrong, and how to see it at start', async (_, tableName) => {
    const adapter = createAdapter('single-table', tableName, client);
    await adapter.pushEvent(caught('pikachu', 1), context);
    const error = (await rejection(adapter.listAggregateIds(context))) as Error;
    expect(error).toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
    expect(error.message).toContain(JSON.stringify(tableName));
    expect(error.message).toContain('initialEvents');
    expect(error.message).toContain('checkEventTable');
  });

  it.each<[string, string, EventTableLayout, string[]]>([
    ['of the other layout', wrongLayout, 'single-table', ['index initialEvents, partition key']],
    [
      'without the index',
      noIndex,
      'table-per-store',
      ['index initialEvents, partition key', 'initialEvents, sort key'],
    ],
    ['with other keys', wrongKeys, 'single-table', ['partition key', 'sort key']],
  ])('%s is refused by checkEventTable, by adapter and event store', async (_, tableName, layout, differences) => {
    const adapter = createAdapter(layout, tableName, client);
    for (const given of [adapter, storeOf(adapter)]) {
      const error = (await rejection(checkEventTable(given))) as Error;
      expect(error).toMatchObject({ code: 'EventTableMismatchError', tableName });
      for (const difference of differences) expect(error.message).toContain(difference);
    }
  });

  it.each(['table-per-store', 'single-table'] as const)('is not one of layout %s as it is defined', async layout => {
    const tableName = uniqueTableName('right');
    await createEventTable(client, { tableName, layout });
    await expect(checkEventTable(createAdapter(layout, tableName, client))).resolves.toBeUndefined();
    await deleteEventTable(client, { tableName });
  });

  it('with other keys is named by every operation', async () => {
    const adapter = new DynamoDbSingleTableEventStorageAdapter({ tableName: wrongKeys, dynamoDbClient: client });
    for (const act of [
      () => adapter.getEvents('pikachu', context),
      () => adapter.pushEvent(caught('pikachu', 1), context),
      () => adapter.listAggregateIds(context),
    ]) {
      const error = (await rejection(act())) as Error;
      expect(error).toMatchObject({ name: 'ValidationException' });
      expect(error.message).toContain(JSON.stringify(wrongKeys));
    }
  });
});

describe('checkEventTable', () => {
  const answering = (table: object) =>
    new DynamoDbSingleTableEventStorageAdapter({
      tableName: 'events',
      dynamoDbClient: { send: async () => ({ Table: table }) } as unknown as DynamoDBClient,
    });
  const definition = eventTableDefinition('single-table');

  it.each([
    ['is being created', 'CREATING', 'ACTIVE', 'status'],
    ['has an index that is being filled', 'ACTIVE', 'CREATING', 'index initialEvents, status'],
  ])('refuses a table that %s', async (_, TableStatus, IndexStatus, what) => {
    const GlobalSecondaryIndexes = definition.GlobalSecondaryIndexes.map(index => ({ ...index, IndexStatus }));
    await expect(
      checkEventTable(answering({ ...definition, TableStatus, GlobalSecondaryIndexes })),
    ).rejects.toMatchObject({ differences: [{ what, expected: 'ACTIVE', actual: 'CREATING' }] });
  });

  it('takes a table whose settings are being changed, with further indexes', async () => {
    const [index] = definition.GlobalSecondaryIndexes;
    const GlobalSecondaryIndexes = [
      { ...index, IndexStatus: 'UPDATING' },
      { ...index, IndexName: 'byType', IndexStatus: 'CREATING' },
    ];
    await checkEventTable(answering({ ...definition, TableStatus: 'UPDATING', GlobalSecondaryIndexes }));
  });
});
