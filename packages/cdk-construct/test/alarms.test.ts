import { testApp } from '@castore-dynamodb/testing/synthesis';
import { Duration, Stack } from 'aws-cdk-lib';
import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';

import { EventTable } from '../src/index.js';

const { stack, template } = testApp();
const IRELAND = { env: { account: '111122223333', region: 'eu-west-1' } };

const silent = stack();
new EventTable(silent, 'Events', { alarms: false });

const single = stack();
const defaults = new EventTable(single, 'Events', { alarms: true });

const global = stack(IRELAND);
const chosen = new EventTable(global, 'Events', {
  tableName: 'events',
  replicaRegions: ['eu-central-1', 'eu-north-1'],
  alarms: { throttledRequests: 10, systemErrors: 3, replicationLatency: Duration.minutes(2) },
});

/** The properties of a table's alarms, by the alarm's id. */
const alarmsOf = (table: EventTable, within = Stack.of(table)): Record<string, any> => {
  const resources = template(within).findResources('AWS::CloudWatch::Alarm');
  return Object.fromEntries(
    table.alarms.map(alarm => [
      alarm.node.id,
      resources[within.getLogicalId(alarm.node.defaultChild as CfnAlarm)]?.Properties,
    ]),
  );
};

/** An alarm's metrics: name, dimensions, statistic and period of each, and the expression over them, if there is one. */
const metricsOf = ({ Metrics }: Record<string, any>) =>
  Metrics.map(
    ({ Expression, MetricStat }: Record<string, any>) =>
      Expression ?? {
        name: MetricStat.Metric.MetricName,
        dimensions: Object.fromEntries(MetricStat.Metric.Dimensions.map(({ Name, Value }: any) => [Name, Value])),
        stat: MetricStat.Stat,
        period: MetricStat.Period,
      },
  );

const stat = (name: string, dimensions: object) => ({ name, dimensions, stat: 'Sum', period: 60 });

it('are not there unless asked for', () => {
  template(silent).resourceCountIs('AWS::CloudWatch::Alarm', 0);
});

it('watch the table, its index and DynamoDB itself', () => {
  const { TableThrottled, IndexThrottled, SystemErrors, ...others } = alarmsOf(defaults);
  const TableName = single.resolve(defaults.tableName);
  const index = { TableName, GlobalSecondaryIndexName: 'initialEvents' };

  expect(metricsOf(TableThrottled)).toEqual([
    'FILL(reads, 0) + FILL(writes, 0)',
    stat('ReadThrottleEvents', { TableName }),
    stat('WriteThrottleEvents', { TableName }),
  ]);
  expect(metricsOf(IndexThrottled)).toEqual([
    'FILL(reads, 0) + FILL(writes, 0)',
    stat('ReadThrottleEvents', index),
    stat('WriteThrottleEvents', index),
  ]);
  expect(metricsOf(SystemErrors)).toEqual([
    'FILL(operation0, 0) + FILL(operation1, 0) + FILL(operation2, 0)',
    stat('SystemErrors', { TableName, Operation: 'Query' }),
    stat('SystemErrors', { TableName, Operation: 'PutItem' }),
    stat('SystemErrors', { TableName, Operation: 'TransactWriteItems' }),
  ]);
  expect(others).toEqual({});
});

it('go off from the documented defaults on, five minutes in a row, and not for want of traffic', () => {
  for (const alarm of Object.values(alarmsOf(defaults))) {
    expect(alarm).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 5,
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.any(String),
    });
  }
});

it('watch each replica, and take other thresholds', () => {
  const alarms = alarmsOf(chosen);

  expect(Object.entries(alarms).map(([id, { Threshold }]) => [id, Threshold])).toEqual([
    ['TableThrottled', 10],
    ['IndexThrottled', 10],
    ['SystemErrors', 3],
    ['ReplicationLatency-eu-central-1', 120_000],
    ['ReplicationLatency-eu-north-1', 120_000],
  ]);
  expect(alarms['ReplicationLatency-eu-north-1']).toMatchObject({
    MetricName: 'ReplicationLatency',
    Namespace: 'AWS/DynamoDB',
    Dimensions: [
      { Name: 'ReceivingRegion', Value: 'eu-north-1' },
      { Name: 'TableName', Value: global.resolve(chosen.tableName) },
    ],
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 5,
  });
});
