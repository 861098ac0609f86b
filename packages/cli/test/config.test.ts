import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';
import { preset } from '@castore-dynamodb/testing/preset';

import { defineConfig } from '../src/index.js';
import { newLevels } from './levels.js';
import { runCommand } from './runCommand.js';
import { runProgram } from './runProgram.js';

const folder = join(__dirname, 'project');

describeOnEveryLayout(
  'a configuration',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
    const instant = (hour: number) => `2026-01-01T0${hour}:00:00.000Z`;

    beforeAll(async () => {
      for (const version of [1, 2, 3]) {
        const timestamp = instant(version);
        await pokemons.pushEvent({
          aggregateId: 'a',
          version,
          type: 'POKEMON_LEVELED_UP',
          timestamp,
          payload: { by: 2 },
        });
      }
    });

    it('is found in the folder, and has the state of an aggregate shown', async () => {
      const env = { TEST_TABLE: tableName, TEST_ENDPOINT: engine.endpoint };
      await expect(runProgram(['state', 'POKEMONS', 'a'], folder, env)).resolves.toMatchObject({
        exitCode: 0,
        stdout: 'aggregateId: "a"\nversion: 3\nlevel: 6\n',
        stderr: '1 request, 1 read unit\n',
      });
    });

    it('has the state shown at a version, at a time, and what has changed since', async () => {
      const levels = newLevels(pokemons.getEventStorageAdapter());
      const state = (...argv: string[]) =>
        runCommand(['state', 'POKEMONS', 'a', ...argv], { config: defineConfig({ eventStores: [levels] }) });
      expect((await state('--json', '--version', '1')).lines).toStrictEqual([
        { aggregateId: 'a', version: 1, level: 2 },
      ]);
      expect((await state('--json', '--at', '2026-01-01T02:30')).lines).toMatchObject([{ version: 2 }]);
      expect((await state('--json', '--at', '2026-01-01')).stderr).toContain(
        'No such aggregate a in POKEMONS, or not yet.',
      );
      expect((await state('--json', '--diff', '1')).lines).toStrictEqual([
        { path: ['version'], kind: 'changed', before: 1, after: 3 },
        { path: ['level'], kind: 'changed', before: 2, after: 6 },
      ]);
      expect((await state('--diff', '2026-01-01T02:30')).stdout).toMatch(/^member +before +after\nversion +2 +3\n/);
      expect((await state('--json', '--redact')).lines).toStrictEqual([
        { aggregateId: 'string', version: 'number', level: 'number' },
      ]);
      expect((await state('--at', '2026', '--version', '1')).exitCode).toBe(2);
    });
  },
  { layouts: ['single-table'], engines: preset({ quick: 'one', soak: 'every' }) },
);

describe('a configuration that cannot be used', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'castore-dynamodb-cli-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** A command of a configuration with this content. */
  const commandWith = (content: string): string[] => {
    writeFileSync(join(scratch, 'castore-dynamodb.config.ts'), content);
    return ['aggregates', 'A', '-t', 'b'];
  };

  it.each([
    ['export default { tables: 1 }', 'config.tables'],
    ['export default { eventStores: [1] } as const', 'config.eventStores[0]'],
    ['export default { projections: [{ name: 1 }] }', 'config.projections[0].name'],
    [
      'const a = { name: "a", listParked() {}, retryParked() {} }; export default { projections: [a, a] }',
      'two have the same name',
    ],
    ['export default { projections: [{ name: "a" }] }', 'config.projections[0]'],
    ['export default { eventStores: [{ eventStoreId: "A" }] }', 'config.eventStores[0]'],
    ['export const config = { tableName: "a" }', 'It has no default export.'],
    ['module.exports = { tableNames: "a" }', 'config.tableNames'],
    ['throw new Error("no")', 'no'],
  ])('is named with the reason: %s', async (content, reason) => {
    const { exitCode, stdout, stderr } = await runCommand(commandWith(content), { folder: scratch });
    expect({ exitCode, stdout }).toStrictEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  it.each([
    ['require("no-such-package"); module.exports = {}', "Cannot find module 'no-such-package'\n"],
    ['await new Promise(() => {}); export default {}', 'It waits for something that never comes'],
  ])('is named with the reason by the program: %s', async (content, reason) => {
    const { exitCode, stdout, stderr } = await runProgram(commandWith(content), scratch);
    expect({ exitCode, stdout }).toStrictEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  it('ends the command in one sentence if something of it fails by itself', async () => {
    const content = 'setImmediate(() => { throw new Error("later") }); await new Promise(() => {}); export default {}';
    writeFileSync(join(scratch, 'castore-dynamodb.config.ts'), content);
    const { exitCode, stderr } = await runProgram(['state', 'A', 'a'], scratch);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'error Uncaught: Error: later\n' });
  });

  it('is named while it loads for long', async () => {
    const argv = commandWith('await new Promise(resolve => setTimeout(resolve, 200)); export default { tables: 1 }');
    const patience = { noticeMs: 1, deadlineMs: 60_000 };
    const { stderr } = await runCommand(argv, { folder: scratch, patience });
    expect(stderr).toMatch(/^The configuration is not loaded yet\. Still waiting; Ctrl-C ends it\.\nerror /);
  });

  it('keeps no command from its end by what it holds open', async () => {
    writeFileSync(join(scratch, 'castore-dynamodb.config.ts'), 'setInterval(() => {}, 1000); export default {}');
    const { exitCode, stderr } = await runProgram(['state', 'A', 'a'], scratch);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('needs a reducer') });
  });

  it('is named if it is not there', async () => {
    const { exitCode, stderr } = await runCommand(['aggregates', 'A', '-t', 'b', '-c', 'nowhere.ts'], {
      folder: scratch,
    });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('nowhere.ts') });
  });
});
