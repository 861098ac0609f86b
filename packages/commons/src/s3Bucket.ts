import { checkClient, checkOptions, checkString, type OptionNames } from './checks.js';
import { isDeadlineExceeded } from './deadline.js';
import { isNamed } from './errors.js';
import { IncompleteAnswerError, isIncompleteAnswer, request } from './request.js';
import { retry } from './retry.js';

/**
 * An `S3Client` of `@aws-sdk/client-s3`, as far as it is needed here. Described by its shape, so that only those who
 * keep something in S3 need that package.
 */
export interface S3ClientLike {
  send(command: never): Promise<unknown>;
  readonly config: { readonly forcePathStyle: boolean };
}

/**
 * @example
 * const storage = new DynamoDbSnapshotStorage({
 *   tableName: 'events',
 *   dynamoDbClient,
 *   overflow: { s3Client: new S3Client({}), bucketName: 'my-snapshots' },
 * });
 */
export interface S3BucketOptions {
  bucketName: string;
  s3Client: S3ClientLike;
  /** Begins the key of every object. @default 'snapshots/' of snapshots, 'events/' of events */
  prefix?: string | undefined;
}

const OPTIONS: OptionNames<S3BucketOptions> = { bucketName: true, s3Client: true, prefix: true };

/** @throws InvalidArgumentError */
export const checkS3BucketOptions = (
  options: S3BucketOptions,
  argument: string,
  names: Readonly<Record<string, true>> = OPTIONS,
): void => {
  checkOptions(options, argument, names);
  const { bucketName, s3Client, prefix } = options;
  checkString(bucketName, `${argument}.bucketName`);
  checkClient(s3Client, `${argument}.s3Client`);
  if (prefix !== undefined && prefix !== '') checkString(prefix, `${argument}.prefix`);
};

type S3Package = typeof import('@aws-sdk/client-s3');

/** What an object must be for it to be written over: not there, or still the one that was seen. */
export type WriteCondition = { ifNoneMatch: '*' } | { ifMatch: string };

export interface S3ObjectHead {
  readonly eTag: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How long S3 may take, over all of the SDK's attempts: to answer, to hand out an object, and to take one in. */
const DEADLINE_MS = 5_000;
const GET_DEADLINE_MS = 10_000;
const PUT_DEADLINE_MS = 20_000;

const CUT_OBJECTS = { maxAttempts: 3, firstDelayMs: 50, maxDelayMs: 1000 };

export interface PutObjectOptions {
  readonly condition?: WriteCondition;
  readonly metadata?: Record<string, string>;
  /** The bytes' SHA-256 in base64: S3 refuses others. */
  readonly sha256?: string;
}

/** The objects of a bucket below a prefix; one request an operation. */
export class S3Bucket {
  readonly #options: S3BucketOptions;
  readonly #prefix: string;
  readonly #load: () => Promise<S3Package>;

  /** @param load Imports `@aws-sdk/client-s3`, when there is something to do in S3: from a package that may need it. */
  constructor(options: S3BucketOptions, defaultPrefix: string, load: () => Promise<unknown>) {
    this.#options = options;
    this.#prefix = options.prefix ?? defaultPrefix;
    this.#load = load as () => Promise<S3Package>;
  }

