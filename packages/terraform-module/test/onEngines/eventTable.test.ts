import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { createEventTable } from '@castore-dynamodb/adapter';
import { createProjectionTable } from '@castore-dynamodb/streams';
import {
  EVENT_TABLE_LAYOUTS,
  type EventTableOperation,
  eventTableDefinition,
  eventTableOperations,
  projectionTableDefinition,
} from '@castore-dynamodb/table';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { tableShape } from '@castore-dynamodb/testing/tableShape';
import { describeWithTerraform, type TerraformCommands } from '@castore-dynamodb/testing/terraform';
import { README } from '@castore-dynamodb/testing/terraformReadme';

import {
  configuration,
  type Deployment,
  deploymentOn,
  imports,
  overrides,
  switchToProvisioned,
  tableNamesOf,
  takenOver,
  WRAPPING_KEYS,
} from './configuration.js';
import { startEngineRouter } from './engineRouter.js';
import { describeIndexes, namesOf, updateIndexes } from './indexes.js';
import { allowedBy, neededBy, neededOfKeys, SNAPSHOTS, WITHOUT_A_DOCUMENT } from './policies.js';
import { commandsIn } from './printedCommands.js';

/** Reading the provider's schemas takes Terraform seconds, for each command. */
const SLOW = 180_000;

const UNPROTECTED = ['-var', 'deletion_protection_enabled=false'];

const describeTable = async (client: DynamoDBClient, TableName: string): Promise<TableDescription> => {
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
  return Table;
};

/** Terraform breaks the lines of its messages. */
const wordsOf = (output: string): string => output.replaceAll(/\s+/g, ' ');

