import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { S3Client } from '@aws-sdk/client-s3';

export interface LocalS3 {
  readonly s3Client: S3Client;
  /** By key. */
  readonly objects: ReadonlyMap<string, Buffer>;
  close: () => void;
}

/** As much of S3 as this program needs: it puts and gets objects, and forgets them when it ends. */
export const startLocalS3 = async (): Promise<LocalS3> => {
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    answer(objects, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const s3Client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    s3Client,
    objects,
    close: () => {
      s3Client.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
};

const answer = async (
  objects: Map<string, Buffer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const key = new URL(request.url ?? '', 'http://localhost').pathname;
  if (request.method === 'PUT') objects.set(key, Buffer.concat(await request.toArray()));
  const object = objects.get(key);
  if (object === undefined) {
    response.writeHead(404, { 'content-type': 'application/xml' });
    response.end('<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  response.writeHead(200, { etag: '"local"' });
  response.end(request.method === 'GET' ? object : undefined);
};
