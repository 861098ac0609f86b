import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EventBucket, type EventBucketProps } from '@castore-dynamodb/cdk-construct';
import { largeEventOperations } from '@castore-dynamodb/table';
import { onlyResource, roleIn, statementsOf, testApp } from '@castore-dynamodb/testing/synthesis';
import { describeWithTerraform } from '@castore-dynamodb/testing/terraform';
import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const NAME = 'orders-large-events';

/** One bucket with nothing said, one with everything. */
const VARIANTS = {
  defaults: { terraform: '', prefix: 'events/', days: 35, key: undefined },
  'every setting': {
    terraform: `prefix = "large/"\n  kms_key_arn = "${KEY}"\n  noncurrent_version_expiration_days = 90`,
    prefix: 'large/',
    days: 90,
    key: KEY,
  },
} as const;
const variants = Object.keys(VARIANTS) as (keyof typeof VARIANTS)[];

const TLS_ONLY = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:*',
  Resource: [`arn:aws:s3:::${NAME}`, `arn:aws:s3:::${NAME}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

const expectedBucket = (variant: keyof typeof VARIANTS) => {
  const { days, key } = VARIANTS[variant];
  return {
    isPrivate: [true, true, true, true],
    ownership: 'BucketOwnerEnforced',
    encryption: key === undefined ? ['AES256', undefined] : ['aws:kms', key],
    versioning: 'Enabled',
    lifecycle: [{ days, deleteMarkers: true }],
    policy: [TLS_ONLY],
  };
};

const expectedStatements = (variant: keyof typeof VARIANTS, operation: keyof typeof largeEventOperations) => {
  const { prefix, key } = VARIANTS[variant];
  const arns = { objects: `arn:aws:s3:::${NAME}/${prefix}*`, bucket: `arn:aws:s3:::${NAME}` };
  return [
    ...Object.entries<readonly string[]>(largeEventOperations[operation]).map(([resource, actions]) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: arns[resource as keyof typeof arns],
    })),
    ...(key === undefined
      ? []
      : [
          {
            Effect: 'Allow',
            Action: [operation === 'readLargeEvents' ? 'kms:Decrypt' : 'kms:GenerateDataKey'],
            Resource: key,
            Condition: { StringLike: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com*' } },
          },
        ]),
  ];
};

/** The same lists, whether a policy has one of something or several. */
const listed = (statements: object[]) =>
  statements.map(statement => ({ ...statement, Action: [(statement as { Action: string | string[] }).Action].flat() }));

const { stack, template } = testApp();
const byCdk = variants.map(variant => {
  const within = stack({ env: { account: '111122223333', region: 'eu-west-1' } });
  const { prefix, days, key } = VARIANTS[variant];
  const settings: EventBucketProps =
    key === undefined
      ? {}
      : {
          prefix,
          encryptionKey: kms.Key.fromKeyArn(within, 'Key', key),
          noncurrentVersionExpiration: Duration.days(days),
        };
  const bucket = new EventBucket(within, 'LargeEvents', { bucketName: NAME, ...settings });
  const roles = { readLargeEvents: roleIn(within, 'Reader'), writeLargeEvents: roleIn(within, 'Writer') };
  bucket.grantReadLargeEvents(roles.readLargeEvents);
  bucket.grantWriteLargeEvents(roles.writeLargeEvents);
  const named = <VALUE>(value: VALUE): VALUE => {
    const text = JSON.stringify(within.resolve(value));
    const { Ref: id } = within.resolve(bucket.bucketName) as { Ref: string };
    return JSON.parse(
      text
        .replaceAll(`{"Fn::Join":["",[{"Fn::GetAtt":["${id}","Arn"]},"/*"]]}`, `"arn:aws:s3:::${NAME}/*"`)
        .replaceAll(
          `{"Fn::Join":["",[{"Fn::GetAtt":["${id}","Arn"]},"/${prefix}*"]]}`,
          `"arn:aws:s3:::${NAME}/${prefix}*"`,
        )
        .replaceAll(`{"Fn::GetAtt":["${id}","Arn"]}`, `"arn:aws:s3:::${NAME}"`),
    ) as VALUE;
  };
  return {
    variant,
    bucket: () => {
      const { Properties, DeletionPolicy } = onlyResource(template(within), 'AWS::S3::Bucket') as any;
      expect([DeletionPolicy, Properties.BucketName]).toEqual(['Retain', NAME]);
      const [{ ServerSideEncryptionByDefault: rule }] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      const policy = onlyResource(template(within), 'AWS::S3::BucketPolicy') as any;
      return {
        isPrivate: Object.values(Properties.PublicAccessBlockConfiguration),
        ownership: Properties.OwnershipControls.Rules[0].ObjectOwnership,
        encryption: [rule.SSEAlgorithm, rule.KMSMasterKeyID],
        versioning: Properties.VersioningConfiguration.Status,
        lifecycle: Properties.LifecycleConfiguration.Rules.map((each: any) => ({
          days: each.NoncurrentVersionExpiration.NoncurrentDays,
          deleteMarkers: each.ExpiredObjectDeleteMarker,
        })),
        policy: named(policy.Properties.PolicyDocument.Statement),
      };
    },
    statements: (operation: keyof typeof roles) => listed(named(statementsOf(roles[operation]))),
  };
});

describe('the bucket of the CDK construct', () => {
  it.each(byCdk)('is private, versioned and reached by TLS only, and grants what is needed: $variant', each => {
    expect(each.bucket()).toEqual(expectedBucket(each.variant));
    for (const operation of ['readLargeEvents', 'writeLargeEvents'] as const) {
      expect(each.statements(operation)).toEqual(expectedStatements(each.variant, operation));
    }
  });
});

describeWithTerraform('the bucket of the Terraform module', terraform => {
  const root = join(terraform.folder, 'buckets');
  let modules: any[] = [];
  let outputs: Record<string, { value: string }> = {};

  beforeAll(async () => {
    mkdirSync(root);
    cpSync(join(__dirname, '..', 'packages', 'terraform-module', 'modules', 'event-bucket'), join(root, 'module'), {
      recursive: true,
      filter: path => !/[\\/]\.terraform/.test(path),
    });
    const configuration = variants.map(
      (variant, index) => `
module "bucket${index}" {
  source = "./module"
  name   = "${NAME}"
  ${VARIANTS[variant].terraform}
}

output "read${index}" { value = module.bucket${index}.read_large_events_policy_json }
output "write${index}" { value = module.bucket${index}.write_large_events_policy_json }
`,
    );
    const provider = `provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
`;
    writeFileSync(join(root, 'main.tf'), [provider, ...configuration].join('\n'));
    await terraform.succeed(root, ['init']);
    await terraform.succeed(root, ['plan', '-out', 'plan']);
    const plan = JSON.parse(await terraform.succeed(root, ['show', '-json', 'plan']));
    modules = plan.planned_values.root_module.child_modules;
    ({ outputs } = plan.planned_values);
  }, 180_000);

  it.each(variants.map((variant, index) => ({ variant, index })))('is the same: $variant', ({ variant, index }) => {
    const { resources } = modules.find(({ address }) => address === `module.bucket${index}`);
    const valuesOf = (type: string) => resources.find((each: any) => each.type === type).values;
    const block = valuesOf('aws_s3_bucket_public_access_block');
    const [rule] = valuesOf('aws_s3_bucket_server_side_encryption_configuration').rule;
    const [encryption] = rule.apply_server_side_encryption_by_default;
    expect({
      isPrivate: [
        block.block_public_acls,
        block.block_public_policy,
        block.ignore_public_acls,
        block.restrict_public_buckets,
      ],
      ownership: valuesOf('aws_s3_bucket_ownership_controls').rule[0].object_ownership,
      encryption: [encryption.sse_algorithm, encryption.kms_master_key_id || undefined],
      versioning: valuesOf('aws_s3_bucket_versioning').versioning_configuration[0].status,
      lifecycle: valuesOf('aws_s3_bucket_lifecycle_configuration').rule.map((each: any) => ({
        days: each.noncurrent_version_expiration[0].noncurrent_days,
        deleteMarkers: each.expiration[0].expired_object_delete_marker,
      })),
      policy: JSON.parse(valuesOf('aws_s3_bucket_policy').policy).Statement,
    }).toEqual(expectedBucket(variant));
    for (const [name, operation] of [
      ['read', 'readLargeEvents'],
      ['write', 'writeLargeEvents'],
    ] as const) {
      const { Statement } = JSON.parse(outputs[`${name}${index}`]?.value ?? '{}');
      expect(listed(Statement)).toEqual(expectedStatements(variant, operation));
    }
  });
});
