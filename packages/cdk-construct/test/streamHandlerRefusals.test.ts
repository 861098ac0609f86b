import { functionIn, testApp, unsynthesizedApp } from '@castore-dynamodb/testing/synthesis';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';

import {
  EventTable,
  type EventTableProps,
  InvalidEventTablePropsError,
  type StreamHandlerProps,
} from '../src/index.js';

const ACCOUNT = '111122223333';
const IRELAND: StackProps = { env: { account: ACCOUNT, region: 'eu-west-1' } };
const NEW_IMAGE = { stream: dynamodb.StreamViewType.NEW_IMAGE };
const newStack = (props?: StackProps) => new Stack(unsynthesizedApp(), 'Stack', props);
const tableIn = (stack: Stack, props: EventTableProps = NEW_IMAGE) =>
  new EventTable(stack, 'Events', { tableName: 'orders-events', ...props });

const expectRefused = (act: () => unknown, prop: string, why = ''): void => {
  expect(act).toThrow(
    expect.objectContaining({
      constructor: InvalidEventTablePropsError,
      prop,
      message: expect.stringContaining(why === '' ? `Invalid ${prop}: ` : why),
    }),
  );
};

describe('a stream handler is refused with', () => {
  const refused = (prop: string, props: StreamHandlerProps, tableProps?: EventTableProps) => {
    const stack = newStack();
    const table = tableIn(stack, tableProps);
    expectRefused(() => table.addStreamHandler(functionIn(stack, 'Projector'), props), prop);
  };

  it.each([
    ['a table without a stream', {}],
    ['a stream of keys', { stream: dynamodb.StreamViewType.KEYS_ONLY }],
    ['a stream of old images', { stream: dynamodb.StreamViewType.OLD_IMAGE }],
  ])('%s', (_, tableProps) => {
    const stack = newStack();
    const table = new EventTable(stack, 'Events', tableProps);
    expectRefused(() => table.addStreamHandler(functionIn(stack, 'Projector')), 'stream');
  });

  it('a table that exists, without the ARN of its stream', () => {
    const stack = newStack();
    const existing = EventTable.fromTableName(stack, 'Existing', 'orders-events');
    expectRefused(() => existing.addStreamHandler(functionIn(stack, 'Projector')), 'stream', 'streamArn');
  });

  const NUMBERS = {
    batchSize: [0, 10_001, 1.5, Number.NaN],
    parallelizationFactor: [0, 11],
    retryAttempts: [-1, 10_001],
  };
  const DURATIONS = {
    maxBatchingWindow: [Duration.seconds(301), Duration.millis(1500)],
    maxRecordAge: [Duration.seconds(59), Duration.hours(25)],
  };
  it.each(
    Object.entries({ ...NUMBERS, ...DURATIONS }).flatMap(([prop, values]) =>
      values.map(value => [prop, String(value), value] as const),
    ),
  )('%s of %s', (prop, _, value) => refused(`streamHandler.${prop}`, { [prop]: value }));

  it.each([Duration.millis(500), Duration.hours(13)])('an alarm at an age of %s', iteratorAge =>
    refused('streamHandler.alarms.iteratorAge', { alarms: { iteratorAge } }),
  );

  it.each([
    ['bisectBatchOnError', 'false'],
    ['maxRecordAge', 60],
    ['failureQueue', null],
  ])('%s of %s', (prop, value) => refused(`streamHandler.${prop}`, { [prop]: value }));

  it('a start that DynamoDB does not have', () => {
    const startingPosition = lambda.StartingPosition.AT_TIMESTAMP;
    // @ts-expect-error: DynamoDB's streams know no timestamps
    refused('streamHandler.startingPosition', { startingPosition });
  });

  it('a prop, or a threshold, that is misspelt', () => {
    // @ts-expect-error: there is no such prop
    refused('streamHandler.batchsize', { batchsize: 10 });
    // @ts-expect-error: there is no such threshold
    refused('streamHandler.alarms.age', { alarms: { age: Duration.hours(1) } });
  });

  it('a FIFO queue', () => {
    refused('streamHandler.failureQueue', { failureQueue: new sqs.Queue(newStack(), 'Queue', { fifo: true }) });
  });

  it.each([
    ['region', `arn:aws:sqs:eu-central-1:${ACCOUNT}:given-up`],
    ['account', 'arn:aws:sqs:eu-west-1:444455556666:given-up'],
  ])('a queue of another %s, whose messages its alarm would not see', (where, arn) => {
    const stack = newStack(IRELAND);
    const failureQueue = sqs.Queue.fromQueueArn(stack, 'GivenUp', arn);
    const handler = functionIn(stack, 'Projector');
    expectRefused(
      () => tableIn(stack).addStreamHandler(handler, { failureQueue }),
      'streamHandler.failureQueue',
      arn.split(':')[where === 'region' ? 3 : 4],
    );
  });

  it('the same function twice', () => {
    const stack = newStack();
    const table = tableIn(stack);
    const handler = functionIn(stack, 'Projector');
    table.addStreamHandler(handler);
    expectRefused(() => table.addStreamHandler(handler), 'handler', 'reads this stream already');
  });

  it('no function', () => {
    // @ts-expect-error: a function is required
    expectRefused(() => tableIn(newStack()).addStreamHandler(undefined), 'handler', 'expected a Lambda function');
  });
});

