import type { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';

import type { StreamHandlerAlarmThresholds } from './streamHandlerAlarms.js';

/**
 * How Lambda reads the table's stream. That only what failed is retried (`ReportBatchItemFailures`) is always on.
 * What each setting means to Lambda: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 *
 * @example
 * const handler = events.addStreamHandler(projector, {
 *   batchSize: 100,
 *   maxBatchingWindow: Duration.seconds(1),
 *   alarms: { iteratorAge: Duration.minutes(5) },
 * });
 */
export interface StreamHandlerProps {
  /**
   * Where a new handler begins: with what the stream still holds (24 hours), or with what comes next. With `LATEST`,
   * events may be missed while the handler is being set up.
   *
   * @default lambda.StartingPosition.TRIM_HORIZON
   */
  readonly startingPosition?: lambda.StartingPosition.TRIM_HORIZON | lambda.StartingPosition.LATEST;

  /**
   * Records that an invocation gets at most, from 1 to 10,000.
   *
   * @default 100
   */
  readonly batchSize?: number;

  /**
   * How long Lambda gathers records for a batch, in seconds up to 5 minutes. Longer means fewer invocations, and later
   * ones.
   *
   * @default - not at all
   */
  readonly maxBatchingWindow?: Duration;

  /**
   * Batches of one shard that are handled at the same time, from 1 to 10. Projections keep each aggregate's order
   * whatever this is.
   *
   * @default 1
   */
  readonly parallelizationFactor?: number;

  /**
   * Whether a batch whose invocation fails as a whole is halved before it is tried again. That finds the record that
   * makes the function crash, and takes nothing from `retryAttempts`.
   *
   * @default true
   */
  readonly bisectBatchOnError?: boolean;

  /**
   * How often Lambda retries a batch before it reports it to the failure queue and goes on, from 0 to 10,000. An event that a
   * projection cannot handle is parked before that; what is left are failures of the function, or of DynamoDB, for
   * which waiting is right.
   *
   * @default - until the record expires, 24 hours after it was written
   */
  readonly retryAttempts?: number;

  /**
   * The age at which Lambda gives a record up, reports it to the failure queue and goes on: whole seconds, from a
   * minute to 24 hours.
   *
   * @default - until the record expires, 24 hours after it was written
   */
  readonly maxRecordAge?: Duration;

  /**
   * The queue to which Lambda reports the records that it gave up: a standard queue, not a FIFO queue, of the function's region
   * and account. Messages name shard and sequence numbers, and hold no events.
   *
   * @default - a new queue, encrypted with a key of SQS's, that keeps messages for 14 days
   */
  readonly failureQueue?: sqs.IQueue;

  /**
   * Whether to create alarms (`EventTableStreamHandler.alarms`), or from which thresholds on: the handler is behind, the
   * failure queue holds a message, and projections have parked aggregates.
   *
   * @default true
   */
  readonly alarms?: boolean | StreamHandlerAlarmThresholds;
}
