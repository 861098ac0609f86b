import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { createProjectionTable, type Projection, replayEvents } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { runCommand } from './runCommand.js';
import { newTrainers } from './trainers.js';

describeOnEveryLayout(
  'the command, with a configuration',
  ({ engine, layout, dynamoDbClient, tableNames: { events: tableName } }) => {
    const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const stored = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const snapshotting = (reducerVersion: string) =>
      withSnapshots(pokemons, { storage: stored, reducerVersion, policy: everyNEvents(2) });
    const projectionTable = uniqueTableName('views');
    const env = { AWS_ENDPOINT_URL: engine.endpoint };
    const hostile = '\u001B[31mraichu\u202E';
    const failing = new Set<string>();
    const handled: string[] = [];
    /** Of the command that is to be interrupted by the next event that is handled. */
    let interruption: AbortController | undefined;

    const newProjection = (): Projection =>
      newTrainers({
        pokemons,
        dynamoDbClient,
        tableName: projectionTable,
        onLevelUp: ({ aggregateId, version }) => {
          if (failing.has(`${aggregateId} ${version}`)) throw new RangeError('too \u001B[2J much');
          handled.push(`${aggregateId} ${version}`);
          interruption?.abort(new Error('Ctrl-C'));
        },
      });
    const configured = (trainers: Projection, reducerVersion = '1') => ({
      eventStores: [snapshotting(reducerVersion)],
      projections: [trainers],
      tableName,
      dynamoDbClient,
    });

    beforeAll(async () => {
      await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
      for (const aggregateId of ['pikachu', hostile]) {
        for (const version of [1, 2, 3]) {
          await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_LEVELED_UP', payload: { by: 7 } });
        }
      }
    });
    beforeEach(() => {
      interruption = undefined;
      failing.clear();
      handled.length = 0;
    });

    /** Projects what is stored; the second event of each of these aggregates fails. */
    const parkedAt = async (...aggregateIds: string[]) => {
      const trainers = newProjection();
      for (const aggregateId of aggregateIds) failing.add(`${aggregateId} 2`);
      await replayEvents({ projections: [trainers], maxAttempts: 1, onFailure: () => undefined });
      return trainers;
    };

    it('lists what is parked with the error and the event, by the configuration or by the table alone', async () => {
      const trainers = await parkedAt('pikachu', hostile);
      const config = configured(trainers);
      const listed = await runCommand(['parked', 'list'], { config, env });
      expect(listed.exitCode).toBe(0);
      expect(listed.stdout).toMatch(/pikachu +2 .*RangeError: too \\u001b\[2J much.*POKEMON_LEVELED_UP +\{"by":7\}/);
      expect(listed.stdout).toContain('\\u001b[31mraichu\\u202e');
      expect(listed.stderr).toMatch(/^\d requests, [\d.]+ read units?\n$/);

      const { lines } = await runCommand(['parked', 'list', trainers.name, '--json', '--redact'], { config, env });
      expect(lines).toContainEqual({
        projection: trainers.name,
        eventStoreId: 'POKEMONS',
        aggregateId: 'pikachu',
        version: 2,
        error: { name: 'RangeError' },
        attempts: 1,
        parkedAt: expect.any(String),
        event: expect.objectContaining({ version: 2, payload: { by: 'number' } }),
      });

      const argv = ['parked', 'list', trainers.name, '--projection-table', projectionTable, '-t', tableName, '--json'];
      const alone = await runCommand(argv, { env });
      expect(alone.lines).toHaveLength(2);
      expect(alone.lines).toContainEqual(expect.objectContaining({ aggregateId: 'pikachu', version: 2 }));
      const none = await runCommand(['parked', 'list', '-t', tableName], { config: { projections: [] }, env });
      expect(none).toMatchObject({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringContaining('No configuration names any'),
      });
      const misspelt = await runCommand(['parked', 'list', 'trainer', '--projection-table', projectionTable], { env });
      expect(misspelt).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('named trainer. Check the name') });
      const nameless = await runCommand(['parked', 'list', '--projection-table', projectionTable], { env });
      expect(nameless).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Which projection?') });
      for (const [table, reason] of [
        [tableName, 'is not a projection table: its keys are different.'],
        ['no-such-table', 'is not there in this account and region.'],
      ] as const) {
        const wrong = await runCommand(['parked', 'list', 'trainers', '--projection-table', table], { env });
        expect(wrong).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(reason) });
        expect(wrong.stderr).not.toContain('Exception');
      }
    });

    it('retries what is parked, and writes nothing without --write', async () => {
      const trainers = await parkedAt('pikachu', hostile);
      const config = configured(trainers);
      handled.length = 0;
      const dry = await runCommand(['parked', 'retry', trainers.name], { config, env });
      expect(dry).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Nothing was written.') });
      expect(dry.stdout).toMatch(/pikachu +2 +would retry/);
      expect(handled).toEqual([]);

      failing.delete('pikachu 2');
      const { exitCode, lines } = await runCommand(['parked', 'retry', trainers.name, '--write', '--json'], {
        config,
        env,
      });
      expect(exitCode).toBe(3);
      expect(lines).toHaveLength(2);
      expect(lines).toContainEqual(expect.objectContaining({ aggregateId: 'pikachu', result: 'done' }));
      expect(lines).toContainEqual(expect.objectContaining({ aggregateId: hostile, result: 'parked' }));
      expect(handled).toEqual(['pikachu 2', 'pikachu 3']);

      const skip = ['parked', 'skip', trainers.name, 'POKEMONS', hostile];
      expect((await runCommand(skip, { config, env })).stdout).toContain('would skip');
      await expect(trainers.listParked()).resolves.toHaveLength(1);
      expect(await runCommand([...skip, '--write'], { config, env })).toMatchObject({ exitCode: 0 });
      expect(handled.slice(2)).toEqual([`${hostile} 3`]);
      await expect(trainers.listParked()).resolves.toEqual([]);
      for (const argv of [skip, [...skip, '--write'], ['parked', 'retry', ...skip.slice(2), '--write']]) {
        const again = await runCommand(argv, { config, env });
        expect(again).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('is not parked in') });
      }
      const elsewhere = await runCommand(['parked', 'skip', trainers.name, 'OTHERS', 'a', '--write'], { config, env });
      expect(elsewhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('It is made of: POKEMONS.') });
      const none = await runCommand(['parked', 'retry', trainers.name, '--write'], { config, env });
      expect(none).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('Nothing is parked.') });
    });

    it('ends a retry at Ctrl-C after the aggregate that is under way, and goes on with the rest', async () => {
      const trainers = await parkedAt('pikachu', hostile);
      const config = configured(trainers);
      failing.clear();
      handled.length = 0;
      interruption = new AbortController();
      const argv = ['parked', 'retry', trainers.name, '--write'];
      const first = await runCommand(argv, { config, env, signal: interruption.signal });
      expect(first).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('1 of 2 parked aggregates tried') });
      expect(first.stderr).toContain('The same command goes on with the rest.');
      expect(handled).toHaveLength(2);
      await expect(trainers.listParked()).resolves.toHaveLength(1);

      interruption = undefined;
      expect(await runCommand(argv, { config, env })).toMatchObject({ exitCode: 0 });
      expect(handled.toSorted()).toEqual([`${hostile} 2`, `${hostile} 3`, 'pikachu 2', 'pikachu 3']);
      await expect(trainers.listParked()).resolves.toEqual([]);
    });

    it('replays a projection, after its price, and says what was parked', async () => {
      const trainers = newProjection();
      const config = configured(trainers);
      const dry = await runCommand(['replay', trainers.name], { config, env });
      expect(dry.stderr).toMatch(/Reads all of .*: about \d+ items, (\d+|an unknown number of) read units/);
      expect(dry.stderr).toContain('Nothing was written.');
      expect(handled).toEqual([]);

      failing.add(`${hostile} 3`);
      const { exitCode, lines, stderr } = await runCommand(['replay', trainers.name, '--write', '--json'], {
        config,
        env,
      });
      expect(exitCode).toBe(3);
      expect(lines).toMatchObject([{ projection: trainers.name, events: 6, parked: 1 }]);
      expect(stderr).toContain('Parked: version 3 of \\u001b[31mraichu\\u202e in POKEMONS could not be handled.');
      expect(handled).toHaveLength(5);
      failing.clear();
      expect(await runCommand(['parked', 'retry', trainers.name, '--write'], { config, env })).toMatchObject({
        exitCode: 0,
      });
      expect(handled).toHaveLength(6);
    });

    it('goes on with a replay that was interrupted, or that had read what it may', async () => {
      const trainers = newProjection();
      const stop = new AbortController();
      const config = configured(trainers);
      const interrupted = newTrainers({
        pokemons,
        dynamoDbClient,
        tableName: projectionTable,
        name: trainers.name,
        onLevelUp: () => stop.abort(new Error('Ctrl-C')),
      });
      const argv = ['replay', trainers.name, '--write'];
      const first = await runCommand(argv, {
        config: { ...config, projections: [interrupted] },
        env,
        signal: stop.signal,
      });
      expect(first).toMatchObject({ exitCode: 130, stdout: '' });
      expect(first.stderr).toContain('The same command goes on from there.');

      const short = await runCommand([...argv, '--max-read-units', '1'], { config, env });
      expect(short).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('The same command goes on') });
      expect(await runCommand(argv, { config, env })).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/is up to date with 6 events/),
      });
    });

    it('names what the configuration lacks', async () => {
      const config = configured(newProjection());
      const unknown = await runCommand(['replay', 'nobody'], { config });
      expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('It has: trainers-') });
      const half = await runCommand(['parked', 'retry', config.projections[0]?.name ?? '', 'POKEMONS'], { config });
      expect(half).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Which aggregate?') });
      const bare = await runCommand(['snapshots', 'build', 'POKEMONS', '-t', tableName], { env });
      expect(bare).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('withSnapshots') });
    });

    it('builds, prunes and deletes snapshots', async () => {
      const trainers = newProjection();
      const versions = async (reducerVersion: string) =>
        (await stored.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId: 'pikachu', reducerVersion }))?.version;
      const one = configured(trainers);
      const two = configured(trainers, '2');
      const dry = await runCommand(['snapshots', 'build', 'POKEMONS'], { config: one, env });
      expect(dry.stderr).toContain('Nothing was written.');
      await expect(versions('1')).resolves.toBeUndefined();

      const built = await runCommand(['snapshots', 'build', 'POKEMONS', '--write', '--json'], { config: one, env });
      expect(built.lines).toEqual([{ eventStoreId: 'POKEMONS', aggregates: 2, snapshots: 2, failures: 0, leftOut: 0 }]);
      expect(built.stderr).toMatch(/write units\n$/);
      await runCommand(['snapshots', 'build', 'POKEMONS', '--write'], { config: two, env });
      await expect(Promise.all([versions('1'), versions('2')])).resolves.toEqual([3, 3]);

      const pruned = await runCommand(['snapshots', 'prune', 'POKEMONS', '--write'], { config: two, env });
      expect(pruned).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('snapshots 2') });
      await expect(Promise.all([versions('1'), versions('2')])).resolves.toEqual([undefined, 3]);

      const alone = ['snapshots', 'delete', 'POKEMONS', 'pikachu', '-t', tableName, '--json'];
      expect((await runCommand(alone, { env })).stderr).toContain('Nothing was written.');
      expect((await runCommand([...alone, '--write'], { env })).lines).toMatchObject([{ aggregates: 1, snapshots: 1 }]);
      await expect(versions('2')).resolves.toBeUndefined();
      const scan = ['snapshots', 'build', 'POKEMONS', '--write', '--scan', '--json'];
      const scanned = await runCommand(scan, { config: two, env });
      expect(scanned.lines).toEqual([
        { eventStoreId: 'POKEMONS', aggregates: 2, snapshots: 1, failures: 0, leftOut: 1 },
      ]);
      await expect(versions('2')).resolves.toBe(3);
      const listed = await runCommand([...scan, '--page', 'token-of-a-listing'], { config: two, env });
      expect(listed).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('not of a build with `scan: true`'),
      });
      const rest = await runCommand(['snapshots', 'delete', 'POKEMONS', '--write'], { config: two, env });
      expect(rest.stdout).toBe('2 snapshots of 2 aggregates deleted.\n');
    });

    it('passes over no aggregate if it has read what it may, and says so', async () => {
      const config = configured(newProjection(), 'budget');
      const argv = ['snapshots', 'build', 'POKEMONS', '--write', '--concurrency', '1'];
      const short = await runCommand([...argv, '--max-read-units', '1'], { config, env });
      expect(short).toMatchObject({
        exitCode: 4,
        stdout: '',
        stderr: expect.stringContaining('The same command goes on'),
      });
      expect(short.stderr).not.toContain('--page');
      const whole = await runCommand([...argv, '--json'], { config, env });
      expect(whole.lines).toMatchObject([{ aggregates: 2, failures: 0 }]);
    });
  },
);
