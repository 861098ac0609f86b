import { type LargeEventOperation, type LargeEventResource, largeEventOperations } from '@castore-dynamodb/table';
import { Resource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';

import { differ, InvalidEventTablePropsError } from './checks.js';
import { accountOf, grantKeyThrough } from './grantOperation.js';

/** What takes part when somebody is allowed to use a bucket. */
interface LargeEventsBucket {
  readonly bucket: s3.IBucket;
  readonly bucketArn: string;
  readonly prefix: string;
}

/** What an operation needs of a customer key. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
const KEY_ACTIONS: Record<LargeEventOperation, string> = {
  readLargeEvents: 'kms:Decrypt',
  writeLargeEvents: 'kms:GenerateDataKey',
};

/** Allows `grantee` what an operation needs: its actions in `largeEventOperations`, on the bucket and its objects. */
export const grantLargeEvents = (
  { bucket, bucketArn, prefix }: LargeEventsBucket,
  grantee: iam.IGrantable,
  operation: LargeEventOperation,
): iam.Grant => {
  if (grantee.grantPrincipal instanceof iam.UnknownPrincipal) {
    throw new InvalidEventTablePropsError(
      'grantee',
      'the caller was imported without its role. Import it with the role, as by Function.fromFunctionAttributes(…, { functionArn, role }).',
    );
  }
  if (!Resource.isOwnedResource(bucket) && differ(accountOf(grantee.grantPrincipal), bucket.env.account)) {
    throw new InvalidEventTablePropsError(
      'grantee',
      'the caller is of another account, and this app cannot write to the policy of a bucket that exists. Grant it where the bucket is deployed.',
    );
  }
  const arns: Record<LargeEventResource, string> = { objects: `${bucketArn}/${prefix}*`, bucket: bucketArn };
  const grants = Object.entries(largeEventOperations[operation]).map(([resource, actions]) => {
    const grant = iam.Grant.addToPrincipalOrResource({
      grantee,
      actions: [...actions],
      resourceArns: [arns[resource as LargeEventResource]],
      resource: bucket,
    });
    // The CDK reports it in the grant alone, which nobody looks at: the app would be deployed without the permission.
    if (!grant.success) {
      throw new InvalidEventTablePropsError(
        'grantee',
        'neither the caller nor the bucket has a policy to add this to. Give the role itself.',
      );
    }
    return grant;
  });
  const key = bucket.encryptionKey;
  if (key !== undefined) {
    const { region } = Stack.of(bucket);
    grants.push(grantKeyThrough(`s3.${region}`, key, grantee, [KEY_ACTIONS[operation]], 'encryptionKey'));
  }
  return grants.reduce((all, grant) => all.combine(grant));
};
