import type { Stack } from 'aws-cdk-lib';
import { Duration, RemovalPolicy, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';

import { EventTable, type EventTableProps, ProjectionTable } from '../src/index.js';
import { expectRefused, IRELAND, inJavaScript, keyArn, keyIn, LATER, LATER_NUMBER, newStack } from './refusing.js';

type TableProps = EventTableProps | ((stack: Stack) => EventTableProps);

const creating =
  (props: TableProps, stackProps: StackProps | undefined = IRELAND) =>
  () => {
    const stack = newStack(stackProps);
    return new EventTable(stack, 'Events', typeof props === 'function' ? props(stack) : props);
  };

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
    expectRefused(creating({ multiRegionConsistency: 'STRONG' }), 'multiRegionConsistency', 'has no transactions');
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