  /** A connection that ends in the middle of an object is no error to the SDK, which has handed out the answer by then. */
  async get(key: string): Promise<Uint8Array | undefined> {
    const { GetObjectCommand } = await this.#load();
    let isCut = false;
    const getWhole = async (abortSignal: AbortSignal): Promise<{ bytes: Uint8Array | undefined }> => {
      isCut = false;
      const answer = await this.#send(new GetObjectCommand(this.#at(key)), { abortSignal });
      // An empty answer of something in between would be taken for an empty object.
      if (answer?.ETag === undefined) return { bytes: undefined };
      isCut = true;
      const bytes = await answer.Body?.transformToByteArray();
      return { bytes };
    };
    // The bytes come after the answer, and have to come in time too.
    const options = { operation: this.#describe('GetObject'), requires: 'bytes', deadlineMs: GET_DEADLINE_MS } as const;
    try {
      const isWorthRepeating = (error: unknown): boolean =>
        isCut && !isDeadlineExceeded(error) && !isIncompleteAnswer(error);
      const { bytes } = await retry({ ...CUT_OBJECTS, isWorthRepeating }, () => request(options, getWhole));
      return bytes;
    } catch (error) {
      if (isNamed(error, 'NoSuchKey')) return undefined;
      throw error;
    }
  }

  async head(key: string): Promise<S3ObjectHead | undefined> {
    const { HeadObjectCommand } = await this.#load();
    try {
      const { ETag = '', Metadata = {} } = await request(
        { operation: this.#describe('HeadObject'), requires: 'ETag', deadlineMs: DEADLINE_MS },
        abortSignal => this.#send(new HeadObjectCommand(this.#at(key)), { abortSignal }),
      );
      return { eTag: ETag, metadata: Metadata };
    } catch (error) {
      if (isNamed(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  /** @returns false if the condition does not hold. */
  async put(
    key: string,
    bytes: Uint8Array,
    { condition, metadata = {}, sha256 }: PutObjectOptions = {},
  ): Promise<boolean> {
    const { PutObjectCommand } = await this.#load();
    const conditions =
      condition === undefined
        ? {}
        : 'ifMatch' in condition
          ? { IfMatch: condition.ifMatch }
          : { IfNoneMatch: condition.ifNoneMatch };
    const command = new PutObjectCommand({
      ...this.#at(key),
      Body: bytes,
      Metadata: metadata,
      ...conditions,
      ...(sha256 !== undefined && { ChecksumSHA256: sha256 }),
    });
    try {
      // An empty answer of something in between says nothing of what S3 has done.
      await request(
        { operation: this.#describe('PutObject'), requires: 'ETag', deadlineMs: PUT_DEADLINE_MS },
        abortSignal => this.#send(command, { abortSignal }),
      );
      return true;
    } catch (error) {
      // 412, another object is there; 409, another one is just being written; 404, the one that was seen is gone.
      const refusals = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];
      if (condition === undefined || !refusals.some(name => isNamed(error, name))) throw error;
      return false;
    }
  }

  /**
   * S3 answers with the status 204 and nothing else, which an empty answer of something in between does not have.
   * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
   */
  async delete(key: string): Promise<void> {
    const { DeleteObjectCommand } = await this.#load();
    const operation = this.#describe('DeleteObject');
    await request({ operation, deadlineMs: DEADLINE_MS }, async abortSignal => {
      const answer = await this.#send(new DeleteObjectCommand(this.#at(key)), { abortSignal });
      if (answer?.$metadata?.httpStatusCode !== 204) throw new IncompleteAnswerError(operation, 'status 204');
    });
  }

  /**
   * Keys that begin with a text, in the order of their bytes, from after one of them if that is given. One request for
   * each 1,000 of them.
   */
  async *list(start: string, after?: string): AsyncGenerator<string, void, undefined> {
    const { ListObjectsV2Command } = await this.#load();
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#options.bucketName,
        Prefix: this.#prefix + start,
        ...(after === undefined ? {} : { StartAfter: this.#prefix + after }),
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      });
      const page = await request(
        { operation: this.#describe('ListObjectsV2'), requires: 'IsTruncated', deadlineMs: DEADLINE_MS },
        abortSignal => this.#send(command, { abortSignal }),
      );
      for (const { Key = '' } of page.Contents ?? []) yield Key.slice(this.#prefix.length);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#options.bucketName, Key: this.#prefix + key };
  }

  #describe(operation: string): string {
    return `${operation} on bucket ${JSON.stringify(this.#options.bucketName)}`;
  }

  get #send(): import('@aws-sdk/client-s3').S3Client['send'] {
    const { s3Client } = this.#options;
    return s3Client.send.bind(s3Client) as never;
  }
}
