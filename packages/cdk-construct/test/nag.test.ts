import { roleIn, unsynthesizedApp } from '@castore-dynamodb/testing/synthesis';
import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';

import { EventTable, ProjectionTable } from '../src/index.js';

/** The rules of cdk-nag's AwsSolutions pack that what is built breaks. No exception is acknowledged anywhere. */
const brokenRules = (build: (stack: Stack) => void): string[] => {
  const app = unsynthesizedApp();
  build(new Stack(app, 'Stack'));
  return new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);
};

it('breaks no rule of AwsSolutions, alarms and grants included', () => {
  const withGrants = (stack: Stack) =>
    new EventTable(stack, 'Events', { alarms: true }).grantReadWrite(roleIn(stack, 'Role'));

  expect(brokenRules(withGrants)).toEqual([]);
});

it('breaks one with the CDK’s own grants, so that the rules are seen to look', () => {
  const withGrants = (stack: Stack) => new EventTable(stack, 'Events').table.grantReadData(roleIn(stack, 'Role'));

  expect(brokenRules(withGrants)).toEqual(['AwsSolutions-IAM5[Resource::<EventsTable4B7491D3.Arn>/index/*]']);
});

it('breaks none with a stream handler and a projection table but one, which takes the failure queue for a source', () => {
  const withStreamHandler = (stack: Stack) => {
    // What the rules have against the function itself is the test's doing.
    const handler = lambda.Function.fromFunctionAttributes(stack, 'Projector', {
      functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:projector',
      role: roleIn(stack, 'Role'),
    });
    const events = new EventTable(stack, 'Events', { stream: dynamodb.StreamViewType.NEW_IMAGE });
    events.addStreamHandler(handler);
    new ProjectionTable(stack, 'Views').grantProjections(handler);
  };

  // It knows dead-letter queues of queues and functions, and not what an event source mapping sends to.
  expect(brokenRules(withStreamHandler)).toEqual(['AwsSolutions-SQS3']);
});

describe('the rule on point-in-time recovery, which passes over global tables', () => {
  /** The same table as the kind of resource that the rule looks at, with what the construct says of recovery. */
  const twinOf = ({ table }: EventTable) => {
    const { replicas } = table.node.defaultChild as dynamodb.CfnGlobalTable;
    const [{ pointInTimeRecoverySpecification }] = Stack.of(table).resolve(replicas);
    new dynamodb.CfnTable(Stack.of(table), 'Twin', { keySchema: [], pointInTimeRecoverySpecification });
  };

  it('would pass by default', () => {
    expect(brokenRules(stack => twinOf(new EventTable(stack, 'Events')))).toEqual([]);
  });

  it('would not without recovery', () => {
    expect(brokenRules(stack => twinOf(new EventTable(stack, 'Events', { pointInTimeRecovery: false })))).toEqual([
      'AwsSolutions-DDB3',
    ]);
  });
});
