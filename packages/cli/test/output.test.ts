import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';
import { preset } from '@castore-dynamodb/testing/preset';

import { runCommand } from './runCommand.js';
import { MAIN, runProgram } from './runProgram.js';
import { itemsOf, useTables } from './transfer/support.js';

/** The exit code of a process, and what it wrote to standard error. */
const ended = async (program: ChildProcess): Promise<{ exitCode: number | null; stderr: string }> => {
  let stderr = '';
  program.stderr?.on('data', data => (stderr += String(data)));
  const [exitCode] = (await once(program, 'close')) as [number | null];
  return { exitCode, stderr };
};

describeOnEveryLayout(
  'the process',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = mkdtempSync(join(tmpdir(), 'castore-dynamodb-cli-'));
    const newTable = useTables(dynamoDbClient);
    const connection = ['-t', tableName, '--endpoint-url', engine.endpoint];
    const EVENTS = 60;

    beforeAll(async () => {
      const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
      for (let pokemon = 0; pokemon < EVENTS / 2; pokemon++) {
        for (const version of [1, 2]) {
          await pokemons.pushEvent({ aggregateId: `p${pokemon}`, version, type: 'POKEMON_NAMED', payload: version });
        }
      }
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const hasFullDisk = existsSync('/dev/full');
    if (!hasFullDisk) it.skip('full output (skipped: this system has no /dev/full)', () => undefined);
    (hasFullDisk ? it : it.skip).each([
      ...preset({ quick: [], soak: [[['--help']], [['table', 'print']], [['aggregates', 'POKEMONS', ...connection]]] }),
      [['--version']],
      [['export', ...connection]],
    ])('says in one sentence that its output cannot be written: %j', async argv => {
      const full = openSync('/dev/full', 'w');
      const { exitCode, stderr } = await ended(
        spawn(process.execPath, [MAIN, ...argv], { cwd: folder, stdio: ['ignore', full, 'pipe'] }),
      );
      expect(stderr).toContain('error The output cannot be written. ENOSPC');
      expect(stderr.match(/ENOSPC/g)).toHaveLength(1);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(exitCode).toBe(1);
    });

    it('does not take a closed pipe for success if it was to write', async () => {
      const target = await newTable(layout);
      const file = join(folder, 'closed.ndjson');
      await runCommand(['export', ...connection, '--output', file]);
      const argv = ['import', file, '-t', target, '--endpoint-url', engine.endpoint, '--write'];
      const program = spawn(process.execPath, [MAIN, ...argv], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      const end = ended(program);
      program.stdout.destroy();
      const { exitCode, stderr } = await end;
      expect(exitCode).toBe(1);
      expect(stderr).toContain('error The output cannot be written. Its reader has closed it.');
      expect(stderr).toContain('Stopped.');
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual([]);
    });

    it('keeps what a configuration logs out of its data', async () => {
      const config = join(folder, 'noise.mjs');
      writeFileSync(config, 'console.log("noise"); export default {};\n');
      const ran = await runProgram(['aggregates', 'POKEMONS', ...connection, '-c', config, '--json'], folder);
      expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('noise') });
      expect(ran.lines).toHaveLength(EVENTS / 2);
    });

    it.each([
      ['import', 'SIGTERM', 143],
      ['copy', 'SIGINT', 130],
    ] as const)(
      'ends %s at %s with what is under way, says what was written, and leaves no file',
      async (name, signal, code) => {
        await using proxy = await startFaultProxy(engine.endpoint);
        const [target, temporary] = [await newTable(layout), mkdtempSync(join(folder, 'tmp-'))];
        const file = join(temporary, 'events.ndjson');
        await runCommand(['export', ...connection, '--output', file]);
        const argv =
          name === 'import' ? ['import', file, '-t', target] : ['copy', '-t', tableName, '--to-table', target];
        const all = [...argv, '--write', '--max-read-units', '100000', '--endpoint-url'];
        let puts = 0;
        proxy.choose = ({ operation }) => (operation === 'PutItem' && ++puts > 20 ? 'throughput exceeded' : undefined);
        const program = spawn(process.execPath, [MAIN, ...all, proxy.endpoint], {
          cwd: folder,
          // The SDK's own repetitions would go on for seconds.
          env: { ...process.env, TMPDIR: temporary, AWS_MAX_ATTEMPTS: '1' },
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        const end = ended(program);
        await eventually(() => expect(puts).toBeGreaterThan(20));
        program.kill(signal);
        const { exitCode, stderr } = await end;
        const written = await itemsOf(dynamoDbClient, target);
        expect(exitCode).toBe(code);
        expect(stderr).toContain(
          `Stopped. Until then: ${written.length}${name === 'import' ? ` of ${EVENTS}` : ''} events`,
        );
        expect(stderr).toContain('The same command goes on');
        expect(readdirSync(temporary)).toEqual(['events.ndjson']);
        for (const { aggregateId, version } of written) {
          if (version?.N === '2')
            expect(written).toContainEqual(expect.objectContaining({ aggregateId, version: { N: '1' } }));
        }
        // What `iam` allows.
        const sent = new Set(proxy.requests.map(({ operation }) => operation));
        const allowed = name === 'import' ? ['DescribeTable', 'PutItem'] : ['DescribeTable', 'PutItem', 'Scan'];
        expect([...sent].toSorted()).toEqual(allowed);
        const again = await runCommand([...all, engine.endpoint]);
        expect(again.exitCode).toBe(0);
        await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual(await itemsOf(dynamoDbClient, tableName));
      },
    );
  },
  { engines: 'one', layouts: ['single-table'] },
);
