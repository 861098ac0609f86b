import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';

export interface TestBucket {
  bucketName: string;
  s3Client: S3Client;
  /** `GetObject the/key`: every request since the last test began. */
  requests: string[];
}

/** A bucket of a real S3 server, over HTTP, for the tests of a block. It knows nothing of conditional writes. */
export const useBucket = (): TestBucket => {
  const bucketName = 'objects';
  let port = 0;
  const requests: string[] = [];
  const s3Client = new S3Client({
    endpoint: async () => ({ protocol: 'http:', hostname: '127.0.0.1', port, path: '/' }),
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  });
  s3Client.middlewareStack.add(
    (next, { commandName = '' }) =>
      args => {
        const { Key, Prefix } = args.input as { Key?: string; Prefix?: string };
        requests.push(`${commandName.replace(/Command$/, '')} ${Key ?? Prefix}`);
        return next(args);
      },
    { step: 'initialize', name: 'record' },
  );

  // In S3 an object is written at once: who reads it meanwhile gets the old one or the new one. The server writes a file
  // bit by bit, so here a request waits for the ones before it to be done, bodies included.
  let before: Promise<unknown> = Promise.resolve();
  s3Client.middlewareStack.add(
    next => args => {
      const send = async () => {
        const reply = await next(args);
        const { Body: body } = reply.output as GetObjectCommandOutput;
        if (body !== undefined) {
          const bytes = await body.transformToByteArray();
          Object.assign(reply.output, { Body: { transformToByteArray: async () => bytes } });
        }
        return reply;
      };
      const sent = before.then(send, send);
      before = sent.catch(() => undefined);
      return sent;
    },
    { step: 'initialize', priority: 'low', name: 'oneAfterTheOther' },
  );

  let server: S3rver | undefined;
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'castore-dynamodb-s3-'));
    const configureBuckets = [{ name: bucketName }];
    server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets });
    ({ port } = await server.run());
  });
  beforeEach(() => void requests.splice(0));
  afterAll(async () => {
    s3Client.destroy();
    await server?.close();
    await rm(directory, { recursive: true, force: true });
  });
  return { bucketName, s3Client, requests };
};
