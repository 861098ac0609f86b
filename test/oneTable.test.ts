import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { createEventTable } from '@castore-dynamodb/adapter';
import { EVENT_TABLE_LAYOUTS, type EventTableLayout, eventTableDefinition } from '@castore-dynamodb/table';

import { createTableRequest } from '../test-support/createTableRequest.js';
import { describeOnEveryEngine, uniqueTableName } from '../test-support/engines.js';
import { describeWithTerraform } from '../test-support/terraform.js';
import { type DescribedTable, printedTable, synthesizedTable } from './oneTable/cloudFormation.js';
import { startEngineRouter } from './oneTable/engineRouter.js';
import { comparePermissions, permissionsIn } from './oneTable/permissions.js';
import { type TableShape, tableShape } from './oneTable/tableShape.js';
import {
  configuration,
  type Deployment,
  deploymentOn,
  overrides,
  tablesOf,
} from './oneTable/terraformConfiguration.js';

/** Reading the provider's schemas takes Terraform seconds, for each command. */
const SLOW = 180_000;

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

describeWithTerraform('the event table by Terraform', terraform => {
  const root = join(terraform.folder, 'root');
  const deployments: Deployment[] = [];
  let router: Awaited<ReturnType<typeof startEngineRouter>> | undefined;
  let outputs: Record<string, { value: Record<string, string> }> = {};

  /** Deploys on all engines together. */
  beforeAll(async () => {
    const endpoints = deployments.flatMap(each =>
      tablesOf(each).map(({ tableName }) => [tableName, each.endpoint] as const),
    );
    router = await startEngineRouter(new Map(endpoints));
    mkdirSync(root);
    writeFileSync(join(root, 'main.tf'), configuration(deployments));
    writeFileSync(join(root, 'override.tf'), overrides(deployments, router.endpoint));
    writeFileSync(
      join(root, 'variables.tf'),
      'variable "deletion_protection_enabled" {\n  type    = bool\n  default = true\n}\n',
    );
    await terraform.succeed(root, ['init']);
    await terraform.succeed(root, ['apply', '-auto-approve']);
    outputs = JSON.parse(await terraform.succeed(root, ['output', '-json']));
  }, SLOW);

  afterAll(() => router?.stop());

  describeOnEveryEngine('deployed', ({ name, endpoint, client: newClient }) => {
    const deployment = deploymentOn(name, endpoint);
    const { modules, resources } = deployment;
    deployments.push(deployment);
    const client = newClient();

    it.each(EVENT_TABLE_LAYOUTS)(
      'is one by module, by the module’s README and by createEventTable: %s',
      async layout => {
        const module = await describeTable(client, modules[layout].tableName);
        const resource = await describeTable(client, resources[layout].tableName);

        expectOneTable(layout, {
          createEventTable: await createByAdapter(client, layout),
          'the Terraform module': module,
          'the resource in the README of the Terraform module': resource,
        });
        for (const table of [module, resource]) {
          expect(table).toMatchObject({
            BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
            DeletionProtectionEnabled: true,
          });
        }
      },
    );

    it('is allowed in its policy documents what an adapter’s requests need, action by action', async () => {
      const deployed = async (layout: EventTableLayout) => {
        const { label, tableName } = modules[layout];
        const { TableArn: tableArn = '' } = await describeTable(client, tableName);
        const output = outputs[label]?.value ?? {};
        const allowedBy = (document: string) => permissionsIn(JSON.parse(output[document] ?? '').Statement);
        const grants = {
          getEvents: allowedBy('get_events_policy_json'),
          pushEvent: allowedBy('push_event_policy_json'),
          listAggregateIds: allowedBy('list_aggregate_ids_policy_json'),
        };
        expect(output).toMatchObject({
          name: tableName,
          arn: tableArn,
          index_arn: `${tableArn}/index/initialEvents`,
          stream_arn: null,
        });
        return { layout, tableName, tableArn, grants };
      };
      const { needed, granted } = await comparePermissions(newClient(), [
        await deployed('single-table'),
        await deployed('table-per-store'),
      ]);

      expect(needed).toStrictEqual(granted);
    });
  });

  it(
    'stays as it is when it is applied again',
    async () => {
      expect(await terraform.succeed(root, ['apply', '-auto-approve'])).toContain(
        'Resources: 0 added, 0 changed, 0 destroyed.',
      );
    },
    SLOW,
  );

  it(
    'goes as the README of the module says',
    async () => {
      await terraform.succeed(root, ['apply', '-auto-approve', '-var', 'deletion_protection_enabled=false']);
      await terraform.succeed(root, ['destroy', '-auto-approve', '-var', 'deletion_protection_enabled=false']);
      expect(await terraform.succeed(root, ['state', 'list'])).toBe('');
    },
    SLOW,
  );
});
