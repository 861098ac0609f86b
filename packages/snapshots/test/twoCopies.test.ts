import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { EventStore, type GroupedEvent } from '@castore/core';
import type * as Adapter from '@castore-dynamodb/adapter';
import { build } from 'esbuild';

import type * as SnapshotsPackage from '../src/index.js';
import * as here from '../src/index.js';
import { newAggregateId, newPokemons, pokemonEvent, push, rejection } from './pokemons.js';
import { describeOnEveryTable } from './support.js';

/** Another copy of the packages, with classes of its own. */
const loadCopy = (): { adapter: typeof Adapter; snapshots: typeof SnapshotsPackage } => {
  let copy: { adapter: typeof Adapter; snapshots: typeof SnapshotsPackage } | undefined;
  jest.isolateModules(() => {
    copy = { adapter: require('@castore-dynamodb/adapter'), snapshots: require('../src/index.js') };
  });
  return copy as NonNullable<typeof copy>;
};

const there = loadCopy();

describeOnEveryTable('two copies of the packages', ({ engine, layout, tableName, dynamoDbClient }) => {
  const Storage =
    layout === 'single-table'
      ? there.adapter.DynamoDbSingleTableEventStorageAdapter
      : there.adapter.DynamoDbEventStorageAdapter;
  const eventStore = newPokemons(new Storage({ tableName, dynamoDbClient }));
  const errors: unknown[] = [];
  const onSnapshotError = (error: unknown) => void errors.push(error);
  afterEach(() => expect(errors.splice(0)).toStrictEqual([]));

  it('are two', () => {
    expect(there.snapshots.DynamoDbSnapshotStorage).not.toBe(here.DynamoDbSnapshotStorage);
    expect(there.snapshots.SnapshotFailedError).not.toBe(here.SnapshotFailedError);
  });

  it.each([false, true])('share event store, storage and groups (transactional: %s)', async isTransactional => {
    const storage = new there.snapshots.DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const pokemons = here.withSnapshots(eventStore, {
      storage,
      ...((isTransactional ? { transactional: true } : {}) as { transactional: true }),
      reducerVersion: '1',
      policy: there.snapshots.everyNEvents(3),
      onSnapshotError,
    });
    const aggregateId = newAggregateId();
    await push(pokemons, aggregateId, 1, 4);
    const group = [5, 6].map(version => {
      const { timestamp: _, ...event } = pokemonEvent(aggregateId, version);
      return (version === 5 ? pokemons : eventStore).groupEvent(event);
    });
    await EventStore.pushEventGroup({}, ...(group as unknown as [GroupedEvent]));
    await pokemons.pushEvent({ ...pokemonEvent(aggregateId, 5), payload: { by: 99 } } as never, { force: true });
    await pokemons.snapshots.settled();

    for (const open of [here, there.snapshots]) {
      const reader = open.withSnapshots(eventStore, {
        storage: new here.DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
        reducerVersion: '1',
        onSnapshotError,
      });
      const { aggregate, snapshot } = await reader.getAggregate(aggregateId);
      expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
      expect(snapshot?.version).toBe(3);
    }
  });

  it('tell errors by their code', async () => {
    const storage = new there.snapshots.DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const pokemons = here.withSnapshots(eventStore, { storage, reducerVersion: '1', onSnapshotError });
    const aggregateId = newAggregateId();
    await push(pokemons, aggregateId, 1, 1);
    const conflict = await rejection(pokemons.pushEvent(pokemonEvent(aggregateId, 1)));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError', winningEvent: { version: 1 } });
    const deleting = rejection(
      storage.deleteSnapshots({ eventStoreId: 'POKEMONS', aggregateId }, { minversion: 1 } as never),
    );
    await expect(deleting).resolves.toMatchObject({ code: 'InvalidArgumentError', argument: 'selection.minversion' });
  });

  it('work as ESM beside CommonJS in one process, in another time zone', async () => {
    const packages = join(__dirname, '..', '..');
    const cache = join(packages, 'snapshots', 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, 'copies-'));
    const names = ['adapter', 'commons', 'table'];
    const alias = Object.fromEntries(
      names.map(name => [`@castore-dynamodb/${name}`, join(packages, name, 'src', 'index.ts')]),
    );
    try {
      for (const format of ['esm', 'cjs'] as const) {
        const contents = "export * from '@castore-dynamodb/adapter'; export * from './src/index.js';";
        await build({
          stdin: { contents, resolveDir: join(packages, 'snapshots') },
          alias,
          outfile: join(folder, `copy.${format === 'esm' ? 'mjs' : 'cjs'}`),
          bundle: true,
          format,
          platform: 'node',
          target: 'node20',
          external: ['@aws-sdk/*', '@castore/*'],
          logLevel: 'silent',
        });
      }
      const program = join(__dirname, 'programs', 'twoCopies.mjs');
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [program, folder, engine.endpoint, tableName, layout],
        {
          env: { ...process.env, TZ: 'Asia/Kolkata' },
          cwd: join(packages, 'snapshots'),
        },
      );
      expect(JSON.parse(stdout)).toStrictEqual({
        areTwo: true,
        offset: -330,
        versions: [null, 1, 1, 2],
        snapshot: 2,
        conflict: 'EventAlreadyExistsError',
        warnings: [],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
