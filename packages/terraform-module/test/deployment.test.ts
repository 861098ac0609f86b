import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { EVENT_TABLE_LAYOUTS, eventTableDefinition } from '@castore-dynamodb/table';

import { definitionOf } from '../../../test-support/createTableRequest.js';
import { describeOnEveryEngine } from '../../../test-support/engines.js';
import { type RecordedRequest, recordRequests } from '../../../test-support/recordRequests.js';
import { describeWithTerraform } from '../../../test-support/terraform.js';
import { configuration, type Deployment, deploymentOn, overrides, tablesOf } from './deployments.js';
import { startEngineRouter } from './engineRouter.js';

/** Reading the provider's schemas takes Terraform seconds, for each command. */
const SLOW = 180_000;

const describeTable = async (client: DynamoDBClient, TableName: string): Promise<TableDescription> => {
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
  return Table;
};

/** The IAM action and the ARN that a request needs to be allowed. */
const needOf = (tableArn: string, { operation, input }: RecordedRequest): string => {
  const index = typeof input['IndexName'] === 'string' ? `/index/${input['IndexName']}` : '';
  if (operation !== 'TransactWriteItems') return `dynamodb:${operation} on ${tableArn}${index}`;

  const actions = (input['TransactItems'] as object[]).flatMap(item => Object.keys(item));
  return `dynamodb:${[...new Set(actions)].map(action => `${action}Item`).join()} on ${tableArn}`;
};

const allowedBy = (policyJson: string | undefined): string[] => {
  const { Statement } = JSON.parse(policyJson ?? '') as { Statement: { Action: string; Resource: string }[] };
  return Statement.map(({ Action, Resource }) => `${Action} on ${Resource}`);
};

describeWithTerraform('the module, deployed', terraform => {
  const root = join(terraform.folder, 'root');
  const deployments: Deployment[] = [];
  let router: Awaited<ReturnType<typeof startEngineRouter>> | undefined;
  let applied: Promise<Record<string, { value: Record<string, string> }>> | undefined;

  /** Deploys on all engines together, the first time that it is called, and returns the outputs. */
  const apply = () =>
    (applied ??= (async () => {
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

      return JSON.parse(await terraform.succeed(root, ['output', '-json']));
    })());

  beforeAll(apply, SLOW);
  afterAll(() => router?.stop());

  describeOnEveryEngine('the tables', ({ name, endpoint, client: newClient }) => {
    const deployment = deploymentOn(name, endpoint);
    deployments.push(deployment);
    const client = newClient();

    it.each(EVENT_TABLE_LAYOUTS)('are those of eventTableDefinition: %s', async layout => {
      const definition = eventTableDefinition(layout);
      for (const { tableName } of [deployment.modules[layout], deployment.resources[layout]]) {
        const table = await describeTable(client, tableName);

        expect(definitionOf(table, definition)).toEqual(definition);
        expect(table).toMatchObject({
          BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
          DeletionProtectionEnabled: true,
        });
      }
    });

    it.each(EVENT_TABLE_LAYOUTS)('serve an adapter, which needs what the policy documents allow: %s', async layout => {
      const { label, tableName } = deployment.modules[layout];
      const output = (await apply())[label]?.value ?? {};
      const { TableArn = '' } = await describeTable(client, tableName);
      const dynamoDbClient = newClient();
      const requests = recordRequests(dynamoDbClient);
      const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
      const adapter = new Adapter({ tableName: output['name'] ?? '', dynamoDbClient });
      const context = { eventStoreId: 'ORDERS' };
      const needsOf = async (operation: () => Promise<unknown>): Promise<string[]> => {
        requests.length = 0;
        await operation();
        return [...new Set(requests.map(request => needOf(TableArn, request)))];
      };
      const grouped = (version: number) =>
        Object.assign(adapter.groupEvent({ aggregateId: 'order', version, type: 'CHANGED' }), { context });

      const needs = {
        pushEvent: await needsOf(() =>
          adapter.pushEvent({ aggregateId: 'order', version: 1, type: 'PLACED' }, context),
        ),
        pushEventGroup: await needsOf(() => adapter.pushEventGroup({}, grouped(2), grouped(3))),
        getEvents: await needsOf(() => adapter.getEvents('order', context)),
        listAggregateIds: await needsOf(() => adapter.listAggregateIds(context)),
      };

      expect(needs).toStrictEqual({
        pushEvent: allowedBy(output['push_event_policy_json']),
        pushEventGroup: allowedBy(output['push_event_policy_json']),
        getEvents: allowedBy(output['get_events_policy_json']),
        listAggregateIds: allowedBy(output['list_aggregate_ids_policy_json']),
      });
      expect(output).toMatchObject({ arn: TableArn, index_arn: `${TableArn}/index/initialEvents`, stream_arn: null });
    });
  });

  it(
    'stay as they are when they are applied again',
    async () => {
      expect(await terraform.run(root, ['plan', '-detailed-exitcode'])).toMatchObject({ exitCode: 0 });
    },
    SLOW,
  );

  it(
    'go as the README says',
    async () => {
      await terraform.succeed(root, ['apply', '-auto-approve', '-var', 'deletion_protection_enabled=false']);
      await terraform.succeed(root, ['destroy', '-auto-approve', '-var', 'deletion_protection_enabled=false']);
      expect(await terraform.succeed(root, ['state', 'list'])).toBe('');
    },
    SLOW,
  );
});
