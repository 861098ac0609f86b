import { unsynthesizedApp } from '@castore-dynamodb/testing/synthesis';
import { Duration, RemovalPolicy, Stack, type StackProps, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';

import {
  EventTable,
  type EventTableAttributes,
  type EventTableProps,
  InvalidEventTablePropsError,
  ProjectionTable,
  type ProjectionTableProps,
} from '../src/index.js';

const IRELAND: StackProps = { env: { account: '111122223333', region: 'eu-west-1' } };
const newStack = (props?: StackProps) => new Stack(unsynthesizedApp(), 'Stack', props);
const keyArn = (region: string) => `arn:aws:kms:${region}:111122223333:key/of-${region}`;
const keyIn = (stack: Stack, region: string) => kms.Key.fromKeyArn(stack, 'Key', keyArn(region));
const streamArn = (region: string, table = 'orders-events', account = '111122223333') =>
  `arn:aws:dynamodb:${region}:${account}:table/${table}/stream/2026-11-21T00:00:00.000`;
/** What is known when it is deployed, and not now. */
const LATER = Token.asString({ Ref: 'Parameter' });
const LATER_NUMBER = Token.asNumber({ Ref: 'Parameter' });

const expectRefused = (act: () => unknown, prop: string, why = ''): void => {
  const message = expect.stringContaining(why === '' ? `Invalid ${prop}: ` : why);
  expect(act).toThrow(
    expect.objectContaining({
      constructor: InvalidEventTablePropsError,
      code: 'InvalidEventTableProps',
      prop,
      message,
    }),
  );
};

type TableProps = EventTableProps | ((stack: Stack) => EventTableProps);

const creating =
  (props: TableProps, stackProps: StackProps | undefined = IRELAND) =>
  () => {
    const stack = newStack(stackProps);
    return new EventTable(stack, 'Events', typeof props === 'function' ? props(stack) : props);
  };

/** What TypeScript does not let through. */
const inJavaScript = (props: object): object => props;

const provisioned = (read: Partial<dynamodb.AutoscaledCapacityOptions>): EventTableProps => ({
  billing: { mode: 'provisioned', read: { maxCapacity: 10, ...read }, write: { maxCapacity: 10 } },
});

const replicated =
  (keys: Record<string, string>, ...replicaRegions: string[]) =>
  (stack: Stack) => ({
    replicaRegions,
    encryption: dynamodb.TableEncryptionV2.customerManagedKey(keyIn(stack, 'eu-west-1'), keys),
  });

describe('a table is refused with', () => {
  const cases: [string, string, TableProps][] = [
    ...[0, -1, 1.5, Number.NaN].map((maxReadRequestUnits): [string, string, TableProps] => [
      `a cap of ${maxReadRequestUnits}, which the CDK would take for none`,
      'billing.maxReadRequestUnits',
      { billing: { mode: 'on-demand', maxReadRequestUnits } },
    ]),
    ['a minimum above the maximum', 'billing.read.maxCapacity', provisioned({ minCapacity: 20 })],
    ['a minimum of 0', 'billing.read.minCapacity', provisioned({ minCapacity: 0 })],
    ['a maximum that is no whole number', 'billing.read.maxCapacity', provisioned({ maxCapacity: 2.5 })],
    ['another way to pay', 'billing.mode', inJavaScript({ billing: { mode: 'free' } })],
    ['no read capacity', 'billing.read', inJavaScript({ billing: { mode: 'provisioned', write: { maxCapacity: 1 } } })],
    ['an ARN for a name', 'tableName', { tableName: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events' }],
    ['a name that is too short', 'tableName', { tableName: 'ab' }],
    ['a name with a space', 'tableName', { tableName: 'orders events' }],
    [
      'a time to live by the version, by which events would expire',
      'timeToLiveAttribute',
      { timeToLiveAttribute: 'version' },
    ],
    ['a time to live by nothing', 'timeToLiveAttribute', { timeToLiveAttribute: '' }],
    ['a time to live by what a push recognises itself by', 'timeToLiveAttribute', { timeToLiveAttribute: 'pushId' }],
    ['a time to live by a number', 'timeToLiveAttribute', inJavaScript({ timeToLiveAttribute: 5 })],
    ['null for billing', 'billing.mode', inJavaScript({ billing: null })],
    [
      'null for a capacity',
      'billing.read',
      inJavaScript({ billing: { mode: 'provisioned', read: null, write: { maxCapacity: 1 } } }),
    ],
    ['null for the encryption', 'encryption', inJavaScript({ encryption: null })],
    [
      'the encryption of another construct',
      'encryption',
      inJavaScript({ encryption: dynamodb.TableEncryption.AWS_MANAGED }),
    ],
    ['null for tags', 'tags', inJavaScript({ tags: null })],
    ['a tag without a key', 'tags', inJavaScript({ tags: 'orders' })],
    ['51 tags', 'tags', { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag${index}`, ''])) }],
    ['no props', 'props', inJavaScript([])],
    ['text for a yes or no', 'deletionProtection', inJavaScript({ deletionProtection: 'false' })],
    ['text for a yes or no', 'pointInTimeRecovery', inJavaScript({ pointInTimeRecovery: 'no' })],
    ['a number for a duration', 'alarms.replicationLatency', inJavaScript({ alarms: { replicationLatency: 30 } })],
    ['a snapshot for a removal policy', 'removalPolicy', { removalPolicy: RemovalPolicy.SNAPSHOT }],
    ['a tag that is AWS’s', 'tags', { tags: { 'aws:team': 'orders' } }],
    ['a tag that is too long', 'tags.team', { tags: { team: 'x'.repeat(257) } }],
    ['a stream of nothing', 'stream', inJavaScript({ stream: 'IMAGES' })],
    ['Contributor Insights of nothing', 'contributorInsights', inJavaScript({ contributorInsights: true })],
    ['no class of tables', 'tableClass', inJavaScript({ tableClass: 'CHEAP' })],
    [
      'a stream that replication cannot work with',
      'stream',
      { stream: dynamodb.StreamViewType.NEW_IMAGE, replicaRegions: ['eu-central-1'] },
    ],
    ['its own region for a replica', 'replicaRegions', { replicaRegions: ['eu-west-1'] }],
    ['a replica twice', 'replicaRegions', { replicaRegions: ['eu-central-1', 'eu-central-1'] }],
    ['what is no region', 'replicaRegions', { replicaRegions: ['eu-central'] }],
    ['a region that is not known now', 'replicaRegions', { replicaRegions: [LATER] }],
    ['one region instead of an array', 'replicaRegions', inJavaScript({ replicaRegions: 'eu-central-1' })],
    [
      'a replica’s key of the wrong region',
      'encryption.replicaKeyArns.eu-central-1',
      replicated({ 'eu-central-1': keyArn('eu-north-1') }, 'eu-central-1'),
    ],
    [
      'a replica’s key that is none',
      'encryption.replicaKeyArns.eu-central-1',
      replicated({ 'eu-central-1': 'alias/orders' }, 'eu-central-1'),
    ],
    ['a replica without a key', 'encryption.replicaKeyArns.eu-central-1', replicated({}, 'eu-central-1')],
    [
      'a key of its own region for a replica',
      'encryption.replicaKeyArns.eu-west-1',
      replicated({ 'eu-central-1': keyArn('eu-central-1'), 'eu-west-1': keyArn('eu-west-1') }, 'eu-central-1'),
    ],
    [
      'a key for a replica that it does not have',
      'encryption.replicaKeyArns.eu-north-1',
      replicated({ 'eu-north-1': keyArn('eu-north-1') }),
    ],
    [
      'a key of another region',
      'encryption.tableKey',
      stack => ({ encryption: dynamodb.TableEncryptionV2.customerManagedKey(keyIn(stack, 'eu-north-1')) }),
    ],
    ['an alarm at 0, which would always be on', 'alarms.throttledRequests', { alarms: { throttledRequests: 0 } }],
    ['an alarm at less than 0', 'alarms.systemErrors', { alarms: { systemErrors: -1 } }],
    ['an alarm at no latency', 'alarms.replicationLatency', { alarms: { replicationLatency: Duration.millis(0) } }],
    ['an alarm of nothing', 'alarms.throttled', inJavaScript({ alarms: { throttled: 1 } })],
    ['a prop that is misspelt', 'pointInTimeRecover', inJavaScript({ pointInTimeRecover: false })],
  ];

  it.each(cases)('%s', (_, prop, props) => expectRefused(creating(props), prop));

  it('strong consistency across regions, which takes no transactions', () => {
    // @ts-expect-error: there is no such prop
    expectRefused(creating({ multiRegionConsistency: 'STRONG' }), 'multiRegionConsistency', 'takes no transactions');
  });

  it('a utilisation that DynamoDB cannot aim at, by the CDK', () => {
    expect(creating(provisioned({ targetUtilizationPercent: 95 }))).toThrow(/targetUtilizationPercent/);
  });

  it('null for props', () => {
    // @ts-expect-error: not props
    expectRefused(() => new EventTable(newStack(), 'Events', null), 'props');
    // @ts-expect-error: not props
    expectRefused(() => new ProjectionTable(newStack(), 'Views', null), 'props');
  });

  it('nothing for a region of any partition', () => {
    expect(creating({ replicaRegions: ['us-gov-east-1', 'cn-north-1', 'eusc-de-east-1'] })).not.toThrow();
  });

  it('an unknown layout', () => {
    // @ts-expect-error: not a layout
    expect(creating({ layout: 'one-table' })).toThrow(TypeError);
  });

  it.each<[string, string, TableProps]>([
    [
      'a customer key',
      'encryption',
      stack => ({ encryption: dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(stack, 'Key')) }),
    ],
    ['replicas', 'replicaRegions', { replicaRegions: ['eu-central-1'] }],
  ])('%s, in a stack that does not know its region', (_, prop, props) => {
    const stack = newStack();
    expectRefused(
      () => new EventTable(stack, 'Events', typeof props === 'function' ? props(stack) : props),
      prop,
      'Give the stack an env.region',
    );
  });

  it.each<[string, TableProps]>([
    ['a name', { tableName: LATER }],
    ['a cap', { billing: { mode: 'on-demand', maxReadRequestUnits: LATER_NUMBER } }],
    ['a time to live', { timeToLiveAttribute: LATER }],
    ['a tag', { tags: { team: LATER } }],
    ['a replica’s key', replicated({ 'eu-central-1': LATER }, 'eu-central-1')],
    ['an alarm’s threshold', { alarms: { throttledRequests: LATER_NUMBER } }],
  ])('nothing for %s that is known only when it is deployed', (_, props) => {
    expect(creating(props)).not.toThrow();
  });
});

describe('a projection table is refused with', () => {
  const cases: [string, string, ProjectionTableProps][] = [
    ['an ARN for a name', 'tableName', { tableName: 'arn:aws:dynamodb:eu-west-1:111122223333:table/views' }],
    ['a snapshot for a removal policy', 'removalPolicy', { removalPolicy: RemovalPolicy.SNAPSHOT }],
    ['text for a yes or no', 'deletionProtection', inJavaScript({ deletionProtection: 'false' })],
    ['an attribute for a yes or no', 'timeToLive', inJavaScript({ timeToLive: 'expiresAt' })],
    ['null for the encryption', 'encryption', inJavaScript({ encryption: null })],
    ['a prop of event tables', 'stream', inJavaScript({ stream: dynamodb.StreamViewType.NEW_IMAGE })],
  ];
  it.each(cases)('%s', (_, prop, props) =>
    expectRefused(() => new ProjectionTable(newStack(IRELAND), 'Views', props), prop),
  );

  it('a key of another region', () => {
    const stack = newStack(IRELAND);
    const encryption = dynamodb.TableEncryptionV2.customerManagedKey(keyIn(stack, 'eu-north-1'));
    expectRefused(() => new ProjectionTable(stack, 'Views', { encryption }), 'encryption.tableKey');
  });
});

describe('a table that exists is refused with', () => {
  const existing =
    (attributes: EventTableAttributes | ((stack: Stack) => EventTableAttributes), name = 'orders-events') =>
    () => {
      const stack = newStack(IRELAND);
      return EventTable.fromTableName(
        stack,
        'Existing',
        name,
        typeof attributes === 'function' ? attributes(stack) : attributes,
      );
    };

  it.each(['arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events', '', undefined])('the name %s', name => {
    const stack = newStack(IRELAND);
    expectRefused(() => EventTable.fromTableName(stack, 'Existing', name as string), 'tableName');
  });

  it.each([
    ['of another table', streamArn('eu-west-1', 'other-events')],
    ['of another region', streamArn('eu-central-1')],
    ['of another account', streamArn('eu-west-1', 'orders-events', '444455556666')],
    ['that is the table’s', 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events'],
    ['that is no ARN', 'orders-events'],
    ['that is empty', ''],
    ['of Kinesis', 'arn:aws:kinesis:eu-west-1:111122223333:stream/orders-events'],
  ])('the ARN of a stream %s', (_, arn) => {
    expectRefused(existing({ streamArn: arn }), 'attributes.streamArn');
  });

  it('a key of another region', () => {
    expectRefused(
      existing(stack => ({ encryptionKey: keyIn(stack, 'eu-north-1') })),
      'attributes.encryptionKey',
    );
  });

  it('an unknown layout, or an attribute that is misspelt', () => {
    // @ts-expect-error: not a layout
    expect(existing({ layout: 'one-table' })).toThrow(TypeError);
    // @ts-expect-error: there is no such attribute
    expectRefused(existing({ streamARN: streamArn('eu-west-1') }), 'attributes.streamARN');
  });

  it('nothing that is known only when it is deployed', () => {
    expect(existing({ streamArn: LATER }, LATER)).not.toThrow();
    expect(existing({ streamArn: streamArn('eu-west-1') }, LATER)).not.toThrow();
  });
});

describe('a grant is refused', () => {
  const elsewhere = (stack: Stack) => iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::444455556666:role/reports');

  it('to another account, of a table with AWS’s own key', () => {
    const { table, stack } = tableIn(IRELAND);
    expectRefused(() => table.grantGetEvents(elsewhere(stack)), 'encryption', 'customer key');
  });

  it('to another account, of a table that exists', () => {
    const stack = newStack(IRELAND);
    const existing = EventTable.fromTableName(stack, 'Existing', 'orders-events');
    expectRefused(() => existing.grantGetEvents(elsewhere(stack)), 'grantee', 'where the table is deployed');
  });

  it('to another account, of a stream', () => {
    const { table, stack } = tableIn(IRELAND, within => new kms.Key(within, 'Key'));
    expectRefused(() => table.grantStreamPoller(elsewhere(stack)), 'grantee', 'policy of its own');
  });

  it('by a key that is known by its alias alone, which the CDK grants nothing of', () => {
    const { table, stack } = tableIn(IRELAND, within => kms.Alias.fromAliasName(within, 'Key', 'alias/orders'));
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    expectRefused(() => table.grantGetEvents(role), 'encryption', 'Key.fromKeyArn');
  });

  const CALLER = 'arn:aws:iam::111122223333:role/importer';

  it.each<[string, iam.IPrincipal]>([
    ['an ARN', new iam.ArnPrincipal(CALLER)],
    ['a service', new iam.ServicePrincipal('lambda.amazonaws.com')],
    ['an account', new iam.AccountPrincipal('111122223333')],
  ])('to %s, of a table that exists: neither policy can be written', (_, principal) => {
    const existing = EventTable.fromTableName(newStack(IRELAND), 'Existing', 'orders-events');
    expectRefused(() => existing.grantGetEvents(principal), 'grantee', 'Role.fromRoleArn');
  });

  it('to an ARN of another account, of a table with AWS’s own key', () => {
    const { table } = tableIn(IRELAND);
    const principal = new iam.ArnPrincipal('arn:aws:iam::444455556666:role/reports');
    expectRefused(() => table.grantGetEvents(principal), 'encryption', '444455556666');
    const views = new ProjectionTable(newStack(IRELAND), 'Views');
    expectRefused(() => views.grantGetView(principal), 'encryption', '444455556666');
  });

  it('to an ARN, of a stream, which the table’s policy does not cover', () => {
    const { table } = tableIn(IRELAND);
    expectRefused(() => table.grantStreamPoller(new iam.ArnPrincipal(CALLER)), 'grantee', 'Role.fromRoleArn');
  });

  it('to an ARN, of a key that was imported: neither policy can be written', () => {
    const { table } = tableIn(IRELAND, within => keyIn(within, 'eu-west-1'));
    expectRefused(() => table.grantGetEvents(new iam.ArnPrincipal(CALLER)), 'encryption', 'Role.fromRoleArn');
  });

  it('to a function that was imported without its role', () => {
    const { table, stack } = tableIn(IRELAND);
    const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:reports';
    const reports = lambda.Function.fromFunctionArn(stack, 'Reports', arn);
    expectRefused(() => table.grantGetEvents(reports), 'grantee', 'without its role');
    const existing = EventTable.fromTableName(stack, 'Existing', 'orders-events');
    expectRefused(() => existing.grantGetEvents(reports), 'grantee', 'without its role');
  });

  const tableIn = (stackProps: StackProps, key?: (stack: Stack) => kms.IKey) => {
    const stack = newStack(stackProps);
    const encryption = key && dynamodb.TableEncryptionV2.customerManagedKey(key(stack));
    return { stack, table: new EventTable(stack, 'Events', { ...(encryption && { encryption }) }) };
  };
});
