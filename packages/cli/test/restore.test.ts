import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';
import { createProjectionTable, dynamoDbProjection } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { type Ran, runCommand } from './runCommand.js';
import { runProgram } from './runProgram.js';
import { useFolder } from './transfer/support.js';

/** The others need no process of their own, which takes its time. */
const NEEDS_CONFIGURATION = new Set(['replay', 'aggregates', 'state']);

/** The commands of the runbook, in their order, and what each ends with. */
const commands = [
  ...readFileSync(join(__dirname, '..', '..', '..', 'docs', 'do', 'restore.md'), 'utf8').matchAll(
    /^```sh\n(.*?)^```/gms,
  ),
]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .map(line => {
    const [command = '', comment = ''] = line.split(' # ');
    return { argv: command.split(' ').slice(1), exitCode: Number(/\d+/.exec(comment)?.[0] ?? 0) };
  });

describeOnEveryLayout(
  'the runbook of a restore',
  ({ engine, tableNames: { events }, dynamoDbClient }) => {
    const folder = useFolder();
    const restored = uniqueTableName('restored');
    const projectionTable = uniqueTableName('projections');
    const pokemonsIn = (tableName: string) =>
      newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
    const push = (version: number, by: number, aggregateId = 'pikachu', force = false) =>
      pokemonsIn(events).pushEvent(
        {
          aggregateId,
          version,
          type: 'POKEMON_LEVELED_UP',
          payload: { by },
          timestamp: `2026-01-0${version}T00:00:00.000Z`,
        },
        { force },
      );

    beforeAll(async () => {
      await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
      for (const version of [1, 2, 3]) await push(version, version);
    });
    afterAll(() => deleteEventTable(dynamoDbClient, { tableName: restored }));

    it('is carried out as it is written', async () => {
      const run = (argv: readonly string[]): Promise<Ran> => {
        const names = { events, restored };
        const own = argv.map(each => names[each as keyof typeof names] ?? each);
        // The engines have neither.
        if (argv[1] === 'create') own.push('--no-point-in-time-recovery', '--no-deletion-protection');
        if (!NEEDS_CONFIGURATION.has(argv[0] ?? '')) {
          return runCommand([...own, '--endpoint-url', engine.endpoint], { folder });
        }
        own.push('--config', join(__dirname, 'restoreProject', 'castore-dynamodb.config.ts'));
        const env = { TEST_TABLE: restored, TEST_PROJECTION_TABLE: projectionTable, TEST_ENDPOINT: engine.endpoint };
        return runProgram(own, folder, env);
      };
      expect(commands.length).toBeGreaterThan(10);
      for (const { argv, exitCode } of commands) {
        const ran = await run(argv);
        expect({ argv, stderr: ran.stderr, exitCode: ran.exitCode }).toEqual({
          argv,
          stderr: expect.any(String),
          exitCode,
        });
        // What has happened since the backup: an event that was overwritten, and a new one.
        if (argv[0] === 'import' && argv.includes('--write')) {
          await push(2, 99, 'pikachu', true);
          await push(1, 5, 'raichu');
        }
      }
      const view = dynamoDbProjection({
        name: 'levels-restored',
        eventStores: [pokemonsIn(restored)],
        tableName: projectionTable,
        dynamoDbClient,
        initialView: { level: 0 },
        key: ({ aggregateId }) => aggregateId,
        project: {},
      });
      await expect(view.getView('pikachu')).resolves.toEqual({ level: 6 });
      await expect(view.getView('raichu')).resolves.toEqual({ level: 5 });
    });
  },
  { engines: 'one', layouts: ['single-table'] },
);
