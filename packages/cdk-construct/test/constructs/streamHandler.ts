import { functionIn, onlyResource, statementsOf, type TestApp } from '@castore-dynamodb/testing/synthesis';
import { Duration, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';

import { EventTable, type StreamHandlerProps } from '../../src/index.js';

/** Of an app that the tests of all constructs share. */
export const describeStreamHandler = ({ stack, template }: TestApp): void => {
  const IRELAND = { env: { account: '111122223333', region: 'eu-west-1' } };
  const NEW_IMAGE = { stream: dynamodb.StreamViewType.NEW_IMAGE };
  const STREAM = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events/stream/2026-11-21T00:00:00.000';

  const READ_STREAM = [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
  ];

  /** A function on the stream of a table, in a stack of their own. */
  const deployed = (props?: StreamHandlerProps, within = stack()) => {
    const table = new EventTable(within, 'Events', NEW_IMAGE);
    const handler = functionIn(within, 'Projector');
    const added = table.addStreamHandler(handler, props);
    return { within, table, handler, added };
  };

  const mappingIn = (within: Stack) => onlyResource(template(within), 'AWS::Lambda::EventSourceMapping');

  const arnOf = (queue: sqs.IQueue) => Stack.of(queue).resolve(queue.queueArn);

  describe('without props', () => {
    const { within, table, handler, added } = deployed();

    it('reads the stream from where it begins, retries until records expire, and reports to the queue', () => {
      expect(mappingIn(within).Properties).toEqual({
        EventSourceArn: within.resolve(table.streamArn),
        FunctionName: within.resolve(handler.functionName),
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 100,
        ParallelizationFactor: 1,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        DestinationConfig: { OnFailure: { Destination: arnOf(added.failureQueue) } },
      });
    });

    it('has a queue that is encrypted, takes encrypted connections only, and keeps messages as long as SQS can', () => {
      expect(onlyResource(template(within), 'AWS::SQS::Queue').Properties).toEqual({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 1_209_600,
      });
      expect(onlyResource(template(within), 'AWS::SQS::QueuePolicy').Properties['PolicyDocument'].Statement).toEqual([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]);
    });

    it('allows the function this, and nothing else', () => {
      expect(statementsOf(handler.role)).toEqual([
        { Effect: 'Allow', Action: READ_STREAM, Resource: within.resolve(table.streamArn) },
        { Effect: 'Allow', Action: 'dynamodb:Query', Resource: within.resolve(table.tableArn) },
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf(added.failureQueue) },
      ]);
    });

    it('is mapped after the function may read', () => {
      const [policy] = Object.keys(template(within).findResources('AWS::IAM::Policy'));
      expect(mappingIn(within)).toMatchObject({ DependsOn: expect.arrayContaining([policy]) });
    });

    it('has an alarm at an hour behind, one for the queue, and one for parked aggregates', () => {
      const alarms = Object.values(template(within).findResources('AWS::CloudWatch::Alarm'));
      const common = {
        Period: 300,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        AlarmDescription: expect.any(String),
      };

      expect(added.alarms.map(({ node }) => node.id)).toEqual(['IteratorAge', 'GivenUpRecords', 'ParkedAggregates']);
      expect(alarms.map(({ Properties }) => Properties)).toEqual([
        {
          ...common,
          Statistic: 'Maximum',
          Namespace: 'AWS/Lambda',
          MetricName: 'IteratorAge',
          Dimensions: [{ Name: 'FunctionName', Value: within.resolve(handler.functionName) }],
          Threshold: 3_600_000,
        },
        {
          ...common,
          Statistic: 'Maximum',
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: within.resolve(added.failureQueue.queueName) }],
          Threshold: 1,
        },
        {
          ...common,
          Statistic: 'Sum',
          Namespace: 'CastoreDynamoDb',
          MetricName: 'ParkedAggregates',
          Dimensions: [{ Name: 'FunctionName', Value: within.resolve(handler.functionName) }],
          Threshold: 1,
        },
      ]);
    });
  });

  describe('every prop', () => {
    const within = stack();
    const failureQueue = new sqs.Queue(within, 'Given');
    const chosen = deployed(
      {
        startingPosition: lambda.StartingPosition.LATEST,
        batchSize: 500,
        maxBatchingWindow: Duration.seconds(5),
        parallelizationFactor: 4,
        bisectBatchOnError: false,
        retryAttempts: 0,
        maxRecordAge: Duration.hours(12),
        failureQueue,
        alarms: { iteratorAge: Duration.minutes(10) },
      },
      within,
    );
    const silent = deployed({ alarms: false });

    it('reaches the mapping', () => {
      expect(mappingIn(within).Properties).toMatchObject({
        StartingPosition: 'LATEST',
        BatchSize: 500,
        MaximumBatchingWindowInSeconds: 5,
        ParallelizationFactor: 4,
        BisectBatchOnFunctionError: false,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: 0,
        MaximumRecordAgeInSeconds: 43_200,
        DestinationConfig: { OnFailure: { Destination: arnOf(failureQueue) } },
      });
      expect(chosen.added.failureQueue).toBe(failureQueue);
      template(within).resourceCountIs('AWS::SQS::Queue', 1);
    });

    it('reaches the alarms', () => {
      template(within).hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'IteratorAge',
        Threshold: 600_000,
      });
      template(silent.within).resourceCountIs('AWS::CloudWatch::Alarm', 0);
      expect(silent.added.alarms).toEqual([]);
    });
  });

  describe('customer keys', () => {
    const within = stack(IRELAND);
    const tableKey = new kms.Key(within, 'TableKey');
    const queueKey = new kms.Key(within, 'QueueKey');
    const table = new EventTable(within, 'Events', {
      ...NEW_IMAGE,
      encryption: dynamodb.TableEncryptionV2.customerManagedKey(tableKey),
    });
    const handler = functionIn(within, 'Projector');
    table.addStreamHandler(handler, {
      failureQueue: new sqs.Queue(within, 'Queue', { encryptionMasterKey: queueKey }),
    });

    it('of table and queue are allowed through DynamoDB and through SQS only', () => {
      const ofKeys = statementsOf(handler.role).filter(({ Action }) => [Action].flat()[0].startsWith('kms:'));

      expect(ofKeys).toEqual([
        {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: within.resolve(tableKey.keyArn),
          Condition: { StringLike: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com*' } },
        },
        {
          Effect: 'Allow',
          Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
          Resource: within.resolve(queueKey.keyArn),
          Condition: { StringLike: { 'kms:ViaService': 'sqs.eu-west-1.amazonaws.com*' } },
        },
      ]);
    });
  });

  describe('a function in another stack than the table', () => {
    const owner = stack(IRELAND);
    const user = stack(IRELAND);
    const handler = functionIn(user, 'Projector');
    new EventTable(owner, 'Events', NEW_IMAGE).addStreamHandler(handler);

    it('has the mapping, the queue and the alarms with it, and the table’s stack does not depend on its', () => {
      expect(mappingIn(user).Properties['EventSourceArn']).toEqual({ 'Fn::ImportValue': expect.any(String) });
      expect(owner.dependencies).toEqual([]);
      expect(user.dependencies).toEqual([owner]);
    });
  });

  describe('a table that exists', () => {
    const within = stack(IRELAND);
    const handler = functionIn(within, 'Projector');
    EventTable.fromTableName(within, 'Existing', 'orders-events', { streamArn: STREAM }).addStreamHandler(handler);

    it('is read by the ARN of its stream', () => {
      expect(mappingIn(within).Properties['EventSourceArn']).toBe(STREAM);
      expect(statementsOf(handler.role)).toMatchObject([
        { Action: READ_STREAM, Resource: STREAM },
        { Action: 'dynamodb:Query', Resource: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events' },
        { Action: 'sqs:SendMessage' },
      ]);
    });
  });

  describe('a second function, and an alias', () => {
    const within = stack();
    const table = new EventTable(within, 'Events', NEW_IMAGE);
    const first = functionIn(within, 'First');
    const live = new lambda.Alias(within, 'Live', {
      aliasName: 'live',
      version: first.currentVersion as lambda.IVersion,
    });
    table.addStreamHandler(live as lambda.IFunction);
    table.addStreamHandler(functionIn(within, 'Second'));

    it('have mappings of their own', () => {
      template(within).resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
      template(within).resourceCountIs('AWS::CloudWatch::Alarm', 6);
    });

    it('are watched by the name that the handler knows its function by', () => {
      template(within).hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'ParkedAggregates',
        Dimensions: [{ Name: 'FunctionName', Value: within.resolve(first.functionName) }],
      });
    });
  });
};
