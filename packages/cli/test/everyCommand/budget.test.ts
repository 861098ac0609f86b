import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { createProjectionTable, replayEvents } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { runCommand } from '../runCommand.js';
import { newTrainers } from '../trainers.js';
import { useFolder, useTables } from '../transfer/support.js';
import { examples } from './examples.js';

/** Commands that read nothing of a table, or wait for what comes. */
const READ_NOTHING = [
  'tail',
  'explorer',
  'import',
  'table create',
  'table describe',
  'table delete',
  'table print',
  'iam',
  'completion',
];

/** Each has 200,000 bytes, so 49 read units. */
const EVENTS = 12;

describeOnEveryLayout(
  'the budget of reads',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = useFolder();
    const newTable = useTables(dynamoDbClient);
    const projectionTable = uniqueTableName('views');
    const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const snapshotting = withSnapshots(pokemons, { storage, reducerVersion: '1', policy: everyNEvents(1) });
    const trainers = newTrainers({
      pokemons,
      dynamoDbClient,
      tableName: projectionTable,
      onLevelUp: () => {
        throw new RangeError('no');
      },
    });
    const config = { eventStores: [snapshotting], projections: [trainers], tableName, dynamoDbClient };
    let target = '';
    beforeAll(async () => {
      target = await newTable(layout);
      await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
      const source = 'x'.repeat(200_000);
      for (let at = 1; at <= EVENTS; at++) {
        for (const aggregateId of ['pikachu', `p${at}`]) {
          const version = aggregateId === 'pikachu' ? at : 1;
          const payload = { by: 1, source };
          await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_LEVELED_UP', payload });
        }
      }
      // More than are worked on at a time.
      const small = Array.from({ length: 30 }, (_, at) => ({
        aggregateId: `s${at}`,
        version: 1,
        type: 'POKEMON_RELEASED' as const,
      }));
      for (const event of small) await pokemons.pushEvent(event);
      await replayEvents({ projections: [trainers], maxAttempts: 1, onFailure: () => undefined });
      await snapshotting.getAggregate('p1');
      await snapshotting.snapshots.settled();
    });

    /** For each command, arguments with which it reads more than a unit in more than a request. */
    const ARGUMENTS: Readonly<Record<string, () => readonly string[]>> = {
      aggregates: () => ['aggregates', 'POKEMONS', '--all', '--limit', '1', '-t', tableName],
      events: () => ['events', 'POKEMONS', 'pikachu'],
      state: () => ['state', 'POKEMONS', 'pikachu'],
      push: () => ['push', 'POKEMONS', 'pikachu', 'POKEMON_LEVELED_UP', '{"by":1}', '--version', '1'],
      export: () => ['export', '--output', 'all', '-t', tableName],
      copy: () => ['copy', '--to-table', target, '--write', '-t', tableName],
      verify: () => ['verify', '--to-table', target, '-t', tableName],
      doctor: () => ['doctor'],
      'parked list': () => ['parked', 'list', trainers.name],
      'parked retry': () => ['parked', 'retry', trainers.name, '--write'],
      'parked skip': () => ['parked', 'skip', trainers.name, 'POKEMONS', 'pikachu', '--write'],
      replay: () => ['replay', trainers.name, '--write', '--restart'],
      'snapshots build': () => ['snapshots', 'build', 'POKEMONS', '--write', '--concurrency', '1'],
      'snapshots build --scan': () => ['snapshots', 'build', 'POKEMONS', '--write', '--scan'],
      'snapshots prune': () => ['snapshots', 'prune', 'POKEMONS', '--write', '--concurrency', '1'],
      'snapshots delete': () => ['snapshots', 'delete', 'POKEMONS', '--write'],
    };

    it('is kept by every command that reads, each of which is here', () => {
      const names = examples().map(({ name }) => name);
      const commands = Object.keys(ARGUMENTS).filter(name => !name.includes('--'));
      expect([...commands, ...READ_NOTHING].toSorted()).toEqual(names.toSorted());
    });

    it.each(Object.keys(ARGUMENTS))('ends %s, which says so, what it has spent, and 4 or 2', async name => {
      const env = { AWS_ENDPOINT_URL: engine.endpoint };
      const argv = [...(ARGUMENTS[name]?.() ?? []), '--max-read-units', '1'];
      const { exitCode, stderr } = await runCommand(argv, { env, config, folder });
      if (name === 'export')
        expect(stderr).toMatch(/events exported to \S+all\.partial; the same command goes on there\./);
      rmSync(join(folder, 'all.partial'), { force: true });
      rmSync(join(folder, 'all.checkpoint'), { force: true });
      // What knows its price before, and could not go on later, is not begun.
      const expected =
        exitCode === 2 ? /Not begun\. It may read 1: give --max-read-units \d+/ : /Stopped: 1 read unit is used up\./;
      expect({ stderr, isSaid: expected.test(stderr) }).toEqual({ stderr, isSaid: true });
      expect([2, 4]).toContain(exitCode);
      const [, units = ''] = /\d+ requests?, ([\d.]+) read units?\b/.exec(stderr) ?? [];
      // One page of 1 MB each of at most four at a time, strongly consistent.
      expect(Number(units)).toBeLessThanOrEqual(1 + 4 * 257);
      if (exitCode === 2) expect(units).toBe('0');
      else expect(Number(units)).toBeGreaterThanOrEqual(1);
    });
  },
  { engines: 'one', layouts: ['single-table'] },
);
