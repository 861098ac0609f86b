import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { defined, InvalidEventTablePropsError } from './checks.js';
import { grantKeyThrough, grantOperation } from './grantOperation.js';
import type { StreamHandlerProps } from './StreamHandlerProps.js';
import { createStreamHandlerAlarms } from './streamHandlerAlarms.js';
import {
  checkFailureQueue,
  checkFunction,
  checkStreamHandlerProps,
  type StreamedTable,
  warnOfLimits,
} from './streamHandlerChecks.js';

/** A function on an event table's stream, as `IEventTable.addStreamHandler` makes it. */
export class EventTableStreamHandler extends Construct {
  /** What makes Lambda read the stream. */
  readonly eventSourceMapping: lambda.EventSourceMapping;

  /** The queue to which Lambda reports the records that it gave up. */
  readonly failureQueue: sqs.IQueue;

  /** The alarms. They do nothing until `addAlarmAction` gives each something to do. */
  readonly alarms: readonly cloudwatch.Alarm[];

  /** @throws InvalidEventTablePropsError */
  constructor(id: string, eventTable: StreamedTable, handler: lambda.IFunction, props: StreamHandlerProps) {
    checkStreamHandlerProps(props);
    checkFunction(eventTable, handler);
    checkFailureQueue(props.failureQueue, handler);
    if (handler.node.tryFindChild(id) !== undefined) {
      throw new InvalidEventTablePropsError(
        'handler',
        `${handler.node.path} reads this stream already. One handler can run any number of projections.`,
      );
    }
    // With the function, not with the table, whose stack may be another one: it must not depend on the function's.
    super(handler, id);
    warnOfLimits(this, handler);

    const { alarms = true } = props;
    this.failureQueue = props.failureQueue ?? newFailureQueue(this);
    this.eventSourceMapping = new lambda.EventSourceMapping(this, 'Mapping', {
      target: handler,
      eventSourceArn: eventTable.streamArn,
      startingPosition: props.startingPosition ?? lambda.StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize ?? 100,
      bisectBatchOnError: props.bisectBatchOnError ?? true,
      parallelizationFactor: props.parallelizationFactor ?? 1,
      // Without it, Lambda takes what the handler reports as failed for done.
      reportBatchItemFailures: true,
      // `SqsDlq` of the CDK would allow more than to send.
      onFailure: { bind: () => ({ destination: this.failureQueue.queueArn }) },
      ...defined({
        maxBatchingWindow: props.maxBatchingWindow,
        maxRecordAge: props.maxRecordAge,
        retryAttempts: props.retryAttempts,
      }),
    });
    this.alarms =
      alarms === false
        ? []
        : createStreamHandlerAlarms(this, handler, this.failureQueue, alarms === true ? {} : alarms);

    // The function is of the table's account, so that the table's own policy has no part in it.
    grantOperation({ ...eventTable.secured, policy: undefined }, handler, 'streamHandler', {
      stream: eventTable.streamArn,
      table: eventTable.tableArn,
    })
      .combine(grantSendMessage(this.failureQueue, handler))
      // Lambda refuses a mapping that the function's role may not read for.
      .applyBefore(this.eventSourceMapping);
  }
}

const newFailureQueue = (scope: Construct): sqs.Queue =>
  new sqs.Queue(scope, 'FailureQueue', {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });

/**
 * With a customer key, a sender needs `GenerateDataKey` and `Decrypt`:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const grantSendMessage = (queue: sqs.IQueue, grantee: iam.IGrantable): iam.Grant => {
  const grant = queue.grant(grantee, 'sqs:SendMessage');
  return queue.encryptionMasterKey === undefined
    ? grant
    : grant.combine(
        grantKeyThrough(
          `sqs.${queue.env.region}`,
          queue.encryptionMasterKey,
          grantee,
          ['kms:GenerateDataKey', 'kms:Decrypt'],
          'streamHandler.failureQueue',
        ),
      );
};
