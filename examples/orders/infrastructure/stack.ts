import { join } from 'node:path';

import { EventTable, ProjectionTable } from '@castore-dynamodb/cdk-construct';
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Code, FunctionUrlAuthType, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';

/** The whole service: two tables, two functions, and somebody who is told when something is parked or late. */
export const ordersStack = (app: App): Stack => {
  const stack = new Stack(app, 'Orders');
  const events = new EventTable(stack, 'Events', { stream: StreamViewType.NEW_IMAGE, alarms: true });
  const views = new ProjectionTable(stack, 'Views', { timeToLive: true });

  const code = Code.fromAsset(join(import.meta.dirname, '..', 'dist', 'functions')); // made by `npm run bundle`
  const newFunction = (name: string, handler: string): LambdaFunction =>
    new LambdaFunction(stack, name, {
      code,
      handler,
      runtime: Runtime.NODEJS_22_X,
      memorySize: 512,
      timeout: Duration.minutes(1),
      environment: { EVENT_TABLE_NAME: events.tableName, VIEW_TABLE_NAME: views.tableName },
    });

  const api = newFunction('Api', 'api.handler');
  events.grantReadWrite(api);
  events.grantReadSnapshots(api);
  events.grantWriteSnapshots(api);
  views.grantRunOnce(api);
  views.grantGetView(api);
  const { url } = api.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });

  const projections = newFunction('Projections', 'projections.handler');
  views.grantProjections(projections);
  const { alarms } = events.addStreamHandler(projections);

  const oncall = new Topic(stack, 'OnCall');
  for (const alarm of [...alarms, ...events.alarms]) alarm.addAlarmAction(new SnsAction(oncall));
  new CfnOutput(stack, 'Url', { value: url });
  new CfnOutput(stack, 'EventTableName', { value: events.tableName });
  return stack;
};
