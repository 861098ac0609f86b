import { onlyResource, roleIn, statementsOf, testApp } from '@castore-dynamodb/testing/synthesis';
import type { Stack, StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';

import { EventTable, type IEventTable } from '../src/index.js';

const { stack, template } = testApp();
const IRELAND: StackProps = { env: { account: '111122223333', region: 'eu-west-1' } };
const TABLE = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders-events';
const INDEX = `${TABLE}/index/initialEvents`;
const STREAMS = `${TABLE}/stream/*`;
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/of-eu-west-1';

const allow = (Resource: unknown, ...actions: string[]) => {
  const names = actions.map(action => `dynamodb:${action}`);
  return { Effect: 'Allow', Action: names.length === 1 ? names[0] : names, Resource };
};
const query = (Resource: unknown) => allow(Resource, 'Query');
const putItem = (Resource: unknown) => allow(Resource, 'PutItem');
const decrypt = (Resource: unknown) => ({
  Effect: 'Allow',
  Action: 'kms:Decrypt',
  Resource,
  Condition: { StringLike: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com*' } },
});

const GRANTS = {
  grantGetEvents: [query(TABLE)],
  grantPushEvent: [putItem(TABLE)],
  grantListAggregateIds: [query(INDEX)],
  grantReadWrite: [query(TABLE), putItem(TABLE), query(INDEX)],
  grantCheckUnchanged: [allow(TABLE, 'ConditionCheckItem')],
  grantReadAllEvents: [query(INDEX), query(TABLE)],
  grantSortAllEvents: [allow(TABLE, 'Scan', 'Query')],
  grantReplayEvents: [allow(TABLE, 'Scan', 'Query', 'DescribeTable')],
  grantStreamPoller: [
    allow(TABLE, 'DescribeTable', 'Query'),
    allow(STREAMS, 'DescribeStream', 'GetRecords', 'GetShardIterator'),
  ],
  grantDescribeEventTable: [allow(TABLE, 'DescribeTable')],
  grantReadSnapshots: [query(TABLE)],
  grantWriteSnapshots: [putItem(TABLE)],
  grantDeleteSnapshots: [allow(TABLE, 'Query', 'DeleteItem')],
  grantMaintainSnapshots: [allow(TABLE, 'Query', 'PutItem', 'DeleteItem')],
  grantRedactEvents: [allow(TABLE, 'Query', 'PutItem')],
  grantDeleteAggregate: [allow(TABLE, 'Query', 'DeleteItem', 'ConditionCheckItem')],
  grantDeleteEventStore: [query(INDEX), allow(TABLE, 'Scan', 'Query', 'DeleteItem', 'ConditionCheckItem')],
} satisfies Partial<Record<keyof IEventTable, unknown>>;
const METHODS = Object.keys(GRANTS) as (keyof typeof GRANTS)[];

/** A role that one grant of a table is made to, and every policy statement that this comes to. */
const granted = (within: Stack, method: keyof typeof GRANTS, table: IEventTable) => {
  const role = roleIn(within, `${table.node.id}-${method}`);
  const grant = table[method](role);
  return { grant, statements: () => statementsOf(role) };
};

describe('a table that exists', () => {
  const within = stack(IRELAND);
  const table = EventTable.fromTableName(within, 'Existing', 'orders-events');
  const encrypted = EventTable.fromTableName(within, 'Encrypted', 'orders-events', {
    layout: 'table-per-store',
    encryptionKey: kms.Key.fromKeyArn(within, 'Key', KEY),
  });
  const plain = METHODS.map(method => ({ method, ...granted(within, method, table) }));
  const withKey = METHODS.map(method => ({ method, ...granted(within, method, encrypted) }));

  it.each(plain)('$method allows exactly this', ({ method, grant, statements }) => {
    expect(statements()).toEqual(GRANTS[method]);
    expect(grant).toBeInstanceOf(iam.Grant);
    expect(grant.success).toBe(true);
  });

  it.each(withKey)('$method of a table with a customer key allows to decrypt besides', ({ method, statements }) => {
    const [first, ...others] = GRANTS[method];
    expect(statements()).toEqual([first, decrypt(KEY), ...others]);
  });

  it('deploys nothing', () => {
    expect(template(within).findResources('AWS::DynamoDB::GlobalTable')).toEqual({});
  });

  it('has a name, ARNs and a layout', () => {
    const { tableName, tableArn, indexArn, layout } = table;
    expect(within.resolve({ tableName, tableArn, indexArn, layout })).toEqual({
      tableName: 'orders-events',
      tableArn: TABLE,
      indexArn: INDEX,
      layout: 'single-table',
    });
    expect(encrypted.layout).toBe('table-per-store');
  });
});

describe('a table of the stack', () => {
  const within = stack(IRELAND);
  const key = new kms.Key(within, 'Key');
  const plain = new EventTable(within, 'Plain');
  const encrypted = new EventTable(within, 'Encrypted', {
    encryption: dynamodb.TableEncryptionV2.customerManagedKey(key),
  });
  const arns = (table: EventTable): Record<string, string> => ({
    [TABLE]: table.tableArn,
    [INDEX]: table.indexArn,
    [STREAMS]: `${table.tableArn}/stream/*`,
  });
  const cases = METHODS.flatMap(method =>
    [plain, encrypted].map(table => ({
      method,
      table,
      title: `${method} of ${table.node.id}`,
      ...granted(within, method, table),
    })),
  );

  it.each(cases)('$title', ({ method, table, statements }) => {
    const [first, ...others] = GRANTS[method].map(statement => ({
      ...statement,
      Resource: within.resolve(arns(table)[String(statement.Resource)]),
    }));
    const ofKey = table === encrypted ? [decrypt(within.resolve(key.keyArn))] : [];
    expect(statements()).toEqual([first, ...ofKey, ...others]);
  });

  it('has an index ARN below its own', () => {
    expect(within.resolve(plain.indexArn)).toEqual({
      'Fn::Join': ['', [within.resolve(plain.tableArn), '/index/initialEvents']],
    });
  });
});

describe('a table of another stack', () => {
  const owner = stack(IRELAND);
  const caller = stack(IRELAND);
  const { statements } = granted(caller, 'grantReadWrite', new EventTable(owner, 'Events'));

  it('is granted by its exported ARN', () => {
    const exported = { 'Fn::ImportValue': expect.stringContaining('Arn') };
    const index = { 'Fn::Join': ['', [exported, '/index/initialEvents']] };
    expect(statements()).toEqual([query(exported), putItem(exported), query(index)]);
  });
});

describe('a replica in another region', () => {
  const owner = stack(IRELAND);
  new EventTable(owner, 'Events', { tableName: 'orders-events', replicaRegions: ['eu-central-1'] });
  const caller = stack({ env: { account: '111122223333', region: 'eu-central-1' } });
  const { statements } = granted(
    caller,
    'grantGetEvents',
    EventTable.fromTableName(caller, 'Replica', 'orders-events'),
  );

  it('is granted by name in the stack of that region', () => {
    expect(statements()).toEqual([query(TABLE.replace('eu-west-1', 'eu-central-1'))]);
  });
});

describe('a caller of another account', () => {
  const owner = stack(IRELAND);
  const encryption = dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(owner, 'Key'));
  const table = new EventTable(owner, 'Events', { encryption });
  const caller = stack({ env: { account: '444455556666', region: 'eu-west-1' } });
  const role = new iam.Role(caller, 'Role', { assumedBy: new iam.AccountRootPrincipal(), roleName: 'caller' });
  table.grantGetEvents(role);

  it('is allowed by the own policy and by the table’s', () => {
    expect(statementsOf(role)).toMatchObject([{ Action: 'dynamodb:Query' }, { Action: 'kms:Decrypt' }]);
    const { Properties } = onlyResource(template(owner), 'AWS::DynamoDB::GlobalTable');
    expect(Properties['Replicas'][0].ResourcePolicy.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'dynamodb:Query', Resource: '*', Principal: { AWS: expect.anything() } },
    ]);
  });
});

describe('a caller that is known by its ARN alone', () => {
  const owner = stack(IRELAND);
  const encryption = dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(owner, 'Key'));
  const table = new EventTable(owner, 'Events', { encryption });
  table.grantGetEvents(new iam.ArnPrincipal('arn:aws:iam::111122223333:role/importer'));

  it('is allowed by the policies of the table and of its key', () => {
    const { Properties } = onlyResource(template(owner), 'AWS::DynamoDB::GlobalTable');
    const Principal = { AWS: 'arn:aws:iam::111122223333:role/importer' };
    expect(Properties['Replicas'][0].ResourcePolicy.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'dynamodb:Query', Resource: '*', Principal },
    ]);
    const key = onlyResource(template(owner), 'AWS::KMS::Key');
    expect(key.Properties['KeyPolicy'].Statement).toContainEqual({ ...decrypt('*'), Principal });
  });
});
