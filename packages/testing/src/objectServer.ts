import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

import { fallSilent } from './impatient.js';

/** What can go wrong between a client and S3. */
export type ObjectFault =
  | 'denied'
  | 'unavailable'
  | 'reset'
  /** S3 has done what was asked for. */
  | 'reset after'
  | 'no answer'
  /** Something in between says 200, and nothing else. */
  | 'empty answer'
  | 'cut body';

export interface ObjectServer {
  readonly bucketName: string;
  /** What is in the bucket, by key. */
  readonly objects: Map<string, Buffer>;
  /** `PUT the/key`, each request since the last test began. */
  readonly requests: string[];
  /** How many requests were under way at the same time, at most, since the last test began. */
  mostAtOnce: number;
  /** Chooses what goes wrong in this test, and when. */
  choose: (method: string, key: string) => ObjectFault | undefined | Promise<ObjectFault | void>;
  client(options?: S3ClientConfig): S3Client;
}

const BUCKET = 'objects';

/** A server that puts and gets objects as S3 does, in memory, over HTTP, for the tests of a block; and makes things go wrong. */
export const useObjectServer = (): ObjectServer => {
  const clients: S3Client[] = [];
  let port = 0;
  let atOnce = 0;

  const use: ObjectServer = {
    bucketName: BUCKET,
    objects: new Map(),
    requests: [],
    mostAtOnce: 0,
    choose: () => undefined,
    client: options => {
      const client = new S3Client({
        endpoint: async () => ({ protocol: 'http:', hostname: '127.0.0.1', port, path: '/' }),
        region: 'us-east-1',
        forcePathStyle: true,
        credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
        ...options,
      });
      clients.push(client);
      return client;
    },
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    const key = decodeURIComponent(url.split('?')[0]?.slice(`/${BUCKET}/`.length) ?? '');
    const body = Buffer.concat(await request.toArray());
    use.requests.push(`${method} ${key}`);
    const fault = await use.choose(method, key);
    if (fault !== undefined && isBefore(fault)) return BEFORE[fault](response);
    if (method === 'PUT') use.objects.set(key, body);
    const object = method === 'GET' ? use.objects.get(key) : Buffer.alloc(0);
    return object === undefined ? fail(response, 404, 'NoSuchKey') : AFTER[fault ?? 'none'](response, object);
  };

  const server = createServer((request, response) => {
    atOnce += 1;
    use.mostAtOnce = Math.max(use.mostAtOnce, atOnce);
    response.once('close', () => {
      atOnce -= 1;
    });
    answer(request, response).catch(() => response.destroy());
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => {
    use.requests.splice(0);
    use.mostAtOnce = 0;
    use.choose = () => undefined;
  });
  afterAll(() => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return use;
};

const fail = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}.</Message></Error>`);
};

const reset = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
};

/** In place of what was asked for. */
const BEFORE = {
  'no answer': async (response: ServerResponse) => {
    const closed = once(response, 'close');
    if (response.socket !== null) await fallSilent(response.socket);
    await closed;
  },
  'empty answer': (response: ServerResponse) => void response.writeHead(200, { 'content-length': 0 }).end(),
  reset,
  denied: (response: ServerResponse) => fail(response, 403, 'AccessDenied'),
  unavailable: (response: ServerResponse) => fail(response, 503, 'SlowDown'),
};

const isBefore = (fault: ObjectFault): fault is keyof typeof BEFORE => fault in BEFORE;

const ok = (response: ServerResponse, object: Buffer): ServerResponse =>
  response.writeHead(200, { 'content-length': object.length, etag: '"etag"' });

/** When it is done. */
const AFTER = {
  none: (response: ServerResponse, object: Buffer) => void ok(response, object).end(object),
  'reset after': reset,
  'cut body': async (response: ServerResponse, object: Buffer) => {
    ok(response, object).write(object.subarray(0, object.length / 2));
    await sleep(1);
    reset(response);
  },
};
