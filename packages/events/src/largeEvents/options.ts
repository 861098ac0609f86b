import {
  checkInteger,
  checkOptions,
  checkS3BucketOptions,
  MAX_ITEM_SIZE,
  type OptionNames,
  refuse,
  type S3BucketOptions,
} from '@castore-dynamodb/commons';

/** Where in S3 large events go, and from which size on. */
export interface OffloadOptions extends S3BucketOptions {
  /**
   * An event goes to S3 if its payload and metadata have so many bytes, compressed. Up to 400 KB, which is what DynamoDB
   * stores, keys, type and timestamp included.
   *
   * @default 300 * 1024
   */
  from?: number | undefined;
}

export interface LargeEventsOptions {
  /**
   * Payload and metadata are compressed if they have so many bytes together, as DynamoDB counts them, and if that makes
   * them fewer.
   *
   * @default 1024
   */
  compressFrom?: number | undefined;
  /**
   * Where large events go. Needs `@aws-sdk/client-s3`.
   *
   * @default nowhere: an event that has more than 400 KB when it is compressed is refused
   */
  offload?: OffloadOptions | undefined;
  /**
   * The largest event, in bytes as DynamoDB counts them, before it is compressed. A larger one is refused with an
   * `EventTooLargeError`. Whoever reads events has up to 16 of them in memory at the same time.
   *
   * @default 16 * 1024 * 1024
   */
  maxSize?: number | undefined;
}

const OPTIONS = { compressFrom: true, offload: true, maxSize: true } satisfies OptionNames<LargeEventsOptions>;
const OFFLOAD_OPTIONS = {
  bucketName: true,
  s3Client: true,
  prefix: true,
  from: true,
} satisfies OptionNames<OffloadOptions>;

const KB = 1024;

/** As text, it has to fit into a string of JavaScript several times over. */
const LARGEST_MAX_SIZE = 128 * KB * KB;

/** A key of S3 has 1,024 bytes at most: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_PREFIX_SIZE = 1024 - 64;

export interface ResolvedOptions {
  readonly compressFrom: number;
  readonly offload: (S3BucketOptions & { readonly from: number }) | undefined;
  readonly maxSize: number;
}

/** @throws InvalidArgumentError */
export const resolveOptions = (options: LargeEventsOptions): ResolvedOptions => {
  checkOptions(options, 'options', OPTIONS);
  const { compressFrom = KB, offload, maxSize = 16 * KB * KB } = options;
  checkInteger(compressFrom, 'options.compressFrom');
  checkInteger(maxSize, 'options.maxSize', 1, LARGEST_MAX_SIZE);
  if (offload === undefined) return { compressFrom, offload, maxSize };
  checkS3BucketOptions(offload, 'options.offload', OFFLOAD_OPTIONS);
  const { from = 300 * KB, prefix = '' } = offload;
  if (Buffer.byteLength(prefix) > MAX_PREFIX_SIZE) {
    refuse('options.offload.prefix', `a prefix of ${MAX_PREFIX_SIZE} bytes at most`, prefix);
  }
  checkInteger(from, 'options.offload.from', 1, MAX_ITEM_SIZE);
  return { compressFrom, offload: { ...offload, from }, maxSize };
};
