/**
 * What an operation on large events uses.
 *
 * - `objects`: the objects below the prefix, `<bucket ARN>/events/*`.
 * - `bucket`: the bucket itself.
 */
export type LargeEventResource = 'objects' | 'bucket';

/** Where the keys of large events begin, if nothing else is said. */
export const LARGE_EVENTS_PREFIX = 'events/';

/**
 * The IAM actions of S3 that `largeEvents` needs besides those of DynamoDB, and nothing else. Tests compare them with the
 * requests that the package sends.
 *
 * A customer managed key adds `kms:Decrypt` to reads, and `kms:GenerateDataKey` to writes.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
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

export type LargeEventOperation = keyof typeof largeEventOperations;
