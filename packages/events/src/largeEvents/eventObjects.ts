import { createHash } from 'node:crypto';

import { type EventLocation, UnreadableEventError } from '@castore-dynamodb/adapter';
import { limitConcurrency, S3Bucket, type S3BucketOptions } from '@castore-dynamodb/commons';
import { LARGE_EVENTS_PREFIX } from '@castore-dynamodb/table';

import { EventObjectError } from '../errors.js';
import { loadS3 } from './loadS3.js';

/** How many objects are read or written at the same time; others wait. */
const AT_A_TIME = 16;

const HASH_LENGTH = 64;

const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The contents of events in a bucket, each under the hash of it: so an object never changes. */
export class EventObjects {
  readonly #bucket: S3Bucket;
  readonly #bucketName: string;
  readonly #prefix: string;
  readonly #inTurn = limitConcurrency(AT_A_TIME);

  constructor({ s3Client, bucketName, prefix = LARGE_EVENTS_PREFIX }: S3BucketOptions) {
    // Items name whole keys, so that another prefix does not make older events unreadable.
    this.#bucket = new S3Bucket({ s3Client, bucketName, prefix: '' }, '', loadS3);
    this.#bucketName = bucketName;
    this.#prefix = prefix;
  }

  /**
   * Also if there is such an object already: what is pushed now must not rest on one that may be about to be deleted.
   *
   * @returns the object's key.
   * @throws EventObjectError
   */
  async put(bytes: Uint8Array, location: EventLocation): Promise<string> {
    const hash = hashOf(bytes);
    const key = this.#prefix + hash.toString('hex');
    try {
      await this.#inTurn(() => this.#bucket.put(key, bytes, { sha256: hash.toString('base64') }));
      return key;
    } catch (cause) {
      throw this.#error(location, 'PutObject', key, 'could not be written', { cause });
    }
  }

  keyOf(bytes: Uint8Array): string {
    return this.#prefix + hashOf(bytes).toString('hex');
  }

  /** In the words of S3's tools. */
  nameOf(key: string): string {
    return `s3://${this.#bucketName}/${key}`;
  }

  /** @throws EventObjectError; UnreadableEventError if the object is not there, or is another one. */
  async get(key: string, location: EventLocation): Promise<Uint8Array> {
    const refuse = (what: string): never => {
      const cause = this.#error(location, 'GetObject', key, what);
      throw new UnreadableEventError(location, 'payload', cause.reason, { cause });
    };
    let bytes: Uint8Array | undefined;
    try {
      bytes = await this.#inTurn(() => this.#bucket.get(key));
    } catch (cause) {
      throw this.#error(location, 'GetObject', key, 'could not be read', { cause });
    }
    if (bytes === undefined) return refuse('does not exist');
    return hashOf(bytes).toString('hex') === key.slice(-HASH_LENGTH)
      ? bytes
      : refuse('does not have the content that was stored');
  }

  #error(
    location: EventLocation,
    operation: 'GetObject' | 'PutObject',
    key: string,
    what: string,
    options?: ErrorOptions,
  ): EventObjectError {
    return new EventObjectError(location, { operation, bucketName: this.#bucketName, key }, what, options);
  }
}
