import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { TableItem } from '@castore-dynamodb/adapter';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { runCommand } from '../runCommand.js';
import { HOSTILE_IDS, itemsOf, put, useFolder, useTables } from './support.js';

describeOnEveryLayout(
  'events on their way',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = useFolder();
    const newTable = useTables(dynamoDbClient);
    const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const command = (...argv: string[]) =>
      runCommand([...argv, '--endpoint-url', engine.endpoint, '--store', 'POKEMONS'], { folder });
    const other = layout === 'single-table' ? 'table-per-store' : 'single-table';
    const withPrefix = (id: string) => (layout === 'single-table' ? `POKEMONS#${id}` : id);

    /** What neither the adapter nor JavaScript would write. */
    const foreignEvents: TableItem[] = [
      {
        aggregateId: { S: withPrefix('other-writer') },
        version: { N: '1' },
        type: { S: 'T' },
        timestamp: { S: '2026-01-01T00:00:00.000Z' },
        payload: {
          M: {
            ...JSON.parse('{"__proto__":{"M":{"$bytes":{"S":"no"}}}}'),
            number: { N: '0.12345678901234567890123456789' },
            big: { N: '12345678901234567890123456789012345678' },
            sets: { L: [{ NS: ['1', '9007199254740993.5'] }, { BS: [new Uint8Array([0, 255])] }, { SS: ['a', '#'] }] },
            none: { NULL: true },
            tag: { M: { $set: { L: [] } } },
          },
        },
        encoding: { S: 'largeEvents' },
        schemaVersion: { N: '3' },
        redactions: { L: [{ M: { kind: { S: 'redacted' }, at: { S: 'x' }, reason: { S: 'y' } } }] },
        extra: { BOOL: false },
        ...(layout === 'single-table' ? { eventStoreId: { S: 'POKEMONS#7' } } : { isInitialEvent: { N: '1' } }),
      },
    ];
    const snapshot: TableItem = {
      aggregateId: { S: '#snapshots#POKEMONS#a#b' },
      version: { N: '20000000000000003.5' },
      state: { S: '{}' },
    };

    beforeAll(async () => {
      for (const aggregateId of HOSTILE_IDS) {
        for (const version of [1, 2, 3]) {
          const payload = {
            version,
            bytes: new Uint8Array([version]),
            set: new Set([2n ** 70n]),
            text: '\u2028\u0000',
          };
          await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload, metadata: { aggregateId } });
        }
      }
      await put(dynamoDbClient, tableName, ...foreignEvents, snapshot);
    });

    const events = async (of: string) =>
      (await itemsOf(dynamoDbClient, of)).filter(({ version }) => Number(version?.N) < 1e15);

    it('go through a file, and come back equal to the byte', async () => {
      const exported = await command('export', '-t', tableName, '--output', 'all.ndjson.gz', '--gzip');
      expect(exported).toMatchObject({ exitCode: 0, stdout: '' });
      expect(exported.stderr).toContain('read units (DynamoDB counts every six hours)');
      expect(exported.stderr).toContain('1 items of snapshots are left out');
      expect(exported.stderr).toContain('25 events exported to');
      const lines = gunzipSync(readFileSync(join(folder, 'all.ndjson.gz')))
        .toString()
        .trimEnd()
        .split('\n');
      expect(JSON.parse(lines[0] as string)).toMatchObject({ format: 'castore-dynamodb/events', layout });
      expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ end: { events: 25 } });

      const target = await newTable(layout);
      const planned = await command('import', 'all.ndjson.gz', '-t', target, '--json');
      expect(planned).toMatchObject({ exitCode: 0, lines: [{ eventStoreId: 'POKEMONS', aggregates: 9, events: 25 }] });
      expect(planned.stderr).toContain('Nothing was written. With --write, 25 events');
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual([]);

      const imported = await command('import', 'all.ndjson.gz', '-t', target, '--write');
      expect(imported).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining('25 events written, 0 were there'),
      });
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual(await events(tableName));
      const again = await command('import', 'all.ndjson.gz', '-t', target, '--write');
      expect(again).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('0 events written, 25 were there') });

      const verified = await command('verify', 'all.ndjson.gz', '-t', target, '--json');
      expect(verified).toMatchObject({ exitCode: 0, lines: [{ eventStoreId: 'POKEMONS', isEqual: true }] });
    });

    it('go through a pipe', async () => {
      const { stdout } = await command('export', '-t', tableName);
      const target = await newTable(other);
      const argv = ['import', '-', '-t', target, '--write', '--store', 'POKEMONS', '--endpoint-url', engine.endpoint];
      await expect(runCommand(argv, { folder, stdin: stdout })).resolves.toMatchObject({ exitCode: 0 });
      await expect(command('verify', '-t', tableName, '--to-table', target)).resolves.toMatchObject({ exitCode: 0 });
    });

    it('go to a table of the other layout and back, equal to the byte', async () => {
      const target = await newTable(other);
      const planned = await command('copy', '-t', tableName, '--to-table', target);
      expect(planned).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Nothing was read or written.') });
      const copied = await command('copy', '-t', tableName, '--to-table', target, '--write');
      expect(copied).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('25 events written') });
      const read = newPokemons(newAdapter(other, { tableName: target, dynamoDbClient }));
      await expect(read.listAggregateIds()).resolves.toMatchObject({ aggregateIds: { length: 9 } });
      await expect(read.getEvents('a#b')).resolves.toEqual(await pokemons.getEvents('a#b'));

      const back = await newTable(layout);
      const options = ['--to-endpoint-url', engine.endpoint];
      await expect(command('copy', '-t', target, '--to-table', back, '--write', ...options)).resolves.toMatchObject({
        exitCode: 0,
      });
      // The other layout has no shards of an index, so that one is not kept.
      const unsharded = (await events(tableName)).map(item =>
        item.eventStoreId === undefined ? item : { ...item, eventStoreId: { S: 'POKEMONS' } },
      );
      await expect(itemsOf(dynamoDbClient, back)).resolves.toEqual(unsharded);
    });

    it('overwrite nothing: what differs is named, and nothing is written after it', async () => {
      const target = await newTable(layout);
      const theirs = newPokemons(newAdapter(layout, { tableName: target, dynamoDbClient }));
      await theirs.pushEvent({ aggregateId: 'a#b', version: 2, type: 'POKEMON_NAMED', payload: 'theirs' });
      await theirs.pushEvent({ aggregateId: 'theirs', version: 1, type: 'POKEMON_NAMED', payload: 'theirs' });
      const copied = await command('copy', '-t', tableName, '--to-table', target, '--write', '--json');
      expect(copied).toMatchObject({
        exitCode: 3,
        lines: [{ conflict: { eventStoreId: 'POKEMONS', aggregateId: 'a#b', version: 2 } }],
      });
      await expect(theirs.getEvents('a#b')).resolves.toMatchObject({ events: [{ version: 1 }, { payload: 'theirs' }] });

      const verified = await command('verify', '-t', tableName, '--to-table', target, '--json');
      expect(verified.exitCode).toBe(3);
      expect(verified.lines).toMatchObject([
        { isEqual: false, expected: { events: 25 }, actual: { events: 25 } },
        { aggregateId: 'a#b', kind: 'different', expected: 3, actual: 2 },
        { aggregateId: 'theirs', kind: 'extra', expected: 0, actual: 1 },
      ]);
    });

    it('get other ids, also those that objects have already', async () => {
      const target = await newTable('single-table');
      writeFileSync(join(folder, 'ids.json'), '{"POKEMONS":{"__proto__":"new#proto","a#b":"__proto__"}}');
      const mapping = ['--map-store', 'POKEMONS=MONSTERS', '--map-ids', 'ids.json'];
      await expect(
        command('copy', '-t', tableName, '--to-table', target, '--write', ...mapping),
      ).resolves.toMatchObject({ exitCode: 0 });
      const read = newPokemons(newAdapter('single-table', { tableName: target, dynamoDbClient }), 'MONSTERS');
      await expect(read.getEvents('__proto__')).resolves.toMatchObject({ events: { length: 3 } });
      await expect(read.getEvents('new#proto')).resolves.toMatchObject({ events: { length: 3 } });
      await expect(read.getEvents('a#b')).resolves.toMatchObject({ events: [] });
      await expect(command('verify', '-t', tableName, '--to-table', target, ...mapping)).resolves.toMatchObject({
        exitCode: 0,
      });
    });

    it('get other ids by a module, the same ones each time', async () => {
      const target = await newTable('single-table');
      writeFileSync(
        join(folder, 'ids.mjs'),
        'export default ({ aggregateId }) => aggregateId === "a#b" ? "b" : undefined;',
      );
      const argv = ['copy', '-t', tableName, '--to-table', target, '--write', '--map-ids'];
      expect(await command(...argv, 'ids.mjs')).toMatchObject({ exitCode: 0 });
      const read = newPokemons(newAdapter('single-table', { tableName: target, dynamoDbClient }));
      await expect(read.getEvents('b')).resolves.toMatchObject({ events: { length: 3 } });

      const torn = await newTable('single-table');
      writeFileSync(join(folder, 'random.mjs'), 'let id = 0; export default () => `id-${++id}`;');
      await command('export', '-t', tableName, '--output', 'torn');
      const refused = await command('import', 'torn', '-t', torn, '--write', '--map-ids', 'random.mjs');
      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('a different id each time') });
      await expect(itemsOf(dynamoDbClient, torn)).resolves.toEqual([]);
    });

    it('are not imported if its checkpoint cannot be kept; a store that is misspelt is named', async () => {
      const target = await newTable('single-table');
      await command('export', '-t', tableName, '--output', 'spelt');
      const argv = ['import', 'spelt', '-t', target, '--write'];
      const misspelt = await runCommand(
        ['import', 'spelt', '-t', target, '--store', 'POKEMON', '--endpoint-url', engine.endpoint],
        {
          folder,
        },
      );
      expect(misspelt).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('has no events for POKEMON.') });
      const nowhere = await command(...argv, '--checkpoint', 'nowhere/place.json');
      expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('cannot be written: ENOENT') });
      writeFileSync(join(folder, 'junk'), 'junk');
      const junk = await command(...argv, '--checkpoint', 'junk');
      expect(junk).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is not a checkpoint') });
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual([]);
    });

    it('are refused before anything is written, if the file was cut or changed', async () => {
      const { stdout } = await command('export', '-t', tableName);
      const target = await newTable(layout);
      const lines = stdout.split('\n');
      const bad: [string, string][] = [
        [lines.slice(0, -2).join('\n'), 'cut'],
        [stdout.slice(0, -100), 'cut'],
        [lines.toSpliced(3, 1).join('\n'), 'it says that it has 25 events, but has 24'],
        [stdout.replace('"version":3', '"version":4'), 'its hash does not match'],
        [stdout.replace('2026', '2025'), 'its hash does not match'],
        ['', 'it is empty'],
        ['{"a":1}\n', 'its first line'],
        [stdout + lines[1], 'after its end'],
      ];
      for (const [text, reason] of bad) {
        writeFileSync(join(folder, 'bad'), text);
        const imported = await command('import', 'bad', '-t', target, '--write');
        expect(imported).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(reason) });
      }
      await command('export', '-t', tableName, '--output', 'whole.gz', '--gzip');
      const zipped = readFileSync(join(folder, 'whole.gz'));
      for (const bytes of [
        zipped.subarray(0, -10),
        Buffer.concat([zipped.subarray(0, 60), Buffer.from('x'), zipped.subarray(61)]),
      ]) {
        writeFileSync(join(folder, 'bad'), bytes);
        const imported = await command('import', 'bad', '-t', target, '--write');
        expect(imported).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/cut|changed/) });
      }
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual([]);
    });

    it('are not read if that costs more than it may, and not written over a file', async () => {
      const described = await runCommand([
        'table',
        'describe',
        '-t',
        tableName,
        '--json',
        '--endpoint-url',
        engine.endpoint,
      ]);
      const [{ bytes }] = described.lines as [{ bytes: number }];
      // One of the engines counts nothing.
      if (bytes > 0) {
        const costly = await command('export', '-t', tableName, '--output', 'costly', '--max-read-units', '1');
        expect(costly).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Not begun.') });
        expect(existsSync(join(folder, 'costly.partial'))).toBe(false);
      }
      writeFileSync(join(folder, 'there'), '');
      const there = await command('export', '-t', tableName, '--output', 'there');
      expect(there).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is there already') });
    });
  },
);

it.each([
  [['copy', '-t', 'a', '--map-store', 'A'], '--map-store'],
  [['copy', '-t', 'a'], '--to-table'],
  [['verify', '-t', 'a'], '--to-table'],
  [['verify', 'b', '-t', 'a', '--to-table', 'c'], '--to-table'],
  [['import', 'no-such-file', '-t', 'a'], 'no-such-file'],
  [['import', 's3://', '-t', 'a'], 's3://bucket'],
  [['import', '-', '-t', 'a', '--map-ids', 'no-such.json'], 'no-such.json'],
  [['export', '-t', 'a', '--redact'], '--redact'],
])('%j is refused before a request', async (argv, reason) => {
  const refused = await runCommand([...argv, '--endpoint-url', 'http://127.0.0.1:1']);
  expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(reason) });
  expect(refused.stderr).not.toContain('request');
});
