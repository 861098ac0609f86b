import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { S3Client } from '@aws-sdk/client-s3';
import { retry } from '@castore-dynamodb/commons';

import { UsageError } from '../errors.js';
import { makeTemporaryFolder, type TemporaryFolder } from './temporaryFolder.js';

/** The folder that has the manifests of an export of DynamoDB, and its files. */
export interface ExportFolder {
  readonly name: string;
  /**
   * A file of it, by its path in there: `data/abc.json.gz`.
   *
   * @param md5 of its bytes, in base64, if the manifest says so
   * @returns undefined if its bytes are others
   */
  read(path: string, md5?: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}

const md5Of = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('md5');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('base64');
};

export const localFolder = (folder: string): ExportFolder => ({
  name: folder,
  read: async (path, md5) => {
    const file = join(folder, path);
    if (md5 !== undefined && (await md5Of(createReadStream(file))) !== md5) return undefined;
    return createReadStream(file);
  },
});

/** Downloads are tried so often: a connection may end in the middle of an object. */
const ATTEMPTS = { maxAttempts: 3, firstDelayMs: 100, maxDelayMs: 2_000 };

/**
 * A folder in S3. Each file is first downloaded whole, to the system's temporary folder, and removed after it was read.
 *
 * @throws UsageError
 */
export const s3Folder = (
  {
    s3Client,
    GetObjectCommand,
  }: { s3Client: S3Client; GetObjectCommand: typeof import('@aws-sdk/client-s3').GetObjectCommand },
  location: string,
  signal: AbortSignal,
): ExportFolder => {
  const [, bucket, rest = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(location) ?? [];
  if (bucket === undefined) throw new UsageError(`Expected s3://bucket/folder, got ${location}.`);
  const prefix = rest.replace(/\/?manifest-summary\.json$/, '').replace(/\/*$/, '');
  const keyOf = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`);

  return {
    name: `s3://${bucket}/${prefix}`,
    read: async (path, md5) => {
      const folder = await makeTemporaryFolder();
      const file = join(folder.path, 'object');
      const download = async (): Promise<boolean> => {
        const { Body } = await s3Client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(path) }), {
          abortSignal: signal,
        });
        await pipeline(Body as Readable, createWriteStream(file, { mode: 0o600 }), { signal });
        return md5 === undefined || (await md5Of(createReadStream(file))) === md5;
      };
      try {
        const isWorthRepeating = (error: unknown): boolean => (error as { $fault?: unknown }).$fault === undefined;
        if (await retry({ ...ATTEMPTS, isWorthRepeating, signal }, download)) return removing(file, folder);
      } catch (error) {
        await folder.remove();
        throw error;
      }
      await folder.remove();
      return undefined;
    },
  };
};

async function* removing(file: string, folder: TemporaryFolder): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  } finally {
    await folder.remove();
  }
}
