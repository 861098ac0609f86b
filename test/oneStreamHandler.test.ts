import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createProjectionTable } from '@castore-dynamodb/streams';
import { eventTableOperations } from '@castore-dynamodb/table';
import { createTableRequest } from '@castore-dynamodb/testing/createTableRequest';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeWithTerraform } from '@castore-dynamodb/testing/terraform';

import { cdkFailureQueue, cdkProjectionTable, cdkStreamHandler } from './oneStreamHandler/cdkStreamHandler.js';
import { projectorOn } from './oneStreamHandler/projector.js';
import { startSts } from './oneStreamHandler/startSts.js';
import { DEPLOYED, VARIANTS, type Variant } from './oneStreamHandler/streamHandlerShape.js';
import {
  configuration,
  type Plan,
  terraformBesideNewQueue,
  terraformFailureQueue,
  terraformStreamHandler,
} from './oneStreamHandler/terraformStreamHandler.js';
import { distinct, permissionsFor, watchRequests } from './permissions.js';

/** Reading the provider's schemas takes Terraform seconds, for each command. */
const SLOW = 180_000;

const variants = Object.keys(VARIANTS) as Variant[];
const byCdk = { defaults: cdkStreamHandler('defaults'), 'every setting': cdkStreamHandler('every setting') };
const queueByCdk = cdkFailureQueue();
const tableByCdk = cdkProjectionTable();

const KEYS = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
};

describeWithTerraform('a stream handler', terraform => {
  const root = join(terraform.folder, 'stream-handlers');
  let plan: Plan | undefined;
  let sts: Awaited<ReturnType<typeof startSts>> | undefined;
  const planned = (): Plan => {
    if (plan === undefined) throw new Error('There is no plan.');
    return plan;
  };

  beforeAll(async () => {
    sts = await startSts('111122223333');
    mkdirSync(root);
    writeFileSync(join(root, 'main.tf'), configuration());
    const commands = terraform.at(sts.endpoint);
    await commands.succeed(root, ['init']);
    await commands.succeed(root, ['plan', '-out', 'plan']);
    plan = JSON.parse(await commands.succeed(root, ['show', '-json', 'plan']));
  }, SLOW);

  afterAll(() => sts?.stop());

  it.each(variants)('has the same mapping, alarms and permissions by CDK and by Terraform: %s', variant => {
    expect(terraformStreamHandler(planned(), variant)).toEqual(byCdk[variant]());
  });

  it('has the same failure queue by CDK and by Terraform', () => {
    expect(terraformFailureQueue(planned())).toEqual(queueByCdk());
  });

  it('is planned by Terraform with a queue, keys and tables that are created with it', () => {
    const types = new Set(terraformBesideNewQueue(planned()));
    expect(types).toEqual(
      new Set(['aws_cloudwatch_metric_alarm', 'aws_iam_role_policy', 'aws_lambda_event_source_mapping']),
    );
  });

  it.each(variants)(
    'has the permissions that the operations need, and those for the queue and the keys: %s',
    variant => {
      const { stream, table } = eventTableOperations.streamHandler;
      const { projectionTable } = eventTableOperations.dynamoDbProjection;
      const lines = terraformStreamHandler(planned(), variant).permissions;

      expect(lines.filter(line => line.startsWith('dynamodb:'))).toEqual(
        [
          ...stream.map(action => `${action} on ${DEPLOYED.streamArn}`),
          ...table.map(action => `${action} on ${DEPLOYED.tableArn}`),
          ...projectionTable.map(action => `${action} on ${DEPLOYED.projectionTableArn}`),
        ].toSorted(),
      );
    },
  );
});

describeOnEveryEngine('a stream handler’s tables', ({ client: newClient }) => {
  const client = newClient();

  const keysOf = async (TableName: string) => {
    const { Table: { KeySchema, AttributeDefinitions } = {} } = await client.send(
      new DescribeTableCommand({ TableName }),
    );
    return { KeySchema, AttributeDefinitions };
  };

  const createByCdk = async (): Promise<string> => {
    const tableName = uniqueTableName('views');
    await client.send(new CreateTableCommand(createTableRequest(tableByCdk.resource(), tableName)));
    return tableName;
  };

  it('have the same keys by createProjectionTable and by CDK', async () => {
    const tableName = uniqueTableName('views');
    await createProjectionTable(client, { tableName });

    expect(await keysOf(tableName)).toEqual(KEYS);
    expect(await keysOf(await createByCdk())).toEqual(KEYS);
  });

  it('go with the metric of parked aggregates that the alarms watch', async () => {
    const { Namespace, MetricName, Dimensions } = byCdk.defaults().alarms['ParkedAggregates'] ?? {};
    const { ways } = await projectorOn(client, await createByCdk());
    const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    process.env['AWS_LAMBDA_FUNCTION_NAME'] = DEPLOYED.functionName;
    let lines: string[];
    try {
      await ways(client).handle();
      lines = written.mock.calls.map(([line]) => String(line)).filter(line => line.includes('"_aws"'));
    } finally {
      delete process.env['AWS_LAMBDA_FUNCTION_NAME'];
      written.mockRestore();
    }

    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const { _aws: embedded, ...values } = JSON.parse(line);
      const [metric] = embedded.CloudWatchMetrics;
      expect(metric.Namespace).toBe(Namespace);
      expect(metric.Metrics).toMatchObject([{ Name: MetricName }]);
      expect(metric.Dimensions).toContainEqual(['FunctionName']);
      expect(Dimensions).toEqual([{ Name: 'FunctionName', Value: values.FunctionName }]);
    }
  });

  it('are granted what the projector’s requests need, action by action', async () => {
    const projectionTable = await createByCdk();
    const { eventTable, ways } = await projectorOn(client, projectionTable);
    const arns = new Map([
      [eventTable, DEPLOYED.tableArn],
      [projectionTable, DEPLOYED.projectionTableArn],
    ]);
    const recording: DynamoDBClient = newClient();
    const sent = watchRequests(recording);
    const { handle, getView, listParked, retryParked } = ways(recording);
    const needed = async (way: () => Promise<unknown>): Promise<string[]> => {
      sent.length = 0;
      await way();
      return distinct(
        sent.flatMap(({ operation, body }) => permissionsFor(operation, body, name => arns.get(name) ?? name)),
      );
    };

    // No local engine asks for what Lambda and SQS need besides.
    const ofTables = byCdk.defaults().permissions.filter(line => / on .*:table\/[^/]+$/.test(line));
    const { grantGetView, grantListParked } = tableByCdk.permissions();

    expect(await needed(handle)).toEqual(ofTables);
    expect(await needed(getView)).toEqual(grantGetView);
    expect(await getView()).toEqual({ names: 1 });
    expect(await needed(listParked)).toEqual(grantListParked);
    expect(await listParked()).toHaveLength(2);
    expect(distinct([...ofTables, ...(grantListParked ?? [])])).toEqual(
      expect.arrayContaining(await needed(retryParked)),
    );
    expect(await listParked()).toEqual([]);
  });
});
