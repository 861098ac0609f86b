import type { Stack } from 'aws-cdk-lib';
import { type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';

import { EventTable, ProjectionTable } from '../src/index.js';
import { expectRefused, IRELAND, keyIn, newStack } from './refusing.js';

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