describe('a function is refused', () => {
  const app = unsynthesizedApp();
  let stacks = 0;
  const stackIn = (env?: StackProps['env']) => new Stack(app, `Stack${++stacks}`, { ...(env && { env }) });
  const existing = (stack: Stack) =>
    EventTable.fromTableName(stack, 'Existing', 'orders-events', {
      streamArn: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders-events/stream/2026-11-21T00:00:00.000`,
    });

  const ELSEWHERE = [
    ['region', { account: ACCOUNT, region: 'eu-central-1' }, 'the function is in eu-central-1'],
    ['account', { account: '444455556666', region: 'eu-west-1' }, 'the function is of account 444455556666'],
  ] as const;

  it.each(ELSEWHERE)('in another %s', (_, env, why) => {
    const table = tableIn(stackIn(IRELAND.env));
    const handler = functionIn(stackIn(env), 'Projector');
    expectRefused(() => table.addStreamHandler(handler), 'handler', why);
  });

  it.each(ELSEWHERE)('in another %s, by its alias', (_, env, why) => {
    const version = functionIn(stackIn(env), 'Projector').currentVersion as lambda.IVersion;
    const alias = new lambda.Alias(Stack.of(version), 'Live', { aliasName: 'live', version }) as lambda.IFunction;
    expectRefused(() => tableIn(stackIn(IRELAND.env)).addStreamHandler(alias), 'handler', why);
  });

  it.each(ELSEWHERE)('that was imported from another %s', (_, { account, region }, why) => {
    const stack = stackIn(IRELAND.env);
    const handler = lambda.Function.fromFunctionArn(
      stack,
      'Projector',
      `arn:aws:lambda:${region}:${account}:function:f`,
    );
    expectRefused(() => tableIn(stack).addStreamHandler(handler), 'handler', why);
    expectRefused(() => existing(stack).addStreamHandler(handler), 'handler', why);
  });

  it('that was imported without its role', () => {
    const stack = stackIn(IRELAND.env);
    const handler = lambda.Function.fromFunctionArn(
      stack,
      'Projector',
      `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`,
    );
    expectRefused(() => tableIn(stack).addStreamHandler(handler), 'handler', 'fromFunctionAttributes');
  });

  it('before anything is added to its stack', () => {
    const handler = functionIn(stackIn({ account: ACCOUNT, region: 'eu-central-1' }), 'Projector');
    const before = handler.node.findAll().length;
    expectRefused(() => tableIn(stackIn(IRELAND.env)).addStreamHandler(handler), 'handler');
    expect(handler.node.findAll()).toHaveLength(before);
  });

  it('not if region or account are known only when it is deployed', () => {
    for (const env of [undefined, { region: 'eu-west-1' }]) {
      const stack = stackIn(env);
      expect(() => existing(stack).addStreamHandler(functionIn(stack, 'Projector'))).not.toThrow();
    }
  });

  it('not by its ARN and role', () => {
    const stack = stackIn(IRELAND.env);
    const handler = lambda.Function.fromFunctionAttributes(stack, 'Projector', {
      functionArn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:projector:live`,
      role: iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/projector`),
    });
    expect(() => tableIn(stack).addStreamHandler(handler)).not.toThrow();
  });
});

describe('a function in a stack that knows its region and not its account', () => {
  const { stack, template } = testApp();
  const owner = stack(IRELAND);
  const user = stack({ env: { region: 'eu-west-1' } });
  tableIn(owner).addStreamHandler(functionIn(user, 'Projector'));

  it('can read the stream of a table whose account is known', () => {
    template(user).resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
  });
});

describe('synthesis warns', () => {
  const { stack } = testApp();
  const functionWith = (within: Stack, props: Partial<lambda.FunctionProps>, id = 'Projector') =>
    new lambda.Function(within, id, {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({ batchItemFailures: [] });'),
      ...props,
    });
  const warnings = (within: Stack) =>
    Annotations.fromStack(within)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => entry.data as string);
  const added = (props: Partial<lambda.FunctionProps>, handlerOf = (fn: lambda.Function): lambda.IFunction => fn) => {
    const within = stack();
    tableIn(within).addStreamHandler(handlerOf(functionWith(within, props)));
    return within;
  };

  const short = [
    ['Lambda’s default of 3 seconds', added({}), 'The function has 3 seconds'],
    ['29 seconds', added({ timeout: Duration.seconds(29) }), 'The function has 29 seconds'],
    [
      'an alias of a function with 3 seconds',
      added({}, fn => fn.currentVersion as lambda.IFunction),
      'The function has 3 seconds',
    ],
  ] as const;
  it.each(short)('of %s for a batch, and of memory', (_, within, text) => {
    expect(warnings(within)).toEqual([expect.stringContaining(text)]);
    expect(warnings(within)[0]).toContain('memorySize');
  });

  const enough = added({ timeout: Duration.seconds(30) });
  it('of nothing when there is time', () => {
    expect(warnings(enough)).toEqual([]);
  });

  const readBy = (count: number, props: EventTableProps) => {
    const within = stack(IRELAND);
    const table = tableIn(within, props);
    for (let index = 1; index <= count; index++) {
      table.addStreamHandler(functionWith(within, { timeout: Duration.minutes(1) }, `Projector${index}`));
    }
    return within;
  };
  const readers = [
    ['three functions on a stream', readBy(3, NEW_IMAGE), 1],
    ['two functions on the stream of a table with replicas', readBy(2, { replicaRegions: ['eu-central-1'] }), 1],
    ['nothing for two functions on a stream', readBy(2, NEW_IMAGE), 0],
  ] as const;
  it.each(readers)('of %s', (_, within, count) => {
    expect(warnings(within)).toEqual(Array.from({ length: count }, () => expect.stringContaining('may be throttled')));
  });
});
