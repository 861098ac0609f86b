import { createHash } from 'node:crypto';

import type { S3Bucket } from '@castore-dynamodb/commons';

import type { Snapshot } from '../../snapshotStorage.js';
import { seriesPath } from '../s3/snapshotObject.js';

/**
 * Puts the state of a snapshot into S3, for an item that is too large with it.
 *
 * The object's key has a hash of the state, so an object never changes. If it is there already, nothing has to be
 * written. If the item is not written in the end, the object does no harm.
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
      ? `Its state is in S3 (${JSON.stringify(key)}), but the storage has no overflow.`
      : `Its state is no longer in S3 (${JSON.stringify(key)}).`,
  );
};
