import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

import { checkDuration, checkProps, type PropNames } from './checks.js';

/** When a stream handler's alarms go off. */
export interface StreamHandlerAlarmThresholds {
  /**
   * The alarm goes off if, in any 5 minutes, the last record of a batch is older than this when the function is done with
   * it: from a second to 12 hours. A handler that keeps up is seconds behind. After an hour something stands still, and 23
   * hours are left to mend it before the stream drops the record.
   *
   * @default Duration.hours(1)
   */
  readonly iteratorAge?: Duration;
}

const THRESHOLDS = { iteratorAge: true } satisfies PropNames<StreamHandlerAlarmThresholds>;

const PERIOD = Duration.minutes(5);

/** The alarms of a stream handler, without actions. */
export const createStreamHandlerAlarms = (
  scope: Construct,
  handler: lambda.IFunction,
  failureQueue: sqs.IQueue,
  thresholds: StreamHandlerAlarmThresholds,
): cloudwatch.Alarm[] => {
  checkProps(thresholds, THRESHOLDS, 'streamHandler.alarms');
  const { iteratorAge = Duration.hours(1) } = thresholds;
  checkDuration('streamHandler.alarms.iteratorAge', iteratorAge, Duration.seconds(1), Duration.hours(12));

  const alarm = (id: string, metric: cloudwatch.IMetric, threshold: number, alarmDescription: string) =>
    new cloudwatch.Alarm(scope, id, {
      metric,
      threshold,
      alarmDescription,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Once is enough: Lambda waits between retries, so not every period has a data point.
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });

  return [
    // Emitted when the function is done with a batch: https://docs.aws.amazon.com/lambda/latest/dg/events-dynamodb-metrics.html;
    // it rises while batches fail and are retried: https://repost.aws/knowledge-center/dynamodb-lambda-iteratorage
    alarm(
      'IteratorAge',
      handler.metric('IteratorAge', { statistic: cloudwatch.Stats.MAXIMUM, period: PERIOD }),
      iteratorAge.toMilliseconds(),
      'The stream handler is behind: see its errors, throttles and duration. An event leaves the stream after 24 hours: if it was not handled by then, replay it.',
    ),
    alarm(
      'GivenUpRecords',
      failureQueue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM, period: PERIOD }),
      1,
      'Lambda gave up records of the event table’s stream. The messages in the failure queue name them. Mend the cause, replay the events into the projections, then delete the messages.',
    ),
    alarm(
      'ParkedAggregates',
      parkedAggregates(handler),
      1,
      'Projections have parked aggregates, whose views no longer change. See the function’s log for the error, mend the cause, then use listParked and retryParked.',
    ),
  ];
};

/**
 * What `createStreamHandler` prints as embedded metrics, which CloudWatch takes from the function's log.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const parkedAggregates = (handler: lambda.IFunction): cloudwatch.Metric =>
  new cloudwatch.Metric({
    namespace: 'CastoreDynamoDb',
    metricName: 'ParkedAggregates',
    // The handler knows its function's name, and not the alias or version that it runs as.
    dimensionsMap: { FunctionName: functionOf(handler).functionName },
    statistic: cloudwatch.Stats.SUM,
    period: PERIOD,
  });

/** The function itself, if what is given is an alias or a version of it. */
export const functionOf = (handler: lambda.IFunction): lambda.IFunction =>
  (handler as Partial<lambda.IAlias & lambda.IVersion>).lambda ?? handler;
