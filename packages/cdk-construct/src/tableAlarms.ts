import { EVENT_TABLE_INITIAL_EVENT_INDEX_NAME } from '@castore-dynamodb/table';
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

import { checkDuration, checkProps, checkWholeNumber, type PropNames } from './checks.js';

/** When an event table's alarms go off. */
export interface EventTableAlarmThresholds {
  /**
   * Throttled reads and writes a minute, five minutes in a row, that set off the alarm of the table, and by
   * themselves that of the index. The SDK retries what was throttled, so a short burst costs latency only.
   *
   * @default 1
   */
  readonly throttledRequests?: number;

  /**
   * Answers a minute with an error of DynamoDB's own (HTTP 500), five minutes in a row, that set off the alarm.
   *
   * @default 1
   */
  readonly systemErrors?: number;

  /**
   * Mean time over a minute until an event arrives in a replica, five minutes in a row, that sets off the replica's
   * alarm. What has not arrived is lost to a failover. Typical are 0.5 to 2.5 seconds between regions of one
   * continent: https://community.aws/content/2drxEND7MtTOb2bWs2J0NlCGewP/ddb-globaltables-lag
   *
   * @default Duration.seconds(30)
   */
  readonly replicationLatency?: Duration;
}

const TABLE_THRESHOLDS = {
  throttledRequests: true,
  systemErrors: true,
  replicationLatency: true,
} satisfies PropNames<EventTableAlarmThresholds>;

const PERIOD = Duration.minutes(1);

/** What the adapter sends to the table. */
const OPERATIONS = [dynamodb.Operation.QUERY, dynamodb.Operation.PUT_ITEM, dynamodb.Operation.TRANSACT_WRITE_ITEMS];

/**
 * The alarms of an event table, without actions.
 * Metrics and their dimensions: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export const createTableAlarms = (
  scope: Construct,
  table: dynamodb.TableV2,
  replicaRegions: readonly string[],
  thresholds: EventTableAlarmThresholds,
): cloudwatch.Alarm[] => {
  checkProps(thresholds, TABLE_THRESHOLDS, 'alarms');
  const { throttledRequests = 1, systemErrors = 1, replicationLatency = Duration.seconds(30) } = thresholds;
  // An alarm at 0 would never be off.
  checkWholeNumber('alarms.throttledRequests', throttledRequests, 1);
  checkWholeNumber('alarms.systemErrors', systemErrors, 1);
  checkDuration('alarms.replicationLatency', replicationLatency, Duration.seconds(1), Duration.hours(24));

  const metric = (name: string, dimensions: Record<string, string>, statistic: string = cloudwatch.Stats.SUM) =>
    table.metric(name, { statistic, period: PERIOD, dimensionsMap: { TableName: table.tableName, ...dimensions } });

  const throttles = (dimensions: Record<string, string>) =>
    sum({ reads: metric('ReadThrottleEvents', dimensions), writes: metric('WriteThrottleEvents', dimensions) });

  const alarm = (id: string, what: cloudwatch.IMetric, threshold: number, alarmDescription: string) =>
    new cloudwatch.Alarm(scope, id, {
      metric: what,
      threshold,
      alarmDescription,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 5,
      // DynamoDB sends no data point for a minute in which nothing happened.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });

  return [
    alarm(
      'TableThrottled',
      throttles({}),
      throttledRequests,
      'Reads or writes of the event table are throttled: raise its capacity or its maximum throughput, or find the aggregate that is read or written too often.',
    ),
    alarm(
      'IndexThrottled',
      throttles({ GlobalSecondaryIndexName: EVENT_TABLE_INITIAL_EVENT_INDEX_NAME }),
      throttledRequests,
      'Listings of aggregates, or first events of new ones, are throttled on the index initialEvents: raise its capacity or its maximum throughput, or list less.',
    ),
    alarm(
      'SystemErrors',
      sum(
        Object.fromEntries(
          OPERATIONS.map((Operation, position) => [`operation${position}`, metric('SystemErrors', { Operation })]),
        ),
      ),
      systemErrors,
      'DynamoDB answers requests for the event table with errors of its own: see the AWS Health Dashboard.',
    ),
    ...replicaRegions.map(ReceivingRegion =>
      alarm(
        `ReplicationLatency-${ReceivingRegion}`,
        metric('ReplicationLatency', { ReceivingRegion }, cloudwatch.Stats.AVERAGE),
        replicationLatency.toMilliseconds(),
        `Events reach the replica in ${ReceivingRegion} late: a failover to it would lose those that are still on their way.`,
      ),
    ),
  ];
};

/** In a minute in which only one of the metrics has a data point, the others count as 0. */
const sum = (metrics: Record<string, cloudwatch.IMetric>): cloudwatch.MathExpression =>
  new cloudwatch.MathExpression({
    expression: Object.keys(metrics)
      .map(name => `FILL(${name}, 0)`)
      .join(' + '),
    usingMetrics: metrics,
    period: PERIOD,
  });
