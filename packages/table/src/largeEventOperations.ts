/**
 * What an operation on large events uses.
 *
 * - `objects`: the objects below the prefix, `<bucket ARN>/events/*`.
 * - `bucket`: the bucket itself.
 *
 * @example
 * const arnOf = (resource: LargeEventResource): string =>
 *   resource === 'bucket' ? 'arn:aws:s3:::my-large-events' : `arn:aws:s3:::my-large-events/${LARGE_EVENTS_PREFIX}*`;
 */
export type LargeEventResource = 'objects' | 'bucket';

/**
 * Where the keys of large events begin, if nothing else is said.
 *
 * @example
 * const resource = `arn:aws:s3:::my-large-events/${LARGE_EVENTS_PREFIX}*`;
 */
export const LARGE_EVENTS_PREFIX = 'events/';

/**
 * The IAM actions of S3 that `largeEvents` needs besides those of DynamoDB, and nothing else. Tests compare them with the
 * requests that the package sends.
 *
 * A customer managed key adds `kms:Decrypt` to reads, and `kms:GenerateDataKey` to writes.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 *
 * @example
 * const { objects, bucket } = largeEventOperations.readLargeEvents;
 */
export const largeEventOperations = {
  /**
   * Whatever reads events, and pushes for the winning event of a conflict. Without `ListBucket`, S3 says of an object that
   * is not there what it says of one that is denied.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  readLargeEvents: { objects: ['s3:GetObject'], bucket: ['s3:ListBucket'] },
  /** Pushes. */
  writeLargeEvents: { objects: ['s3:PutObject'] },
} as const satisfies Record<string, { readonly [RESOURCE in LargeEventResource]?: readonly `s3:${string}`[] }>;

/**
 * @example
 * const operations: LargeEventOperation[] = ['readLargeEvents', 'writeLargeEvents'];
 * const actions = operations.flatMap(operation => largeEventOperations[operation].objects);
 */
export type LargeEventOperation = keyof typeof largeEventOperations;
