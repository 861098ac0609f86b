import {
  checkS3BucketOptions,
  mapConcurrently,
  type OptionNames,
  S3Bucket,
  type S3BucketOptions,
  type S3ObjectHead,
} from '@castore-dynamodb/commons';

import type {
  AggregateName,
  Snapshot,
  SnapshotSelection,
  SnapshotSeries,
  SnapshotStorage,
} from '../../snapshotStorage.js';
import { checkKeepNewest, checkSelection, isSelected, type KeepNewest } from '../selection.js';
import { loadS3 } from './loadS3.js';
import {
  aggregatePath,
  encodePart,
  fromObject,
  latestKey,
  parseKey,
  SNAPSHOT_PREFIX,
  seriesPath,
  toObject,
  versionKey,
} from './snapshotObject.js';

export interface S3SnapshotStorageOptions extends S3BucketOptions {
  /**
   * Deletes all but the newest snapshots of each aggregate and reducer version. For an age instead, give the bucket a
   * lifecycle rule for the prefix.
   *
   * @default none is deleted: every one helps loads of the past
   */
  retention?: KeepNewest | undefined;
}

const OPTIONS: OptionNames<S3SnapshotStorageOptions> = {
  bucketName: true,
  s3Client: true,
  prefix: true,
  retention: true,
};

/** How often the latest snapshot is looked at again if others write it at the same time. */
const MAX_ATTEMPTS = 5;

const CONCURRENT_REQUESTS = 10;

/**
 * Keeps snapshots in S3, of any size: an object for each, and a copy of the latest under a key of its own, so that a
 * load gets it in one request. Needs `@aws-sdk/client-s3`.
 *
 * To find the latest costs one GET; one of the past up to two GETs and a LIST. To write one costs two PUTs and a HEAD.
 * The latest is written on condition that nobody else has written it meanwhile. A store without conditional writes may
 * end up with an older one, which makes loads more expensive, not wrong. A request that is not answered within 5 s (to
 * get an object 10 s, to put one 20 s) is aborted, and fails.
 *
 * @example
 * const storage = new S3SnapshotStorage({ bucketName: 'my-snapshots', s3Client: new S3Client({}) });
 */
export class S3SnapshotStorage implements SnapshotStorage {
  readonly #bucket: S3Bucket;
  readonly #retention: KeepNewest | undefined;

  /** @throws InvalidArgumentError */
  constructor(options: S3SnapshotStorageOptions) {
    checkS3BucketOptions(options, 'options', OPTIONS);
    checkKeepNewest(options.retention);
    this.#bucket = new S3Bucket(options, SNAPSHOT_PREFIX, loadS3);
    this.#retention = options.retention;
  }

  async getSnapshot(
    series: SnapshotSeries,
    maxVersion: number = Number.POSITIVE_INFINITY,
  ): Promise<Snapshot | undefined> {
    const latest = await this.#get(series, latestKey(series));
    if (latest === undefined || latest.version <= maxVersion) return latest;

    const after = versionKey(series, maxVersion + 1);
    for await (const key of this.#bucket.list(seriesPath(series), after)) {
      return parseKey(key).version === 'latest' ? undefined : this.#get(series, key);
    }
    return undefined;
  }

  async putSnapshot(snapshot: Snapshot): Promise<void> {
    const object = toObject(snapshot);
    if (this.#retention?.newest === 1) return this.#putLatest(snapshot, object);
    await Promise.all([
      this.#putLatest(snapshot, object),
      this.#bucket.put(versionKey(snapshot, snapshot.version), object),
    ]);
    if (this.#retention !== undefined) await this.#deleteOlder(snapshot, this.#retention.newest - 1);
  }

  async deleteSnapshots(aggregate: AggregateName, selection: SnapshotSelection = {}): Promise<number> {
    checkSelection(selection);
    const { exceptReducerVersion, ...rest } = selection;
    const selected = {
      ...rest,
      ...(exceptReducerVersion !== undefined && { exceptReducerVersion: encodePart(exceptReducerVersion) }),
    };
    const keys: string[] = [];
    for await (const key of this.#bucket.list(aggregatePath(aggregate))) keys.push(key);
    const deleted = new Set<string>();
    await mapConcurrently(keys, CONCURRENT_REQUESTS, async key => {
      const { reducerVersion, version: listed } = parseKey(key);
      const version = listed === 'latest' ? versionOf(await this.#bucket.head(key)) : listed;
      if (!isSelected({ reducerVersion, version }, selected)) return;
      await this.#bucket.delete(key);
      deleted.add(`${reducerVersion}/${version}`);
    });
    return deleted.size;
  }

  async #get(series: SnapshotSeries, key: string): Promise<Snapshot | undefined> {
    const object = await this.#bucket.get(key);
    return object && fromObject(series, object);
  }

  /** The key of the latest is the one that is written more than once. */
  async #putLatest(snapshot: Snapshot, object: Uint8Array): Promise<void> {
    const key = latestKey(snapshot);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const head = await this.#bucket.head(key);
      if (head !== undefined && versionOf(head) > snapshot.version) return;
      const condition = head === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: head.eTag };
      const metadata = { version: String(snapshot.version) };
      if (await this.#bucket.put(key, object, { condition, metadata })) return;
    }
    throw new Error(`Others wrote ${JSON.stringify(key)} ${MAX_ATTEMPTS} times while it was read.`);
  }

  async #deleteOlder(snapshot: Snapshot, kept: number): Promise<void> {
    const older: string[] = [];
    for await (const key of this.#bucket.list(seriesPath(snapshot), versionKey(snapshot, snapshot.version))) {
      if (parseKey(key).version !== 'latest') older.push(key);
    }
    await mapConcurrently(older.slice(kept), CONCURRENT_REQUESTS, key => this.#bucket.delete(key));
  }
}

/** NaN for an object that is gone, or that somebody else wrote: it is written over, and deleted with the others. */
const versionOf = (head: S3ObjectHead | undefined): number => Number(head?.metadata.version ?? Number.NaN);
