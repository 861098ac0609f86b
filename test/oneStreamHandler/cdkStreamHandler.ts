import { EventTable, ProjectionTable, type StreamHandlerProps } from '@castore-dynamodb/cdk-construct';
import { functionIn, onlyResource, roleIn, statementsOf, testApp } from '@castore-dynamodb/testing/synthesis';
import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';

import {
  DEPLOYED,
  type FailureQueueShape,
  permissionLines,
  type StreamHandlerShape,
  VARIANTS,
  type Variant,
} from './streamHandlerShape.js';

const { stack, template } = testApp();
const IRELAND = { env: { account: '111122223333', region: 'eu-west-1' } };

const propsOf = (variant: Variant): StreamHandlerProps => {
  if (variant === 'defaults') return {};
  const { startingPosition, maxBatchingWindowSeconds, maxRecordAgeSeconds, iteratorAgeSeconds, ...props } =
    VARIANTS[variant].cdk;
  return {
    ...props,
    startingPosition: lambda.StartingPosition[startingPosition],
    maxBatchingWindow: Duration.seconds(maxBatchingWindowSeconds),
    maxRecordAge: Duration.seconds(maxRecordAgeSeconds),
    alarms: { iteratorAge: Duration.seconds(iteratorAgeSeconds) },
  };
};

/** What `addStreamHandler` and `grantProjections` come to, with a queue and with keys that are given. */
export const cdkStreamHandler = (variant: Variant): (() => StreamHandlerShape) => {
  const within = stack(IRELAND);
  const role = roleIn(within, 'Role');
  const handler = lambda.Function.fromFunctionAttributes(within, 'Function', {
    functionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${DEPLOYED.functionName}`,
    role,
  });
  const key = (id: string, arn: string) => kms.Key.fromKeyArn(within, id, arn);
  const events = EventTable.fromTableName(within, 'Events', DEPLOYED.tableName, {
    streamArn: DEPLOYED.streamArn,
    encryptionKey: key('TableKey', DEPLOYED.tableKeyArn),
  });
  const failureQueue = sqs.Queue.fromQueueAttributes(within, 'Queue', {
    queueArn: DEPLOYED.failureQueueArn,
    keyArn: DEPLOYED.queueKeyArn,
  });
  events.addStreamHandler(handler, { ...propsOf(variant), failureQueue });
  const projections = new ProjectionTable(within, 'Views');
  projections.grantProjections(role);

  return () => {
    const mapping = onlyResource(template(within), 'AWS::Lambda::EventSourceMapping').Properties;
    const alarms = Object.values(template(within).findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties: { AlarmDescription: _description, ...alarm } }) => [alarm.MetricName, alarm],
    );
    const projectionTable = within.resolve(projections.tableArn);
    const statements = statementsOf(role).map(statement =>
      JSON.stringify(statement['Resource']) === JSON.stringify(projectionTable)
        ? { ...statement, Resource: DEPLOYED.projectionTableArn }
        : statement,
    );
    return {
      mapping,
      alarms: Object.fromEntries(alarms),
      permissions: permissionLines(statements),
    };
  };
};

/** The queue that `addStreamHandler` makes. */
export const cdkFailureQueue = (): (() => FailureQueueShape) => {
  const within = stack(IRELAND);
  const events = EventTable.fromTableName(within, 'Events', DEPLOYED.tableName, { streamArn: DEPLOYED.streamArn });
  events.addStreamHandler(functionIn(within, 'Function'));

  return () => {
    const queue = onlyResource(template(within), 'AWS::SQS::Queue').Properties;
    return { encryptedBySqs: queue['SqsManagedSseEnabled'], retentionSeconds: queue['MessageRetentionPeriod'] };
  };
};

/** The table that `ProjectionTable` makes, and what each of its grants allows there. */
export const cdkProjectionTable = () => {
  const within = stack(IRELAND);
  const table = new ProjectionTable(within, 'Views');
  const methods = ['grantProjections', 'grantGetView', 'grantListParked'] as const;
  const roles = methods.map(method => {
    const role = roleIn(within, method);
    table[method](role);
    return [method, role] as const;
  });

  return {
    resource: () => onlyResource(template(within), 'AWS::DynamoDB::GlobalTable'),
    permissions: (): Record<string, string[]> =>
      Object.fromEntries(
        roles.map(([method, role]) => [
          method,
          permissionLines(
            statementsOf(role).map(statement => ({ ...statement, Resource: DEPLOYED.projectionTableArn })),
          ),
        ]),
      ),
  };
};
