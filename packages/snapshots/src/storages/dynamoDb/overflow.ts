import { createHash } from 'node:crypto';

import type { Snapshot } from '../../snapshotStorage.js';
import type { S3Bucket } from '../s3/s3Bucket.js';
import { seriesPath } from '../s3/snapshotObject.js';

/**
 * Puts the state of a snapshot into S3, for an item that is too large with it.
 *
 * Its key has a hash of it, so an object never changes: whoever finds it there already has nothing to write, and an item
 * that was not written in the end leaves nothing wrong behind.
 *
 * @returns the object's key.
 */
export const putState = async (bucket: S3Bucket, snapshot: Snapshot): Promise<string> => {
  const hash = createHash('sha256').update(snapshot.state).digest('base64url').slice(0, 22);
  const key = `overflow/${seriesPath(snapshot)}${snapshot.version}-${hash}`;
  await bucket.put(key, snapshot.state, { condition: { ifNoneMatch: '*' } });
  return key;
};

export const getState = async (bucket: S3Bucket | undefined, key: string): Promise<Uint8Array> => {
  const state = await bucket?.get(key);
  if (state !== undefined) return state;
  throw new Error(
    bucket === undefined
      ? `Its state is in S3 (${JSON.stringify(key)}), and the storage was given no overflow.`
      : `Its state is no longer in S3 (${JSON.stringify(key)}).`,
  );
};
