import { InvalidArgumentError } from '@castore-dynamodb/adapter';

import { checkObject, checkString, describeValue } from '../../checkArgument.js';

/**
 * An `S3Client` of `@aws-sdk/client-s3`, as far as it is needed here: so that nobody has to have that package who keeps
 * no snapshots in S3.
 */
export interface S3ClientLike {
  send(command: never): Promise<unknown>;
  readonly config: { readonly forcePathStyle: boolean };
}

export interface S3BucketOptions {
  bucketName: string;
  s3Client: S3ClientLike;
  /** Begins the key of every object. @default 'snapshots/' */
  prefix?: string;
}

/** @throws InvalidArgumentError */
export const checkS3BucketOptions = (options: S3BucketOptions, argument: string): void => {
  checkObject(options, argument);
  const { bucketName, s3Client, prefix } = options;
  checkString(bucketName, `${argument}.bucketName`);
  if (typeof s3Client?.send !== 'function') {
    throw new InvalidArgumentError(
      `${argument}.s3Client`,
      `expected an S3Client of @aws-sdk/client-s3, got ${describeValue(s3Client)}.`,
    );
  }
  if (prefix !== undefined && prefix !== '') checkString(prefix, `${argument}.prefix`);
};

/** What an object must be for it to be written over: not there, or still the one that was seen. */
export type WriteCondition = { ifNoneMatch: '*' } | { ifMatch: string };

export interface S3ObjectHead {
  readonly eTag: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const isNamed = (error: unknown, ...names: string[]): boolean =>
  names.includes((error as Error | undefined)?.name ?? '');

/** The objects of a bucket below a prefix; one request an operation. */
export class S3Bucket {
  readonly #options: S3BucketOptions;

  constructor(options: S3BucketOptions) {
    this.#options = options;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const { GetObjectCommand } = await commands();
    try {
      const { Body } = await this.#send(new GetObjectCommand(this.#at(key)));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (isNamed(error, 'NoSuchKey')) return undefined;
      throw error;
    }
  }

  async head(key: string): Promise<S3ObjectHead | undefined> {
    const { HeadObjectCommand } = await commands();
    try {
      const { ETag = '', Metadata = {} } = await this.#send(new HeadObjectCommand(this.#at(key)));
      return { eTag: ETag, metadata: Metadata };
    } catch (error) {
      if (isNamed(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  /** @returns false where the condition does not hold. */
  async put(
    key: string,
    bytes: Uint8Array,
    condition?: WriteCondition,
    metadata: Record<string, string> = {},
  ): Promise<boolean> {
    const { PutObjectCommand } = await commands();
    const conditions =
      condition === undefined
        ? {}
        : 'ifMatch' in condition
          ? { IfMatch: condition.ifMatch }
          : { IfNoneMatch: condition.ifNoneMatch };
    try {
      await this.#send(new PutObjectCommand({ ...this.#at(key), Body: bytes, Metadata: metadata, ...conditions }));
      return true;
    } catch (error) {
      // 412, another object is there; 409, another one is just being written; 404, the one that was seen is gone.
      if (condition === undefined || !isNamed(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey')) {
        throw error;
      }
      return false;
    }
  }

  async delete(key: string): Promise<void> {
    const { DeleteObjectCommand } = await commands();
    await this.#send(new DeleteObjectCommand(this.#at(key)));
  }

  /**
   * Keys that begin with a text, in the order of their bytes, from behind one of them where that is given. One request for
   * each 1,000 of them.
   */
  async *list(start: string, behind?: string): AsyncGenerator<string, void, undefined> {
    const { ListObjectsV2Command } = await commands();
    const { bucketName, prefix = DEFAULT_PREFIX } = this.#options;
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#send(
        new ListObjectsV2Command({
          Bucket: bucketName,
          Prefix: prefix + start,
          ...(behind === undefined ? {} : { StartAfter: prefix + behind }),
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        }),
      );
      for (const { Key = '' } of page.Contents ?? []) yield Key.slice(prefix.length);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  #at(key: string): { Bucket: string; Key: string } {
    const { bucketName, prefix = DEFAULT_PREFIX } = this.#options;
    return { Bucket: bucketName, Key: prefix + key };
  }

  get #send(): import('@aws-sdk/client-s3').S3Client['send'] {
    const { s3Client } = this.#options;
    return s3Client.send.bind(s3Client) as never;
  }
}

const DEFAULT_PREFIX = 'snapshots/';

/**
 * Loaded where there is something to do in S3: who has nothing there need not have the package. In a `try`, so that
 * bundlers do not insist on it either.
 */
const commands = async (): Promise<typeof import('@aws-sdk/client-s3')> => {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (cause) {
    throw new Error('Snapshots in S3 need the package @aws-sdk/client-s3, which cannot be loaded: install it.', {
      cause,
    });
  }
};
