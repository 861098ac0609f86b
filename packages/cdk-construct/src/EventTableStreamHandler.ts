import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { defined } from './defined.js';
import { grantKeyThrough } from './grants.js';
import { checkDuration, checkWholeNumber, InvalidEventTablePropsError } from './InvalidEventTablePropsError.js';
import type { StreamHandlerProps } from './StreamHandlerProps.js';
import { createStreamHandlerAlarms } from './streamHandlerAlarms.js';

/**
 * What Lambda does with a stream in the function's name. DynamoDB's guide has all four on the table's streams; the IAM
 * reference knows `ListStreams` without a resource only, and Lambda asks for it "on your stream".
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
 */
const READ_STREAM = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

/** What of an event table takes part. */
interface StreamedTable {
  readonly streamArn: string | undefined;
  grantGetEvents(grantee: iam.IGrantable): iam.Grant;
}

/** A function on an event table's stream, as `IEventTable.addStreamHandler` makes it. */
export class EventTableStreamHandler extends Construct {
  /** What makes Lambda read the stream. */
  readonly eventSourceMapping: lambda.EventSourceMapping;

  /** The queue that is told which records Lambda gave up. */
  readonly failureQueue: sqs.IQueue;

  /** The alarms. They do nothing until `addAlarmAction` gives each something to do. */
  readonly alarms: readonly cloudwatch.Alarm[];

  /** @throws InvalidEventTablePropsError for a table without a stream of new images, and for props out of range. */
  constructor(id: string, eventTable: StreamedTable, handler: lambda.IFunction, props: StreamHandlerProps) {
    // With the function, not with the table, whose stack may be another one: it must not depend on the function's.
    super(handler, id);
    const { streamArn } = eventTable;
    if (streamArn === undefined) {
      throw new InvalidEventTablePropsError(
        'stream',
        `is not there, and ${handler.node.path} is to read it: give the table stream: StreamViewType.NEW_IMAGE, or a table that exists its streamArn.`,
      );
    }
    checkProps(props);

    const { alarms = true } = props;
    this.failureQueue = props.failureQueue ?? newFailureQueue(this);
    this.eventSourceMapping = new lambda.EventSourceMapping(this, 'Mapping', {
      target: handler,
      eventSourceArn: streamArn,
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

    iam.Grant.addToPrincipal({ grantee: handler, actions: READ_STREAM, resourceArns: [streamArn] })
      .combine(eventTable.grantGetEvents(handler))
      .combine(grantSendMessage(this.failureQueue, handler))
      // Lambda refuses a mapping that the function's role may not read for.
      .applyBefore(this.eventSourceMapping);
  }
}

const checkProps = (props: StreamHandlerProps): void => {
  checkWholeNumber('streamHandler.batchSize', props.batchSize, 1, 10_000);
  checkWholeNumber('streamHandler.parallelizationFactor', props.parallelizationFactor, 1, 10);
  checkWholeNumber('streamHandler.retryAttempts', props.retryAttempts, 0, 10_000);
  checkDuration('streamHandler.maxBatchingWindow', props.maxBatchingWindow, Duration.seconds(0), Duration.minutes(5));
  checkDuration('streamHandler.maxRecordAge', props.maxRecordAge, Duration.minutes(1), Duration.hours(24));
  if (!['TRIM_HORIZON', 'LATEST', undefined].includes(props.startingPosition)) {
    throw new InvalidEventTablePropsError(
      'streamHandler.startingPosition',
      `is ${props.startingPosition}: a stream of DynamoDB begins at TRIM_HORIZON or LATEST.`,
    );
  }
  if (props.failureQueue?.fifo) {
    throw new InvalidEventTablePropsError(
      'streamHandler.failureQueue',
      'is a FIFO queue, which Lambda does not send to: give a standard queue, or leave it out.',
    );
  }
};

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
        grantKeyThrough(`sqs.${queue.env.region}`, queue.encryptionMasterKey, grantee, [
          'kms:GenerateDataKey',
          'kms:Decrypt',
        ]),
      );
};
