import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { eventTableDefinition } from '@castore-dynamodb/table';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { createEventTable, deleteEventTable, describeEventTable, EventTableMismatchError } from '../src/index.js';
import { rejection } from './support.js';

const exists = async (client: DynamoDBClient, TableName: string): Promise<boolean> => {
  try {
    await client.send(new DescribeTableCommand({ TableName }));
    return true;
  } catch {
    return false;
  }
};

describeOnEveryEngine('an event table', engine => {
  const client = engine.client();

  describe.each(['single-table', 'table-per-store'] as const)('in layout %s', layout => {
    it('is created as defined, and ready when createEventTable resolves', async () => {
      const tableName = uniqueTableName();
      await createEventTable(client, { tableName, layout });

      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
      const definition = eventTableDefinition(layout);
      expect(Table).toMatchObject({
        TableStatus: 'ACTIVE',
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        KeySchema: definition.KeySchema,
        GlobalSecondaryIndexes: [{ ...definition.GlobalSecondaryIndexes[0], IndexStatus: 'ACTIVE' }],
      });
      expect(Table?.AttributeDefinitions).toHaveLength(4);
      expect(Table?.AttributeDefinitions).toEqual(expect.arrayContaining(definition.AttributeDefinitions));
      await expect(describeEventTable(client, { tableName, layout })).resolves.toStrictEqual({
        status: 'ACTIVE',
        differences: [],
      });
      await deleteEventTable(client, { tableName });
    });

    it('may be created twice, also at the same time, and deleted twice', async () => {
      const tableName = uniqueTableName();
      await Promise.all([1, 2, 3].map(() => createEventTable(client, { tableName, layout })));
      await createEventTable(client, { tableName, layout });
      await expect(exists(client, tableName)).resolves.toBe(true);

      await Promise.all([1, 2, 3].map(() => deleteEventTable(client, { tableName })));
      await deleteEventTable(client, { tableName });
      await expect(exists(client, tableName)).resolves.toBe(false);
    });
  });

  it('is distinguished from a table of another shape, difference by difference', async () => {
    const tableName = uniqueTableName();
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'version', AttributeType: 'S' },
          { AttributeName: 'eventStoreId', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'version', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'initialEvents',
            KeySchema: [{ AttributeName: 'eventStoreId', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
    const differences = [
      { what: 'partition key', expected: 'aggregateId (S)', actual: 'pk (S)' },
      { what: 'sort key', expected: 'version (N)', actual: 'version (S)' },
      { what: 'index initialEvents, sort key', expected: 'timestamp (S)', actual: 'missing' },
      { what: 'index initialEvents, projection', expected: 'KEYS_ONLY', actual: 'ALL' },
    ];

    await expect(describeEventTable(client, { tableName, layout: 'single-table' })).resolves.toStrictEqual({
      status: 'ACTIVE',
      differences,
    });
    const error = await rejection(createEventTable(client, { tableName, layout: 'single-table' }));
    expect(error).toBeInstanceOf(EventTableMismatchError);
    expect(error).toMatchObject({ code: 'EventTableMismatchError', tableName, differences });
    for (const { what } of differences) expect((error as Error).message).toContain(what);
    await deleteEventTable(client, { tableName });
  });

  it('names an index that is missing', async () => {
    const tableName = uniqueTableName();
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: eventTableDefinition('single-table').AttributeDefinitions.slice(0, 2),
        KeySchema: eventTableDefinition('single-table').KeySchema,
      }),
    );
    const { differences } = await describeEventTable(client, { tableName, layout: 'single-table' });
    expect(differences.map(({ what, actual }) => [what, actual])).toStrictEqual([
      ['index initialEvents, partition key', 'missing'],
      ['index initialEvents, sort key', 'missing'],
      ['index initialEvents, projection', 'missing'],
    ]);
    await deleteEventTable(client, { tableName });
  });

  it("passes DynamoDB's own error on if there is no table to describe", async () => {
    const error = await rejection(describeEventTable(client, { tableName: uniqueTableName(), layout: 'single-table' }));
    expect(error).toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } });
  });

  it('refuses a wrong name or layout', async () => {
    const unnamed = await rejection(createEventTable(client, { tableName: '', layout: 'single-table' }));
    expect(unnamed).toMatchObject({ code: 'InvalidArgumentError', argument: 'options.tableName' });
    const unknown = await rejection(createEventTable(client, { tableName: 'any', layout: 'two-tables' as never }));
    expect(unknown).toMatchObject({ message: expect.stringContaining("'table-per-store'") });
  });
});
