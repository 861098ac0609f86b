import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeTableCommand,
  type DynamoDBClient,
  ListTagsOfResourceCommand,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import {
  type CreateEventTableOptions,
  createEventTable,
  deleteEventTable,
  eventTableDefinition,
} from '../src/index.js';
import { rejection } from './support.js';

describeOnEveryEngine('createEventTable', engine => {
  const client = engine.client();
  const layout = 'single-table';
  const tables: string[] = [];

  afterAll(() => Promise.all(tables.map(tableName => deleteEventTable(client, { tableName }))));

  const create = async (settings: Partial<CreateEventTableOptions>) => {
    const tableName = uniqueTableName();
    tables.push(tableName);
    await createEventTable(client, { tableName, layout, ...settings });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    return Table;
  };

  it('sets capacity aside for the table and for its index', async () => {
    const throughput = { ReadCapacityUnits: 7, WriteCapacityUnits: 5 };
    const table = await create({ billing: { mode: 'provisioned', readCapacityUnits: 7, writeCapacityUnits: 5 } });
    expect(table?.ProvisionedThroughput).toMatchObject(throughput);
    expect(table?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput).toMatchObject(throughput);
  });

  it('switches a stream of new images on', async () => {
    const table = await create({ stream: true });
    expect(table).toMatchObject({ StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } });
    expect(table?.LatestStreamArn).toBeDefined();
  });

  it('protects it from deletion', async () => {
    const tableName = uniqueTableName();
    await createEventTable(client, { tableName, layout, deletionProtection: true });
    const error = await rejection(deleteEventTable(client, { tableName }));
    expect(error).toMatchObject({ name: 'ValidationException' });
    await client.send(new UpdateTableCommand({ TableName: tableName, DeletionProtectionEnabled: false }));
    await deleteEventTable(client, { tableName });
  });

  // DynamoDB Local has no tags.
  if (engine.engine === 'dynoxide') {
    it('tags it', async () => {
      const table = await create({ tags: { team: 'pokemon', stage: 'test' } });
      const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: table?.TableArn }));
      expect(Tags).toHaveLength(2);
      expect(Tags).toEqual(
        expect.arrayContaining([
          { Key: 'team', Value: 'pokemon' },
          { Key: 'stage', Value: 'test' },
        ]),
      );
    });
  }

  it.each<[string, object, string]>([
    ['an unknown billing mode', { billing: { mode: 'free' } }, 'options.billing.mode'],
    [
      'provisioned capacity of 0',
      { billing: { mode: 'provisioned', readCapacityUnits: 0, writeCapacityUnits: 1 } },
      'options.billing.readCapacityUnits',
    ],
    [
      'a negative maximum',
      { billing: { mode: 'on-demand', maxWriteRequestUnits: -1 } },
      'options.billing.maxWriteRequestUnits',
    ],
    ['a stream that is no boolean', { stream: 'NEW_IMAGE' }, 'options.stream'],
    ['tags that are no object', { tags: 'team' }, 'options.tags'],
    [
      'a range upside down',
      { autoscaling: { read: { min: 5, max: 1 }, write: { min: 1, max: 5 } } },
      'options.autoscaling.read',
    ],
    [
      'a target beyond 90 %',
      { autoscaling: { read: { min: 1, max: 5, targetUtilizationPercent: 95 }, write: { min: 1, max: 5 } } },
      'options.autoscaling.read.targetUtilizationPercent',
    ],
  ])('refuses %s', async (_, settings, argument) => {
    const tableName = uniqueTableName();
    const error = await rejection(createEventTable(client, { tableName, layout, ...settings }));
    expect(error).toMatchObject({ code: 'InvalidArgumentError', argument });
    const missing = await rejection(client.send(new DescribeTableCommand({ TableName: tableName })));
    expect(missing).toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

/** A local engine makes and deletes a table at once; AWS takes seconds, during which DescribeTable already shows it. */
describeOnEveryEngine('a table that takes its time', engine => {
  const tableName = uniqueTableName();
  const patient = engine.client();
  let described: Partial<TableDescription>[] = [];
  const seen: unknown[] = [];

  /** Answers each DescribeTable with the next of the states in `described`, then with the engine's own word. */
  patient.middlewareStack.add(
    (next, { commandName }) =>
      async args => {
        if (commandName !== 'DescribeTableCommand') return next(args);
        const state = described.shift();
        seen.push(state ?? 'the truth');
        if (state === undefined) return next(args);
        return { response: {}, output: { Table: state, $metadata: {} } as never };
      },
    { step: 'initialize', name: 'takeTime' },
  );
  const timeline = (...states: Partial<TableDescription>[]) => {
    seen.length = 0;
    described = [...states];
    return [...states, 'the truth'];
  };

  it('is waited for until it and its index are active', async () => {
    const states = timeline(
      { TableStatus: 'CREATING' },
      { TableStatus: 'ACTIVE', GlobalSecondaryIndexes: [{ IndexStatus: 'CREATING' }] },
    );
    await createEventTable(patient, { tableName, layout: 'single-table' });
    expect(seen).toStrictEqual(states);
  });

  it.each(['DELETING', 'ARCHIVED', 'INACCESSIBLE_ENCRYPTION_CREDENTIALS'] as const)(
    'is not waited for if it is %s, which has no end',
    async TableStatus => {
      timeline({ TableStatus: 'CREATING' }, { TableStatus });
      const fresh = uniqueTableName();
      const error = await rejection(createEventTable(patient, { tableName: fresh, layout: 'single-table' }));
      expect(error).toMatchObject({
        code: 'EventTableMismatchError',
        differences: [{ what: 'status', expected: 'ACTIVE', actual: TableStatus }],
      });
      await deleteEventTable(patient, { tableName: fresh });
    },
  );

  it('is waited for until it is gone', async () => {
    const states = timeline({ TableStatus: 'DELETING' }, { TableStatus: 'DELETING' });
    await deleteEventTable(patient, { tableName });
    expect(seen).toStrictEqual(states);
  });
});

/** No local engine has all of these: what is shown is the shape of the requests, as the API's reference documents it. */
describe('what only the real service has', () => {
  const sent: { name: string; input: object }[] = [];
  const recorder = {
    send: ({ constructor, input }: { constructor: { name: string }; input: object }) => {
      sent.push({ name: constructor.name, input });
      const table = { TableStatus: 'ACTIVE' };
      return Promise.resolve({ Table: table, TableDescription: table, ContinuousBackupsDescription: {} });
    },
  };
  const client = recorder as unknown as DynamoDBClient;
  const applicationAutoScalingClient = recorder as unknown as ApplicationAutoScalingClient;

  beforeEach(() => void sent.splice(0));

  const requests = (name: string) => sent.filter(command => command.name === name).map(({ input }) => input);

  it('caps on-demand throughput of the table and of its index, protects it from deletion, and tags it', async () => {
    await createEventTable(client, {
      tableName: 'events',
      layout: 'single-table',
      billing: { mode: 'on-demand', maxReadRequestUnits: 100, maxWriteRequestUnits: 50 },
      deletionProtection: true,
      tags: { team: 'pokemon' },
    });
    const OnDemandThroughput = { MaxReadRequestUnits: 100, MaxWriteRequestUnits: 50 };
    expect(requests('CreateTableCommand')).toMatchObject([
      {
        BillingMode: 'PAY_PER_REQUEST',
        OnDemandThroughput,
        GlobalSecondaryIndexes: [{ OnDemandThroughput }],
        DeletionProtectionEnabled: true,
        Tags: [{ Key: 'team', Value: 'pokemon' }],
      },
    ]);
  });

  it('switches point-in-time recovery on', async () => {
    await createEventTable(client, { tableName: 'events', layout: 'single-table', pointInTimeRecovery: true });
    expect(requests('UpdateContinuousBackupsCommand')).toStrictEqual([
      { TableName: 'events', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    ]);
  });

  it('waits until a table that is being deleted is gone, and creates it anew', async () => {
    const named = (name: string) => Object.assign(new Error(name), { name });
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = eventTableDefinition('single-table');
    const table = { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes };
    const answers = [
      named('ResourceInUseException'),
      { Table: { ...table, TableStatus: 'DELETING' } },
      { Table: { ...table, TableStatus: 'DELETING' } },
      named('ResourceNotFoundException'),
      { TableDescription: { TableStatus: 'CREATING' } },
      { Table: { TableStatus: 'ACTIVE' } },
    ];
    const commands: string[] = [];
    const deleting = {
      send: async ({ constructor }: object) => {
        commands.push(constructor.name.replace('TableCommand', ''));
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        if (answer === undefined) throw new Error('No more requests were expected.');
        return answer;
      },
    };

    await createEventTable(deleting as unknown as DynamoDBClient, { tableName: 'events', layout: 'single-table' });
    expect(commands).toStrictEqual(['Create', 'Describe', 'Describe', 'Describe', 'Create', 'Describe']);
  });

  it.each([
    ['its name', 'events'],
    ['its ARN', 'arn:aws:dynamodb:eu-west-1:111122223333:table/events'],
  ])('scales reads and writes of the table and of its index, of a table given by %s', async (_, tableName) => {
    await createEventTable(client, {
      tableName,
      layout: 'single-table',
      billing: { mode: 'provisioned', readCapacityUnits: 5, writeCapacityUnits: 5 },
      autoscaling: {
        applicationAutoScalingClient,
        read: { min: 5, max: 100 },
        write: { min: 5, max: 50, targetUtilizationPercent: 80 },
      },
    });

    const summary = requests('RegisterScalableTargetCommand').map(input => Object.values(input).join(' '));
    expect(summary).toStrictEqual([
      'dynamodb table/events dynamodb:table:ReadCapacityUnits 5 100',
      'dynamodb table/events dynamodb:table:WriteCapacityUnits 5 50',
      'dynamodb table/events/index/initialEvents dynamodb:index:ReadCapacityUnits 5 100',
      'dynamodb table/events/index/initialEvents dynamodb:index:WriteCapacityUnits 5 50',
    ]);
    expect(requests('PutScalingPolicyCommand')).toMatchObject([
      {
        ScalableDimension: 'dynamodb:table:ReadCapacityUnits',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 70,
          PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' },
        },
      },
      {
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 80,
          PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBWriteCapacityUtilization' },
        },
      },
      { ResourceId: 'table/events/index/initialEvents' },
      { ResourceId: 'table/events/index/initialEvents' },
    ]);
  });
});
