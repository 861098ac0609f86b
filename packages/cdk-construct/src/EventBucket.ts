import { LARGE_EVENTS_PREFIX } from '@castore-dynamodb/table';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { checkDuration, checkProps, defined, isKnown, type PropNames, refuse } from './checks.js';
import { grantLargeEvents } from './grantLargeEvents.js';
import { checkRemovalPolicy } from './tableChecks.js';

/**
 * What can be said about a bucket of large events; nothing has to be.
 *
 * @example
 * const largeEvents = new EventBucket(stack, 'LargeEvents', { noncurrentVersionExpiration: Duration.days(30) });
 */
export interface EventBucketProps {
  /**
   * The bucket's name.
   *
   * @default - CloudFormation makes one up
   */
  readonly bucketName?: string;

  /**
   * Begins the key of every object: `offload.prefix` of `largeEvents`. Grants are for the objects that begin so.
   *
   * @default 'events/'
   */
  readonly prefix?: string;

  /**
   * The customer key that encrypts the objects. Grants include what they need of it, through S3 only.
   *
   * @default - S3's own keys, which cost nothing
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long an object that was deleted can be restored: at least for as long as the table can be restored to a point in
   * time, and not for ever, so that what was erased is gone one day.
   *
   * @default Duration.days(35)
   */
  readonly noncurrentVersionExpiration?: Duration;

  /**
   * What happens to the bucket when it leaves the stack, or the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * What is to be known of a bucket that exists.
 *
 * @example
 * const largeEvents = EventBucket.fromBucket(stack, 'LargeEvents', bucket, { prefix: 'orders/events/' });
 * largeEvents.grantReadLargeEvents(orderService);
 */
export interface ExistingEventBucketProps {
  /**
   * Begins the key of every object of events.
   *
   * @default 'events/'
   */
  readonly prefix?: string;
}

const NAMES = {
  bucketName: true,
  prefix: true,
  encryptionKey: true,
  noncurrentVersionExpiration: true,
  removalPolicy: true,
} satisfies PropNames<EventBucketProps>;

/** A bucket of large events, of this app or one that exists, and what callers may be allowed to do with it. */
export abstract class EventBucketBase extends Construct {
  /** The underlying bucket, for whatever has no name here. */
  readonly bucket: s3.IBucket;

  /** The bucket's name: `offload.bucketName` of `largeEvents`. */
  readonly bucketName: string;

  readonly bucketArn: string;

  /** Begins the key of every object: `offload.prefix` of `largeEvents`. */
  readonly prefix: string;

  protected constructor(scope: Construct, id: string, bucket: (scope: Construct) => s3.IBucket, prefix: string) {
    super(scope, id);
    this.bucket = bucket(this);
    this.bucketName = this.bucket.bucketName;
    this.bucketArn = this.bucket.bucketArn;
    this.prefix = prefix;
  }

  /**
   * Allows whatever reads events to read those in the bucket: `s3:GetObject` on the objects below the prefix, and
   * `s3:ListBucket` on the bucket, without which S3 says of an object that is not there that it is denied.
   */
  grantReadLargeEvents(grantee: iam.IGrantable): iam.Grant {
    return grantLargeEvents(this, grantee, 'readLargeEvents');
  }

  /** Allows pushes of large events: `s3:PutObject` on the objects below the prefix. */
  grantWriteLargeEvents(grantee: iam.IGrantable): iam.Grant {
    return grantLargeEvents(this, grantee, 'writeLargeEvents');
  }

  /** Allows both: what a service needs that loads aggregates and pushes events. */
  grantReadWriteLargeEvents(grantee: iam.IGrantable): iam.Grant {
    return this.grantReadLargeEvents(grantee).combine(this.grantWriteLargeEvents(grantee));
  }
}

class ExistingEventBucket extends EventBucketBase {
  constructor(scope: Construct, id: string, bucket: s3.IBucket, props: ExistingEventBucketProps) {
    checkProps(props, { prefix: true });
    checkPrefix(props.prefix);
    super(scope, id, () => bucket, props.prefix ?? LARGE_EVENTS_PREFIX);
  }
}

/**
 * A bucket for the events that `largeEvents` of `@castore-dynamodb/events` keeps in S3: private, reached by TLS only,
 * encrypted, with versions of what is deleted, and retained when the stack goes. No current object expires, as each may
 * be an event.
 *
 * @example
 * ```ts
 * const largeEvents = new EventBucket(stack, 'LargeEvents');
 * largeEvents.grantReadWriteLargeEvents(orderService);
 * ```
 */
export class EventBucket extends EventBucketBase {
  /**
   * A bucket of yours, for its grants. Nothing of it is changed, but its policy if a caller is of another account. Look
   * after it as this construct does: no lifecycle rule may let current objects below the prefix expire.
   *
   * @throws InvalidEventTablePropsError
   */
  static fromBucket(
    scope: Construct,
    id: string,
    bucket: s3.IBucket,
    props: ExistingEventBucketProps = {},
  ): EventBucketBase {
    return new ExistingEventBucket(scope, id, bucket, props);
  }

  /** @throws InvalidEventTablePropsError for props that mean nothing, or cannot be deployed. */
  constructor(scope: Construct, id: string, props: EventBucketProps = {}) {
    checkEventBucketProps(props);
    super(scope, id, within => newBucket(within, props), props.prefix ?? LARGE_EVENTS_PREFIX);
  }
}

const DEFAULT_EXPIRATION = Duration.days(35);

const checkEventBucketProps = (props: EventBucketProps): void => {
  checkProps(props, NAMES);
  const { bucketName, prefix, encryptionKey, noncurrentVersionExpiration, removalPolicy } = props;
  checkBucketName(bucketName);
  checkPrefix(prefix);
  checkRemovalPolicy(removalPolicy);
  checkDuration('noncurrentVersionExpiration', noncurrentVersionExpiration, Duration.days(1), Duration.days(36_500));
  if (encryptionKey !== undefined && typeof encryptionKey?.keyArn !== 'string') {
    refuse('encryptionKey', 'a key of KMS', encryptionKey);
  }
};

const newBucket = (scope: Construct, props: EventBucketProps): s3.IBucket => {
  const { bucketName, encryptionKey, noncurrentVersionExpiration = DEFAULT_EXPIRATION, removalPolicy } = props;
  const bucket = new s3.Bucket(scope, 'Bucket', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: encryptionKey === undefined ? s3.BucketEncryption.S3_MANAGED : s3.BucketEncryption.KMS,
    versioned: true,
    lifecycleRules: [{ noncurrentVersionExpiration, expiredObjectDeleteMarker: true }],
    removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
    ...defined({ bucketName, encryptionKey }),
  });
  // The CDK's own class does not fit its own interface under `exactOptionalPropertyTypes`.
  return bucket as s3.IBucket;
};

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const checkBucketName = (bucketName: string | undefined): void => {
  if (!isKnown(bucketName) || (typeof bucketName === 'string' && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucketName)))
    return;
  refuse('bucketName', 'a name of 3 to 63 lower-case letters, digits, - and ., and no ARN', bucketName);
};

/** In a policy, * and ? would stand for other prefixes too. */
const checkPrefix = (prefix: string | undefined): void => {
  if (!isKnown(prefix) || (typeof prefix === 'string' && /^[^*?$]{0,960}$/.test(prefix))) return;
  refuse('prefix', 'a text of up to 960 characters without *, ? and $', prefix);
};
