import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { TableItem } from '@castore-dynamodb/adapter';
import { useBucket } from '@castore-dynamodb/testing/bucket';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { runCommand } from '../runCommand.js';
import { HOSTILE_IDS, itemsOf, useFolder, useTables } from './support.js';

const toJson = (item: TableItem): string =>
  JSON.stringify({ Item: item }, (_, value: unknown) =>
    // A Uint8Array, which JSON takes for an object with a member for each byte.
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );

/** As DynamoDB writes an export: in no order that could be relied on. */
const writeExport = (folder: string, items: readonly TableItem[], changes: Record<string, unknown> = {}): string[] => {
  mkdirSync(join(folder, 'data'), { recursive: true });
  const parts = [items.filter((_, at) => at % 2 === 0).toReversed(), items.filter((_, at) => at % 2 === 1), []];
  const manifest = parts.map((part, at) => {
    const bytes = gzipSync(part.map(item => `${toJson(item)}\n`).join(''));
    writeFileSync(join(folder, 'data', `${at}.json.gz`), bytes);
    return {
      itemCount: part.length,
      md5Checksum: createHash('md5').update(bytes).digest('base64'),
      etag: 'x',
      dataFileS3Key: `AWSDynamoDB/01-ab/data/${at}.json.gz`,
    };
  });
  const summary = { version: '2020-06-30', itemCount: items.length, outputFormat: 'DYNAMODB_JSON', ...changes };
  writeFileSync(join(folder, 'manifest-summary.json'), JSON.stringify(summary, undefined, 3));
  writeFileSync(join(folder, 'manifest-files.json'), manifest.map(file => `${JSON.stringify(file)}\n`).join(''));
  return ['manifest-summary.json', 'manifest-files.json', ...parts.map((_, at) => `data/${at}.json.gz`)];
};

describeOnEveryLayout(
  'a point-in-time export',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = useFolder();
    const newTable = useTables(dynamoDbClient);
    const bucket = useBucket();
    const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const command = (argv: readonly string[], env = {}) =>
      runCommand([...argv, '--endpoint-url', engine.endpoint, '--store', 'POKEMONS'], { folder, env });

    beforeAll(async () => {
      for (const aggregateId of HOSTILE_IDS) {
        for (const version of [1, 2, 3, 4, 5]) {
          const payload = { bytes: new Uint8Array([version]), text: '\u2028', ...JSON.parse('{"__proto__":1}') };
          await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload });
        }
      }
    });

    it('is read from a folder, and events are written in the order of their versions', async () => {
      const items = await itemsOf(dynamoDbClient, tableName);
      writeExport(join(folder, 'here'), items);
      const target = await newTable(layout);
      const imported = await command(['import', 'here', '-t', target, '--write', '--json']);
      expect(imported).toMatchObject({ exitCode: 0, lines: [{ eventStoreId: 'POKEMONS', aggregates: 8, events: 40 }] });
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual(items);
      const verified = await command(['verify', 'here/manifest-summary.json', '-t', target]);
      expect(verified.exitCode).toBe(0);
    });

    it('is read from S3', async () => {
      const items = await itemsOf(dynamoDbClient, tableName);
      const files = writeExport(join(folder, 'there'), items);
      for (const file of files) {
        const [Key, Body] = [`prefix/AWSDynamoDB/01-ab/${file}`, readFileSync(join(folder, 'there', file))];
        await bucket.s3Client.send(new PutObjectCommand({ Bucket: bucket.bucketName, Key, Body }));
      }
      const target = await newTable(layout);
      const { hostname, port } = (await bucket.s3Client.config.endpoint?.()) ?? {};
      const before = { ...process.env };
      // The SDK reads the environment of the process.
      Object.assign(process.env, {
        AWS_ENDPOINT_URL_S3: `http://${hostname}:${port}`,
        AWS_ACCESS_KEY_ID: 'S3RVER',
        AWS_SECRET_ACCESS_KEY: 'S3RVER',
      });
      try {
        const env = { AWS_ENDPOINT_URL_S3: `http://${hostname}:${port}` };
        const location = `s3://${bucket.bucketName}/prefix/AWSDynamoDB/01-ab/`;
        const imported = await command(['import', location, '-t', target, '--write', '--region', 'us-east-1'], env);
        expect(imported).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('40 events written') });
        await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual(items);
      } finally {
        process.env = before;
      }
    });

    it('is refused before anything is written, if it is not whole or of another kind', async () => {
      const items = await itemsOf(dynamoDbClient, tableName);
      const target = await newTable(layout);
      const refused = async (name: string, reason: string, change: (path: string) => void, changes = {}) => {
        const path = join(folder, name);
        writeExport(path, items, changes);
        change(path);
        const imported = await command(['import', name, '-t', target, '--write']);
        expect(imported).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(reason) });
      };
      const nothing = () => {};
      await refused('ion', 'its format is ION', nothing, { outputFormat: 'ION' });
      await refused('incremental', 'make a full export', nothing, { exportType: 'INCREMENTAL_EXPORT' });
      await refused('count', 'its manifests differ', nothing, { itemCount: 41 });
      await refused('manifest', 'it has no manifest-files.json', path => rmSync(join(path, 'manifest-files.json')));
      await refused('file', 'its file data/1.json.gz is missing', path => rmSync(join(path, 'data/1.json.gz')));
      await refused('changed', 'its MD5 is not the one in the manifest', path =>
        writeFileSync(join(path, 'data/1.json.gz'), 'x'),
      );
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual([]);
    });
  },
  { engines: 'one' },
);
