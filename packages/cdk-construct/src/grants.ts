import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';

/** What takes part when somebody is allowed to use a table. */
export interface SecuredTable {
  /** The table's region. */
  readonly region: string;

  /** The customer key that encrypts the table; undefined for a key of AWS's, which needs no grant. */
  readonly encryptionKey: kms.IKey | undefined;

  /** The table's own policy, which callers of another account need; undefined where this app cannot write to it. */
  readonly policy: iam.IResourceWithPolicy | undefined;
}

/**
 * Allows `grantee` some actions on one resource of the table (its ARN, or its index's), and what DynamoDB then does
 * with the table's customer key, where it has one, in the caller's name.
 */
export const grantOn = (
  table: SecuredTable,
  grantee: iam.IGrantable,
  actions: string[],
  resourceArn: string,
): iam.Grant => {
  const allowed = { grantee, actions, resourceArns: [resourceArn] };
  const grant =
    table.policy === undefined
      ? iam.Grant.addToPrincipal(allowed)
      : // The table's policy cannot name the table, of which it is a part: that it says * opens nothing, since a caller
        // of another account has to be allowed by the own policy too, which names the resource.
        iam.Grant.addToPrincipalOrResource({ ...allowed, resource: table.policy, resourceSelfArns: ['*'] });

  return table.encryptionKey === undefined
    ? grant
    : grant.combine(grantDecrypt(table.encryptionKey, table.region, grantee));
};

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
  grantKeyThrough(`dynamodb.${region}`, key, grantee, ['kms:Decrypt']);

/** Allows what another service does with a customer key in the caller's name, and only through that service. */
export const grantKeyThrough = (
  service: string,
  key: kms.IKey,
  grantee: iam.IGrantable,
  actions: string[],
): iam.Grant => {
  const grant = key.grant(grantee, ...actions);
  for (const statement of [...grant.principalStatements, ...grant.resourceStatements]) {
    // The key may protect other things too. The last * stands for China's `.cn`.
    statement.addCondition('StringLike', { 'kms:ViaService': `${service}.amazonaws.com*` });
  }
  return grant;
};
