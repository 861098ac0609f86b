import {
  type EventTableOperation,
  type EventTablePermissions,
  type EventTableResource,
  eventTableOperations,
} from '@castore-dynamodb/table';
import { Resource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';

import { differ, InvalidEventTablePropsError } from './checks.js';

/** What takes part when somebody is allowed to use a table. */
export interface SecuredTable {
  /** The table's account. */
  readonly account: string;

  /** The table's region. */
  readonly region: string;

  /** The customer key that encrypts the table; undefined for a key of AWS's, which needs no grant. */
  readonly encryptionKey: kms.IKey | undefined;

  /** Whether AWS's own key of the account encrypts the table. */
  readonly hasAwsManagedKey: boolean;

  /** The table's own policy, which callers of another account need; undefined if this app cannot write to it. */
  readonly policy: iam.IResourceWithPolicy | undefined;
}

/** The ARNs of what an operation is allowed on. Its other resources are left out. */
export type GrantedArns = { readonly [RESOURCE in EventTableResource]?: string };

/** Allows `grantee` what an operation needs: its actions in `eventTableOperations`, on the resources that have an ARN here. */
export const grantOperation = (
  table: SecuredTable,
  grantee: iam.IGrantable,
  operation: EventTableOperation,
  arns: GrantedArns,
): iam.Grant => {
  const permissions: EventTablePermissions = eventTableOperations[operation];
  const [first, ...others] = (Object.keys(permissions) as EventTableResource[]).flatMap(resource => {
    const [actions, arn] = [permissions[resource], arns[resource]];
    return actions === undefined || arn === undefined ? [] : [grantOn(table, grantee, actions, arn)];
  });
  if (first === undefined) throw new TypeError(`${operation} needs nothing of ${Object.keys(arns).join(', ')}.`);
  return others.reduce((all, grant) => all.combine(grant), first);
};

/** Allows some actions on one ARN, and to decrypt with the table's customer key, if it has one. */
const grantOn = (
  table: SecuredTable,
  grantee: iam.IGrantable,
  actions: readonly string[],
  resourceArn: string,
): iam.Grant => {
  checkCaller(table, grantee, resourceArn);
  const allowed = { grantee, actions: [...actions], resourceArns: [resourceArn] };
  const grant =
    table.policy === undefined || isStream(resourceArn)
      ? iam.Grant.addToPrincipal(allowed)
      : // The table's policy cannot name the table, of which it is a part: that it says * opens nothing, since a caller
        // of another account has to be allowed by the own policy too, which names the resource.
        iam.Grant.addToPrincipalOrResource({ ...allowed, resource: table.policy, resourceSelfArns: ['*'] });
  // The CDK reports it in the grant alone, which nobody looks at: the app would be deployed without the permission.
  if (!grant.success) {
    throw new InvalidEventTablePropsError('grantee', `the caller has no policy to add this to. ${GIVE_THE_ROLE}`);
  }

  return table.encryptionKey === undefined
    ? grant
    : grant.combine(grantDecrypt(table.encryptionKey, table.region, grantee));
};

const GIVE_THE_ROLE = 'Give the role itself: the resource that has it, or Role.fromRoleArn.';

/** A stream is no part of its table's policy. */
const isStream = (arn: string): boolean => arn.includes('/stream/');

/** Refuses callers that nothing can be granted to, and grants to other accounts that would never work. */
const checkCaller = (
  { account, hasAwsManagedKey, policy }: SecuredTable,
  { grantPrincipal }: iam.IGrantable,
  resourceArn: string,
): void => {
  if (grantPrincipal instanceof iam.UnknownPrincipal) {
    throw new InvalidEventTablePropsError(
      'grantee',
      'the caller was imported without its role. Import it with the role, as by Function.fromFunctionAttributes(…, { functionArn, role }).',
    );
  }
  const callerAccount = accountOf(grantPrincipal);
  if (!differ(callerAccount, account)) return;
  const refuse = (prop: string, why: string): never => {
    throw new InvalidEventTablePropsError(prop, `the caller is of account ${callerAccount}, and ${why}`);
  };
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
  if (hasAwsManagedKey) {
    refuse('encryption', 'no other account can use AWS’s own key for DynamoDB. Give the table a customer key.');
  }
  if (policy === undefined) {
    refuse(
      'grantee',
      'this app cannot write to the policy of a table that exists. Grant it where the table is deployed.',
    );
  }
  if (isStream(resourceArn)) {
    refuse('grantee', 'a stream needs a policy of its own, which this construct does not make.');
  }
};

/** An `ArnPrincipal` does not say its account; its ARN does. */
export const accountOf = (principal: iam.IPrincipal): string | undefined =>
  principal.principalAccount ?? (principal as Partial<iam.ArnPrincipal>).arn?.split(':')[4];

/**
 * Reads and writes alike need `kms:Decrypt` and nothing else of a customer key. The key protects one table key,
 * which DynamoDB has KMS decrypt in the name of whoever accesses the table, at first and after five minutes without
 * use; data keys lie under the table key, outside of KMS. `GenerateDataKey` comes from DynamoDB itself, when the
 * table is created, and the rest from whoever deploys the table.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 * ("Table keys", "Table key caching", "Monitoring DynamoDB interaction with AWS KMS"); that `PutItem` is refused
 * without `kms:Decrypt` was reported in https://github.com/aws/aws-cdk/issues/10010.
 */
const grantDecrypt = (key: kms.IKey, region: string, grantee: iam.IGrantable): iam.Grant =>
  grantKeyThrough(`dynamodb.${region}`, key, grantee, ['kms:Decrypt'], 'encryption');

/** Allows what another service does with a customer key in the caller's name, and only through that service. */
export const grantKeyThrough = (
  service: string,
  key: kms.IKey,
  grantee: iam.IGrantable,
  actions: string[],
  prop: string,
): iam.Grant =>
  // The key may protect other things too. The last * stands for China's `.cn`.
  grantKey(key, grantee, actions, prop, { StringLike: { 'kms:ViaService': `${service}.amazonaws.com*` } });

/** Allows actions on a customer key, under conditions. */
export const grantKey = (
  key: kms.IKey,
  grantee: iam.IGrantable,
  actions: string[],
  prop: string,
  conditions: Readonly<Record<string, object>>,
): iam.Grant => {
  const grant = key.grant(grantee, ...actions);
  const statements = [...grant.principalStatements, ...grant.resourceStatements];
  // What `Alias.fromAliasName` returns grants nothing, and says nothing.
  if (statements.length === 0 && key.keyArn.includes(':alias/')) {
    throw new InvalidEventTablePropsError(
      prop,
      'expected a key that can be granted, got an alias by its name. Give the key itself, of Key.fromKeyArn or Key.fromLookup.',
    );
  }
  // The CDK says that it wrote the policy of an imported key, and does not.
  if (grant.principalStatements.length === 0 && !Resource.isOwnedResource(key)) {
    throw new InvalidEventTablePropsError(
      prop,
      `neither the caller nor the key, which was imported, has a policy to add this to. ${GIVE_THE_ROLE}`,
    );
  }
  for (const statement of statements) statement.addConditions(conditions);
  return grant;
};
