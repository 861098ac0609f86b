import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { createEventTable } from '@castore-dynamodb/adapter';
import { EVENT_TABLE_LAYOUTS, type EventTableLayout, eventTableDefinition } from '@castore-dynamodb/table';
import { createTableRequest } from '@castore-dynamodb/testing/createTableRequest';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { type TableShape, tableShape } from '@castore-dynamodb/testing/tableShape';

import { type DescribedTable, printedTable, synthesizedTable } from './oneTable/cloudFormation.js';
import { comparePermissions } from './oneTable/comparePermissions.js';

const forEachLayout = <T>(make: (layout: EventTableLayout) => T): Record<EventTableLayout, T> => ({
  'single-table': make('single-table'),
  'table-per-store': make('table-per-store'),
});

const describeTable = async (client: DynamoDBClient, TableName: string): Promise<TableDescription> => {
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
  return Table;
};

const createFromTemplate = async (client: DynamoDBClient, { resource }: DescribedTable): Promise<TableDescription> => {
  const tableName = uniqueTableName('template');
  await client.send(new CreateTableCommand(createTableRequest(resource(), tableName)));
  return describeTable(client, tableName);
};

const createByAdapter = async (client: DynamoDBClient, layout: EventTableLayout): Promise<TableDescription> => {
  const tableName = uniqueTableName('adapter');
  await createEventTable(client, { tableName, layout });
  return describeTable(client, tableName);
};

/** All are compared with the first, and so with one another; the failure says which ones differ, and in what. */
const expectOneTable = (layout: EventTableLayout, tables: Record<string, TableDescription>): void => {
  const shapes: Record<string, TableShape> = { eventTableDefinition: tableShape(eventTableDefinition(layout)) };
  for (const [by, table] of Object.entries(tables)) shapes[by] = tableShape(table);

  expect(shapes).toEqual(Object.fromEntries(Object.keys(shapes).map(by => [by, shapes['eventTableDefinition']])));
};

const synthesized = forEachLayout(synthesizedTable);
const printed = forEachLayout(printedTable);

describeOnEveryEngine('the event table', ({ client: newClient }) => {
  const client = newClient();

  it.each(EVENT_TABLE_LAYOUTS)('is one by createEventTable, by CDK and by the README for CDK: %s', async layout => {
    expectOneTable(layout, {
      createEventTable: await createByAdapter(client, layout),
      'the CDK construct': await createFromTemplate(client, synthesized[layout]),
      'the template in the README of the CDK construct': await createFromTemplate(client, printed[layout]),
    });
  });

  it('grants by CDK what an adapter’s requests need, action by action', async () => {
    const deploy = async (layout: EventTableLayout) => {
      const { TableName = '', TableArn = '' } = await createFromTemplate(client, synthesized[layout]);
      return { layout, tableName: TableName, tableArn: TableArn, grants: synthesized[layout].grants(TableArn) };
    };
    const tables = await Promise.all([deploy('single-table'), deploy('table-per-store')]);
    const { needed, granted } = await comparePermissions(newClient(), tables);

    expect(needed).toStrictEqual(granted);
    expect([...new Set(Object.values(needed).flat())].toSorted()).toStrictEqual(
      tables.flatMap(({ grants }) => grants.readWrite).toSorted(),
    );
  });
});
