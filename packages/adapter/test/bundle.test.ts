import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

import { bundleAdapter } from '@castore-dynamodb/testing/bundleAdapter';

/**
 * Compressed, of what an application's bundler takes in, without the SDK and Castore: as much as Castore's own package
 * has, which is both adapters with event groups, and what makes transactions. Encoding and decoding are in it (Castore's
 * has the SDK's `util-dynamodb` do that), and so are shards, checks of other aggregates and puts alongside. What undoes
 * transformations is not in it: they bring it along.
 */
const BUDGET = 16.55 * 1024;
const EVERYTHING = [
  'DynamoDbEventStorageAdapter',
  'DynamoDbSingleTableEventStorageAdapter',
  'formatEventForTransaction',
  'pushEventsTransaction',
];

describe('an adapter, bundled and minified', () => {
  it('has nothing of what only transformations need', async () => {
    const bundle = await bundleAdapter({ names: ['DynamoDbSingleTableEventStorageAdapter'] });
    const code = readFileSync(bundle.path, 'utf8');
    bundle.remove();
    expect(code).toContain('DynamoDbSingleTableEventStorageAdapter');
    for (const name of ['decodeEvent', 'encodeEvent', 'AsynchronousTransformationError'])
      expect(code).not.toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('loads the SDK once, whose exports a bundle copies each time', async () => {
    const bundle = await bundleAdapter({ names: EVERYTHING });
    const code = readFileSync(bundle.path, 'utf8');
    bundle.remove();
    expect(code.match(/require\("@aws-sdk\/client-dynamodb"\)/g)).toHaveLength(1);
  });

  it('stays within its budget', async () => {
    const bundle = await bundleAdapter({ minify: true, format: 'esm', names: EVERYTHING });
    const size = gzipSync(readFileSync(bundle.path)).length;
    bundle.remove();
    expect(size).toBeLessThanOrEqual(BUDGET);
  });
});

const PROGRAM = join(__dirname, 'programs', 'streamEvents.cjs');

const EVENTS = 100_000;
/** Of 300 B each, as many as DynamoDB puts into 1 MB. */
const EVENTS_A_PAGE = 3_500;
const PAGES = Math.ceil(EVENTS / EVENTS_A_PAGE);

const item = (version: number): object => ({
  aggregateId: { S: 'pikachu' },
  version: { N: String(version) },
  type: { S: 'POKEMON_LEVELED_UP' },
  timestamp: { S: '2026-01-01T00:00:00.000Z' },
  payload: { M: { level: { N: String(version) }, note: { S: `note ${version} `.padEnd(180, 'x') } } },
});

const page = (after: number): string => {
  const last = Math.min(after + EVENTS_A_PAGE, EVENTS);
  const items = Array.from({ length: last - after }, (_, index) => item(after + index + 1));
  const key = { aggregateId: { S: 'pikachu' }, version: { N: String(last) } };
  return JSON.stringify({
    Count: items.length,
    Items: items,
    ...(last < EVENTS ? { LastEvaluatedKey: key } : {}),
    ScannedCount: items.length,
  });
};

/** Answers Queries as DynamoDB would: to store 100,000 events in an engine takes a minute. */
const server = createServer((request, response) => {
  void text(request).then(body => {
    const { ExclusiveStartKey: key } = JSON.parse(body) as { ExclusiveStartKey?: { version: { N: string } } };
    response.setHeader('content-type', 'application/x-amz-json-1.0').end(page(Number(key?.version.N ?? 0)));
  });
});

describe('streamEvents of 100,000 events', () => {
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('runs in a heap of 32 MB, and yields events before most pages were asked for', async () => {
    const bundle = await bundleAdapter();
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const { stdout } = await promisify(execFile)(process.execPath, [
      '--max-old-space-size=32',
      PROGRAM,
      bundle.path,
      endpoint,
    ]);
    bundle.remove();

    expect(JSON.parse(stdout)).toStrictEqual({ events: EVENTS, requests: PAGES, requestsAtFirstEvent: 2 });
  });
});
