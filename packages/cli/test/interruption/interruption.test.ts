import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { mapConcurrently } from '@castore-dynamodb/commons';
import { createProjectionTable, replayEvents } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';
import { isSoak } from '@castore-dynamodb/testing/preset';

import { describeIfThere } from '../../src/connection/deployedTable.js';
import { runCommand, type Written } from '../runCommand.js';
import { MAIN } from '../runProgram.js';
import { newTrainers } from '../trainers.js';
import { itemsOf, useTables } from '../transfer/support.js';
import { configurationOf } from './configuration.js';

/** One more than a page of a listing. */
const AGGREGATES = 101;

const PARKED = ['p1', 'p2', 'p3'];

const WRITES = ['PutItem', 'TransactWriteItems', 'BatchWriteItem', 'UpdateItem', 'DeleteItem'];

interface Started {
  kill(signal: NodeJS.Signals): void;
  /** Until now. */
  readonly shown: Written;
  readonly ended: Promise<Written & { readonly exitCode: number | null }>;
}

type Start = (argv: readonly string[], reducerVersion: string) => Started;

const ENDS = 'Ends after what is under way. Ctrl-C again ends it at once.';

describeOnEveryLayout(
  'a command that is interrupted while it writes',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const newTable = useTables(dynamoDbClient);
    const projectionTable = uniqueTableName('views');
    const pokemons = newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
    /** In this process, which is faster. */
    const finish = (argv: readonly string[], reducerVersion = '1') => runCommand(argv, optionsOf(reducerVersion));
    const optionsOf = (reducerVersion: string) => ({
      config: configurationOf({ endpoint: proxy.endpoint, tableName, projectionTable, reducerVersion }),
      env: { AWS_ENDPOINT_URL: proxy.endpoint },
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

    const startProgram: Start = (argv, reducerVersion) => {
      const program = spawn(process.execPath, [MAIN, ...argv], {
        cwd: __dirname,
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: proxy.endpoint,
          TEST_ENDPOINT: proxy.endpoint,
          TEST_TABLE: tableName,
          TEST_PROJECTION_TABLE: projectionTable,
          TEST_REDUCER_VERSION: reducerVersion,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const shown = { stdout: '', stderr: '' };
      program.stdout.on('data', data => (shown.stdout += String(data)));
      program.stderr.on('data', data => (shown.stderr += String(data)));
      const ended = once(program, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, ...shown }));
      return { kill: signal => void program.kill(signal), shown, ended };
    };
    /** In this process: Ctrl-C aborts the signal of a command, and nothing else. */
    const startHere: Start = (argv, reducerVersion) => {
      const interruption = new AbortController();
      const shown = { stdout: '', stderr: '' };
      const ended = runCommand(argv, { ...optionsOf(reducerVersion), signal: interruption.signal, shown });
      return { kill: () => interruption.abort(), shown, ended };
    };
    /** A process starts slowly: `npm test` has one for each kind of end, the soak run one for each command. */
    const startSome = isSoak ? startProgram : startHere;
    /** The command, which gets the signal while its first request of one of these operations is held back. */
    const interrupt = async (
      argv: readonly string[],
      operations: readonly string[],
      signal: NodeJS.Signals,
      { start = startProgram, reducerVersion = '1' }: { start?: Start; reducerVersion?: string } = {},
    ) => {
      let release = (): void => {};
      const released = new Promise<void>(resolve => (release = resolve));
      let isHeld = false;
      proxy.hold = ({ operation }) => {
        if (isHeld || !operations.includes(operation)) return undefined;
        isHeld = true;
        return released;
      };
      const { kill, shown, ended } = start(argv, reducerVersion);
      try {
        await eventually(() => expect({ isHeld, shown }).toEqual({ isHeld: true, shown }));
        kill(signal);
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
        { start: startSome },
      );
      expect(deleted).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/status +DELETED/) });
      await expect(describeIfThere(dynamoDbClient, made)).resolves.toBeUndefined();
    });

    it('snapshots build, prune and delete say how far they have come, and go on from there', async () => {
      let page = '';
      for (const [name, signal, code, start, reducerVersion] of [
        ['build', 'SIGTERM', 143, startProgram, '1'],
        ['prune', 'SIGINT', 130, startSome, '2'],
      ] as const) {
        const argv = ['snapshots', name, 'POKEMONS', '--write', '--json'];
        const ended = await interrupt(argv, WRITES, signal, { start, reducerVersion });
        expect(ended).toMatchObject({ exitCode: code, stdout: '' });
        expect(ended.stderr).toContain('Stopped. Until then: 100 aggregates, 100 snapshots. The same command goes on');
        await expect(snapshots()).resolves.toHaveLength(name === 'build' ? 100 : AGGREGATES - 100);
        page = /To go on from there: --page (\S+)/.exec(ended.stderr)?.[1] ?? '';
        const rest = await finish([...argv, '--page', page], reducerVersion);
        expect(rest).toMatchObject({ exitCode: 0, lines: [{ aggregates: 1, snapshots: 1, failures: 0 }] });
      }
      // What is left is one page: the signal changes nothing, since it is done.
      const rest = ['snapshots', 'build', 'POKEMONS', '--write', '--page', page];
      const last = await interrupt(rest, ['Query'], 'SIGINT', { start: startSome });
      expect(last).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('aggregates 1') });

      expect(await finish(['snapshots', 'build', 'POKEMONS', '--write'])).toMatchObject({ exitCode: 0 });
      const deletion = ['snapshots', 'delete', 'POKEMONS', '--write', '--json'];
      const ended = await interrupt(deletion, WRITES, 'SIGINT', { start: startSome });
      expect(ended).toMatchObject({ exitCode: 130, stdout: '' });
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

      const skipping = ['parked', 'skip', 'trainers', 'POKEMONS', 'p1', '--write'];
      const skip = await interrupt(skipping, WRITES, 'SIGINT', { start: startSome });
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
      await expect(finish(argv)).resolves.toMatchObject({ exitCode: 0 });
      await expect(parked()).resolves.toEqual([]);
    });

    it('copy --follow writes what is under way, and counts it', async () => {
      const target = await newTable('single-table', true);
      const argv = ['copy', '-t', tableName, '--to-table', target, '--follow', '--write', '--store', 'FOLLOWED'];
      const { kill, shown, ended } = startProgram([...argv, '--max-read-units', '100000'], '1');
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
      kill('SIGTERM');
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
