import { roleIn, statementsOf, type TestApp, unsynthesizedApp } from '@castore-dynamodb/testing/synthesis';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';

import { EventBucket, type EventBucketProps } from '../../src/index.js';

/** Of an app that the tests of all constructs share. */
export const describeEventBucket = ({ stack }: TestApp): void => {
  // What it makes and grants is compared with the Terraform module, in test/oneBucket.test.ts.

  const IRELAND = { env: { account: '111122223333', region: 'eu-west-1' } };
  const inIreland = stack(IRELAND);

  const existing = EventBucket.fromBucket(
    inIreland,
    'Existing',
    s3.Bucket.fromBucketName(inIreland, 'Given', 'given'),
    {
      prefix: 'large/',
    },
  );
  const service = roleIn(inIreland, 'Service');
  existing.grantReadWriteLargeEvents(service);
  new EventBucket(inIreland, 'New', { removalPolicy: RemovalPolicy.RETAIN });

  it('gives the permissions on a bucket that exists, below its prefix', () => {
    expect([existing.bucketName, existing.bucketArn, existing.prefix]).toEqual([
      'given',
      'arn:aws:s3:::given',
      'large/',
    ]);
    expect(statementsOf(service)).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::given/large/*' },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::given' },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::given/large/*' },
    ]);
  });

  it('breaks no rule of AwsSolutions but the one on access logs, which are yours to switch on', () => {
    const app = unsynthesizedApp();
    const within = new Stack(app, 'Stack');
    new EventBucket(within, 'LargeEvents');
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-S1']);
  });

  describe('refuses', () => {
    const within = () => new Stack(unsynthesizedApp(), 'Stack', IRELAND);

    it.each<[string, unknown, string]>([
      ['an unknown prop', { versioned: false }, 'versioned'],
      ['a name that S3 refuses', { bucketName: 'Large_Events' }, 'bucketName'],
      ['a prefix that stands for others', { prefix: 'events/*' }, 'prefix'],
      ['a key that is none', { encryptionKey: 'alias/x' }, 'encryptionKey'],
      [
        'versions that are gone at once',
        { noncurrentVersionExpiration: Duration.hours(1) },
        'noncurrentVersionExpiration',
      ],
      ['a removal policy that is none', { removalPolicy: 'keep' }, 'removalPolicy'],
    ])('%s', (_, props, prop) => {
      expect(() => new EventBucket(within(), 'LargeEvents', props as EventBucketProps)).toThrow(
        expect.objectContaining({ code: 'InvalidEventTableProps', prop }),
      );
    });

    it('a prefix of a bucket that exists, likewise', () => {
      const scope = within();
      const bucket = s3.Bucket.fromBucketName(scope, 'Given', 'given');
      expect(() => EventBucket.fromBucket(scope, 'Existing', bucket, { prefix: '?' })).toThrow(/^Invalid prefix: /);
    });

    it('callers that nothing can be granted to', () => {
      const scope = within();
      const bucket = new EventBucket(scope, 'LargeEvents');
      const imported = lambda.Function.fromFunctionName(scope, 'Imported', 'imported');
      expect(() => bucket.grantReadLargeEvents(imported)).toThrow(/^Invalid grantee: .*without its role/);
      const given = EventBucket.fromBucket(scope, 'Existing', s3.Bucket.fromBucketName(scope, 'Given', 'given'));
      expect(() => given.grantReadLargeEvents(new iam.AccountPrincipal('999988887777'))).toThrow(/^Invalid grantee: /);
    });
  });
};
