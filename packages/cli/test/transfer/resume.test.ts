import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { runCommand } from '../runCommand.js';
import { MAIN } from '../runProgram.js';
import { itemsOf, useFolder, useTables } from './support.js';

describeOnEveryLayout(
  'a transfer that is killed',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = useFolder();
    const newTable = useTables(dynamoDbClient);
    const programs: ChildProcess[] = [];
    let proxy: FaultProxy;

    beforeAll(async () => {
      proxy = await startFaultProxy(engine.endpoint);
      const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
      for (let pokemon = 0; pokemon < 24; pokemon++) {
        for (const version of [1, 2]) {
          const payload = `${version} ${'x'.repeat(250_000)}`;
          await pokemons.pushEvent({ aggregateId: `p${pokemon}`, version, type: 'POKEMON_NAMED', payload });
        }
      }
    });
    afterEach(async () => {
      for (const program of programs.splice(0)) program.kill('SIGKILL');
      proxy.choose = () => undefined;
    });
    afterAll(() => proxy[Symbol.asyncDispose]());

    const argvOf = (argv: readonly string[]) => [
      ...argv,
      '--endpoint-url',
      proxy.endpoint,
      '--max-read-units',
      '100000',
    ];
    const command = (...argv: string[]) => runCommand(argvOf(argv), { folder });
    /** The command as a process of its own, which hears nothing any more when it is said so. */
    const start = (isUnanswered: (request: ProxiedRequest) => boolean, argv: readonly string[]) => {
      proxy.choose = request => (isUnanswered(request) ? 'no answer before' : undefined);
      const program = spawn(process.execPath, [MAIN, ...argvOf(argv)], { cwd: folder, stdio: 'ignore' });
      programs.push(program);
      return program;
    };
    const kill = async (program: ChildProcess) => {
      const closed = once(program, 'close');
      program.kill('SIGKILL');
      await closed;
      await proxy.settled();
      proxy.choose = () => undefined;
    };
    const isPartWithoutPages = ({ operation, body }: ProxiedRequest) => operation === 'Scan' && body.Segment === 3;
    const progressIn = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')).progress;
    const countOf = (operation: string) => proxy.requests.filter(request => request.operation === operation).length;

    it('goes on with its file', async () => {
      const file = join(folder, 'all.gz');
      const program = start(isPartWithoutPages, ['export', '-t', tableName, '--output', 'all.gz', '--gzip']);
      await eventually(() => expect(progressIn('all.gz.checkpoint').lines.events).toBeGreaterThan(0));
      await kill(program);
      expect(existsSync(file)).toBe(false);

      const other = await command('export', '-t', tableName, '--output', 'all.gz', '--gzip', '--store', 'OTHERS');
      expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is of another transfer') });

      const exported = await command('export', '-t', tableName, '--output', 'all.gz', '--gzip');
      expect(exported.stderr).toMatch(/Going on with .*all\.gz\.partial, which has [1-9]\d* events/);
      expect(exported).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('48 events exported') });
      expect([existsSync(`${file}.checkpoint`), existsSync(`${file}.partial`)]).toEqual([false, false]);
      expect(gunzipSync(readFileSync(file)).toString().split('\n')).toHaveLength(48 + 3);
      await expect(command('verify', 'all.gz', '-t', tableName)).resolves.toMatchObject({ exitCode: 0 });
    });

    it.each([
      ['copy', ['copy', '-t', tableName, '--to-table']],
      ['import', ['import', 'all.gz', '-t']],
    ])('goes on with the table: %s', async (name, argv) => {
      const target = await newTable(layout);
      const options = [...argv, target, '--write', '--checkpoint', `${name}.json`];
      const before = countOf('PutItem');
      let answered = 0;
      const program = start(({ operation }) => operation === 'PutItem' && (answered += 1) > 20, options);
      await eventually(() => expect(countOf('PutItem') - before).toBeGreaterThan(20));
      await kill(program);
      const written = await itemsOf(dynamoDbClient, target);
      expect(written.length).toBeGreaterThanOrEqual(20);
      // No event without those before it.
      for (const { aggregateId, version } of written) {
        if (version?.N === '2')
          expect(written).toContainEqual(expect.objectContaining({ aggregateId, version: { N: '1' } }));
      }

      const resumed = await command(...options);
      expect(resumed.exitCode).toBe(0);
      expect(existsSync(join(folder, `${name}.json`))).toBe(false);
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual(await itemsOf(dynamoDbClient, tableName));
    });

    it('goes on with the pages of a copy, also if a part of the table has had none', async () => {
      const target = await newTable(layout);
      const argv = ['copy', '-t', tableName, '--to-table', target, '--write', '--checkpoint', 'parts.json'];
      const program = start(isPartWithoutPages, argv);
      await eventually(() =>
        expect(progressIn('parts.json').places).toContainEqual(expect.not.stringMatching('beginning')),
      );
      await kill(program);
      const { places } = progressIn('parts.json') as { places: unknown[] };
      expect(places[3]).toBe('beginning');

      const begun: unknown[] = [];
      proxy.choose = ({ operation, body }) => {
        if (operation === 'Scan' && body.ExclusiveStartKey === undefined) begun.push(body.Segment);
        return undefined;
      };
      await expect(command(...argv)).resolves.toMatchObject({ exitCode: 0 });
      expect(new Set(begun)).toEqual(new Set([0, 1, 2, 3].filter(segment => places[segment] === 'beginning')));
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual(await itemsOf(dynamoDbClient, tableName));
    });

    it('overwrites nothing that another export has begun', async () => {
      writeFileSync(join(folder, 'other.partial'), 'a part of another table');
      const refused = await command('export', '-t', tableName, '--output', 'other');
      expect(refused).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/other\.partial is there already, .*: remove it, or choose another name/),
      });
      expect(readFileSync(join(folder, 'other.partial'), 'utf8')).toBe('a part of another table');
    });

    it('says that a disk is full, and leaves no file that could be taken for a whole one', async () => {
      const argv = argvOf(['export', '-t', tableName, '--output', 'full']);
      // As large as a page at most: in blocks of 512 bytes or more.
      const script = 'ulimit -f 1000; exec "$@"';
      const program = spawn('sh', ['-c', script, 'sh', process.execPath, MAIN, ...argv], { cwd: folder });
      let errors = '';
      program.stderr.on('data', data => (errors += String(data)));
      const [exitCode] = (await once(program, 'close')) as [number];
      expect(exitCode).toBe(1);
      expect(errors).toContain('EFBIG');
      expect(existsSync(join(folder, 'full'))).toBe(false);
      const again = await command('export', '-t', tableName, '--output', 'full');
      expect(again).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('48 events exported') });
    });
  },
  { engines: 'one', layouts: ['single-table'] },
);
