import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { mapConcurrently } from '@castore-dynamodb/commons';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { createProjectionTable, replayEvents } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { describeIfThere } from '../../src/connection/deployedTable.js';
import { runCommand } from '../runCommand.js';
import { MAIN } from '../runProgram.js';
import { newTrainers } from '../trainers.js';
import { itemsOf, useTables } from '../transfer/support.js';

/** One more than a page of a listing. */
const AGGREGATES = 101;

const PARKED = ['p1', 'p2', 'p3'];

const WRITES = ['PutItem', 'TransactWriteItems', 'BatchWriteItem', 'UpdateItem', 'DeleteItem'];

const ENDS = 'Ends after what is under way. Ctrl-C again ends it at once.';

describeOnEveryLayout(
  'a command that is interrupted while it writes',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const newTable = useTables(dynamoDbClient);
    const projectionTable = uniqueTableName('views');
    const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    /** In this process, which is faster. */
    const finish = (argv: readonly string[], reducerVersion = '1') =>
      runCommand(argv, {
        config: { eventStores: [withSnapshots(pokemons, { storage, reducerVersion, policy: everyNEvents(1) })] },
      });
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await startFaultProxy(engine.endpoint);
      await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
      const ids = Array.from({ length: AGGREGATES }, (_, at) => `p${at}`);
      await mapConcurrently(ids, 20, aggregateId =>
        pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_LEVELED_UP', payload: { by: 1 } }),
      );
    });
    afterEach(() => void (proxy.hold = () => undefined));
    afterAll(() => proxy[Symbol.asyncDispose]());

    const start = (argv: readonly string[], env: NodeJS.ProcessEnv = {}) => {
      const program = spawn(process.execPath, [MAIN, ...argv], {
        cwd: __dirname,
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: proxy.endpoint,
          TEST_ENDPOINT: proxy.endpoint,
          TEST_TABLE: tableName,
          TEST_PROJECTION_TABLE: projectionTable,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const shown = { stdout: '', stderr: '' };
      program.stdout.on('data', data => (shown.stdout += String(data)));
      program.stderr.on('data', data => (shown.stderr += String(data)));
      const ended = once(program, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, ...shown }));
      return { program, shown, ended };
    };
    /** The command, which gets the signal while its first request of one of these operations is held back. */
    const interrupt = async (
      argv: readonly string[],
      operations: readonly string[],
      signal: NodeJS.Signals,
      env: NodeJS.ProcessEnv = {},
    ) => {
      let release = (): void => {};
      const released = new Promise<void>(resolve => (release = resolve));
      let isHeld = false;
      proxy.hold = ({ operation }) => {
        if (isHeld || !operations.includes(operation)) return undefined;
        isHeld = true;
        return released;
      };
      const { program, shown, ended } = start(argv, env);
      try {
        await eventually(() => expect({ isHeld, shown }).toEqual({ isHeld: true, shown }));
        program.kill(signal);
        await eventually(() => expect(shown.stderr).toContain(ENDS));
      } finally {
        release();
      }
      return ended;
    };
    const snapshots = async () =>
      (await itemsOf(dynamoDbClient, tableName)).filter(({ aggregateId }) => aggregateId?.S?.startsWith('#'));

    it('push has written its event, and says so', async () => {
      const argv = ['push', 'OTHERS', 'a', 'A', '1', '--write', '-t', tableName, '--json'];
      const { exitCode, stdout, stderr } = await interrupt(argv, ['PutItem'], 'SIGINT');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining(ENDS) });
      expect(JSON.parse(stdout)).toMatchObject({ version: 1, type: 'A' });
      const written = await itemsOf(dynamoDbClient, tableName);
      expect(written.filter(({ aggregateId }) => aggregateId?.S === 'OTHERS#a')).toHaveLength(1);
    });

    it('table create and table delete are done, and say so', async () => {
      const made = uniqueTableName('made');
      const created = await interrupt(
        ['table', 'create', '-t', made, '--no-deletion-protection', '--write'],
        ['CreateTable'],
        'SIGTERM',
      );
      expect(created).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/status +ACTIVE/) });
      expect(created.stderr).toContain('table describe shows');
      const deleted = await interrupt(
        ['table', 'delete', '-t', made, '--confirm', made, '--write'],
        ['DeleteTable'],
        'SIGINT',
      );
      expect(deleted).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/status +DELETED/) });
      await expect(describeIfThere(dynamoDbClient, made)).resolves.toBeUndefined();
    });

    it('snapshots build, prune and delete say how far they have come, and go on from there', async () => {
      let page = '';
      for (const [name, signal, code] of [
        ['build', 'SIGTERM', 143],
        ['prune', 'SIGINT', 130],
      ] as const) {
        const env = { TEST_REDUCER_VERSION: name === 'build' ? '1' : '2' };
        const argv = ['snapshots', name, 'POKEMONS', '--write', '--json'];
        const ended = await interrupt(argv, WRITES, signal, env);
        expect(ended).toMatchObject({ exitCode: code, stdout: '' });
        expect(ended.stderr).toContain('Stopped. Until then: 100 aggregates, 100 snapshots. The same command goes on');
        await expect(snapshots()).resolves.toHaveLength(name === 'build' ? 100 : AGGREGATES - 100);
        page = /To go on from there: --page (\S+)/.exec(ended.stderr)?.[1] ?? '';
        const rest = await finish([...argv, '--page', page], env.TEST_REDUCER_VERSION);
        expect(rest).toMatchObject({ exitCode: 0, lines: [{ aggregates: 1, snapshots: 1, failures: 0 }] });
      }
      // What is left is one page: the signal changes nothing, since it is done.
      const last = await interrupt(['snapshots', 'build', 'POKEMONS', '--write', '--page', page], ['Query'], 'SIGINT');
      expect(last).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('aggregates 1') });

      expect(await finish(['snapshots', 'build', 'POKEMONS', '--write'])).toMatchObject({ exitCode: 0 });
      const deletion = ['snapshots', 'delete', 'POKEMONS', '--write', '--json'];
      const ended = await interrupt(deletion, WRITES, 'SIGTERM');
      expect(ended).toMatchObject({ exitCode: 143, stdout: '' });
      const [, deleted = ''] =
        /Until then: (\d+) snapshots of \d+ aggregates deleted\. What is deleted/.exec(ended.stderr) ?? [];
      expect(Number(deleted)).toBeGreaterThan(0);
      await expect(snapshots()).resolves.toHaveLength(AGGREGATES - Number(deleted));
      expect(await finish(deletion)).toMatchObject({ exitCode: 0 });
      await expect(snapshots()).resolves.toEqual([]);
    });

    it('parked retry and parked skip leave none half done, and go on with the rest', async () => {
      const failing = newTrainers({
        pokemons,
        dynamoDbClient,
        tableName: projectionTable,
        name: 'trainers',
        onLevelUp: ({ aggregateId }) => {
          if (PARKED.includes(aggregateId)) throw new RangeError('no');
        },
      });
      await replayEvents({ projections: [failing], maxAttempts: 1, onFailure: () => undefined });
      const parked = async () => (await failing.listParked()).map(({ aggregateId }) => aggregateId).toSorted();
      await expect(parked()).resolves.toEqual(PARKED);

      const skip = await interrupt(['parked', 'skip', 'trainers', 'POKEMONS', 'p1', '--write'], WRITES, 'SIGINT');
      expect(skip).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/p1 +1 +done/) });
      await expect(parked()).resolves.toEqual(PARKED.slice(1));

      const argv = ['parked', 'retry', 'trainers', '--write', '--json'];
      const first = await interrupt(argv, WRITES, 'SIGTERM');
      expect(first.exitCode).toBe(143);
      expect(first.stdout.trim().split('\n')).toHaveLength(1);
      expect(JSON.parse(first.stdout)).toMatchObject({ result: 'done' });
      expect(first.stderr).toContain(
        'Until then: 1 of 2 parked aggregates tried. The same command goes on with the rest.',
      );
      await expect(parked()).resolves.toHaveLength(1);
      await expect(start(argv).ended).resolves.toMatchObject({ exitCode: 0 });
      await expect(parked()).resolves.toEqual([]);
    });

    it('copy --follow writes what is under way, and counts it', async () => {
      const target = await newTable('single-table', true);
      const argv = ['copy', '-t', tableName, '--to-table', target, '--follow', '--write', '--store', 'FOLLOWED'];
      const { program, shown, ended } = start([...argv, '--max-read-units', '100000']);
      await eventually(() => expect(shown.stderr).toContain('Caught up'));
      let release = (): void => {};
      let isHeld = false;
      proxy.hold = ({ operation }) => {
        if (operation !== 'PutItem' || isHeld) return undefined;
        isHeld = true;
        return new Promise<void>(resolve => (release = resolve));
      };
      const eventStore = newPokemons(
        new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }),
        'FOLLOWED',
      );
      await eventStore.pushEvent({ aggregateId: 'a', version: 1, type: 'POKEMON_RELEASED' });
      await eventually(() => expect(isHeld).toBe(true));
      program.kill('SIGTERM');
      await eventually(() => expect(shown.stderr).toContain(ENDS));
      release();
      await expect(ended).resolves.toMatchObject({
        exitCode: 143,
        stderr: expect.stringContaining('Stopped. Until then: 1 events'),
      });
      await expect(itemsOf(dynamoDbClient, target)).resolves.toHaveLength(1);
    });
  },
  { engines: 'one', layouts: ['single-table'], stream: true },
);