describeWithTerraform('the module, deployed', terraform => {
  const root = join(terraform.folder, 'root');
  const deployments: Deployment[] = [];
  const clients: { client: DynamoDBClient; deployment: Deployment }[] = [];
  let router: Awaited<ReturnType<typeof startEngineRouter>> | undefined;
  let commands: TerraformCommands = terraform;
  let applied = '';
  let outputs: Record<string, { value: Record<string, string> }> = {};
  const outputsOf = (label: string): Record<string, string> => outputs[label]?.value ?? {};

  /** Deploys on all engines of the run together, and imports what exists there before the first apply, as the README says. */
  beforeAll(async () => {
    const endpoints = deployments.flatMap(each => tableNamesOf(each).map(name => [name, each.endpoint] as const));
    router = await startEngineRouter(new Map(endpoints));
    mkdirSync(root);
    commands = terraform.at(router.endpoint);
    writeFileSync(join(root, 'main.tf'), configuration(deployments));
    writeFileSync(join(root, 'existing.tf'), takenOver(deployments));
    writeFileSync(join(root, 'override.tf'), overrides(deployments));
    writeFileSync(
      join(root, 'variables.tf'),
      'variable "deletion_protection_enabled" {\n  type    = bool\n  default = true\n}\n',
    );
    await commands.succeed(root, ['init']);
    for (const { client, deployment } of clients) {
      const { label, tableName } = deployment.existing;
      await createEventTable(client, { tableName, layout: 'table-per-store' });
      await commands.succeed(root, ['import', `module.${label}.aws_dynamodb_table.this`, tableName]);
    }
    applied = await commands.succeed(root, ['apply', '-auto-approve']);
    outputs = JSON.parse(await commands.succeed(root, ['output', '-json']));
  }, SLOW);

  afterAll(() => router?.stop());

  describeOnSomeEngine('a table', ({ name, endpoint, client: newClient }) => {
    const deployment = deploymentOn(name, endpoint);
    deployments.push(deployment);
    const client = newClient();
    clients.push({ client, deployment });

    it.each(EVENT_TABLE_LAYOUTS)(
      'is one by module, by the module’s README and by createEventTable: %s',
      async layout => {
        const byAdapter = uniqueTableName('adapter');
        await createEventTable(client, { tableName: byAdapter, layout });
        const definition = tableShape(eventTableDefinition(layout));
        const deployed = [deployment.modules[layout].tableName, deployment.resources[layout].tableName];

        for (const tableName of [byAdapter, ...deployed]) {
          expect(tableShape(await describeTable(client, tableName))).toEqual(definition);
        }
        for (const tableName of deployed) {
          expect(await describeTable(client, tableName)).toMatchObject({
            BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
            DeletionProtectionEnabled: true,
          });
        }
      },
    );

    it('that exists is taken over, as the README says', async () => {
      expect(applied).toContain(` added, ${clients.length} changed, 0 destroyed.`);
      expect(await describeTable(client, deployment.existing.tableName)).toMatchObject({
        DeletionProtectionEnabled: true,
      });
    });

    it('of projections is one by module and by createProjectionTable', async () => {
      const byStreams = uniqueTableName('streams');
      await createProjectionTable(client, { tableName: byStreams });

      for (const tableName of [byStreams, deployment.projectionTable.tableName]) {
        expect(tableShape(await describeTable(client, tableName))).toEqual(tableShape(projectionTableDefinition()));
      }
    });

    it('has a policy document for each operation, which allows exactly what the operation needs', async () => {
      const { label, tableName } = deployment.modules['single-table'];
      const { TableArn: table = '' } = await describeTable(client, tableName);
      const { TableArn: projectionTable = '' } = await describeTable(client, deployment.projectionTable.tableName);
      const [index, anyStream] = [`${table}/index/initialEvents`, `${table}/stream/*`];
      const events = allowedBy(outputsOf(label));
      const views = allowedBy(outputsOf(deployment.projectionTable.label));
      const inTable = Object.keys(events) as EventTableOperation[];

      expect(events).toEqual({
        ...neededBy(inTable, { table, index, anyStream }),
        // Snapshots may be in another table than the events.
        ...neededBy(SNAPSHOTS, { snapshotTable: table }),
      });
      const inViews = neededBy(Object.keys(views) as EventTableOperation[], { projectionTable });
      for (const [operation, ofKeys] of Object.entries(neededOfKeys(WRAPPING_KEYS)))
        Object.assign(inViews[operation as EventTableOperation] ?? {}, ofKeys);
      expect(views).toEqual(inViews);
      expect(new Set([...inTable, ...Object.keys(views), ...Object.keys(WITHOUT_A_DOCUMENT)])).toEqual(
        new Set(Object.keys(eventTableOperations)),
      );
      expect(outputsOf(label)).toMatchObject({ name: tableName, arn: table, index_arn: index, stream_arn: null });
    });

    it('has the index that the README adds', async () => {
      const indexes = await describeIndexes(client, deployment.indexed.tableName);

      expect(namesOf(indexes)).toEqual(['byType', 'initialEvents']);
      expect(indexes.find(({ IndexName }) => IndexName === 'byType')).toMatchObject({
        KeySchema: [
          { AttributeName: 'type', KeyType: 'HASH' },
          { AttributeName: 'timestamp', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      });
    });

    it('gets an index and loses one, outside of Terraform', async () => {
      const create = {
        IndexName: 'byTenant',
        KeySchema: [{ AttributeName: 'tenant', KeyType: 'HASH' as const }],
        Projection: { ProjectionType: 'ALL' as const },
      };
      const added = {
        TableName: deployment.indexed.tableName,
        AttributeDefinitions: [{ AttributeName: 'tenant', AttributeType: 'S' as const }],
        GlobalSecondaryIndexUpdates: [{ Create: create }],
      };
      const deleted = {
        TableName: deployment.withoutIndex.tableName,
        GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'initialEvents' } }],
      };

      await updateIndexes(client, added, ['byTenant', 'byType', 'initialEvents']);
      await updateIndexes(client, deleted, []);
      expect(namesOf(await describeIndexes(client, deleted.TableName))).toEqual([]);
    });
  });

  it(
    'stays as it is when it is applied again, and prints the command that restores the index',
    async () => {
      const output = await commands.succeed(root, ['apply', '-auto-approve']);

      expect(output).toContain('Resources: 0 added, 0 changed, 0 destroyed.');
      for (const { client, deployment } of clients) {
        const [more, less] = [deployment.indexed.tableName, deployment.withoutIndex.tableName];
        expect(namesOf(await describeIndexes(client, more))).toEqual(['byTenant', 'byType', 'initialEvents']);
        expect(wordsOf(output)).not.toContain(`The table ${more} lacks`);
        expect(wordsOf(output)).toContain(`The table ${less} lacks the index initialEvents`);

        const printed = commandsIn(output, less);
        expect(printed).toHaveLength(1);
        for (const command of printed) await updateIndexes(client, command, ['initialEvents']);
        expect(tableShape(await describeTable(client, less))).toEqual(tableShape(eventTableDefinition('single-table')));
      }
    },
    SLOW,
  );

  it(
    'refuses in its own words a table of the other layout, or of other keys, and prints how to switch to provisioned capacity',
    async () => {
      for (const { client, deployment } of clients) {
        await createEventTable(client, { tableName: deployment.ofOtherLayout.tableName, layout: 'table-per-store' });
        await client.send(
          new CreateTableCommand({
            TableName: deployment.ofOtherKeys.tableName,
            BillingMode: 'PAY_PER_REQUEST',
            ...projectionTableDefinition(),
          }),
        );
      }
      writeFileSync(join(root, 'imports.tf'), imports(deployments));
      writeFileSync(join(root, 'provisioned_override.tf'), switchToProvisioned(deployments));
      await commands.succeed(root, ['get']);
      const { exitCode, output } = await commands.run(root, ['plan']);

      expect(exitCode).toBe(1);
      for (const { client, deployment } of clients) {
        const { tableName } = deployment.modules['table-per-store'];
        expect(wordsOf(output)).toContain(`The table ${deployment.ofOtherLayout.tableName} exists in the other layout`);
        expect(wordsOf(output)).toContain(`The table ${deployment.ofOtherKeys.tableName} exists with other keys`);
        expect(wordsOf(output)).not.toContain(`The table ${deployment.withoutIndex.tableName} lacks`);
        expect(wordsOf(output)).toContain(`The table ${tableName} is on-demand, and Terraform cannot switch it`);

        const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
        const [command, ...others] = commandsIn(output, tableName);
        expect(others).toEqual([]);
        expect(command).toMatchObject({
          BillingMode: 'PROVISIONED',
          GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'initialEvents', ProvisionedThroughput } }],
        });
        await updateIndexes(client, command ?? { TableName: tableName }, ['initialEvents']);
        expect(await describeTable(client, tableName)).toMatchObject({ ProvisionedThroughput });
      }
      for (const file of ['imports.tf', 'provisioned_override.tf']) rmSync(join(root, file));
    },
    SLOW,
  );

  it(
    'loses an index, and goes itself, as the README says',
    async () => {
      for (const { client, deployment } of clients) {
        const { tableName } = deployment.indexed;
        for (const command of commandsIn(README, 'indexed-events')) {
          await updateIndexes(client, { ...command, TableName: tableName }, ['byTenant', 'initialEvents']);
        }
        expect(namesOf(await describeIndexes(client, tableName))).toEqual(['byTenant', 'initialEvents']);
      }
      await commands.succeed(root, ['apply', '-auto-approve', ...UNPROTECTED]);
      await commands.succeed(root, ['destroy', '-auto-approve', ...UNPROTECTED]);
      expect(await commands.succeed(root, ['state', 'list'])).toBe('');
    },
    SLOW,
  );
});
