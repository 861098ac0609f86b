import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EventStore } from '@castore/core';
import { describeOnEveryLayout, newAdapter, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { newPokemons, newTrainers } from '@castore-dynamodb/testing/pokemons';

import { bareEventStore } from '../src/connection/bareEventStore.js';
import { type EventFilter, RecordedEvents } from '../src/tail/recordedEvents.js';
import { type LiveEvent, tailEvents } from '../src/tail/tailEvents.js';
import { runCommand } from './runCommand.js';
import { MAIN } from './runProgram.js';

describeOnEveryLayout(
  'live events',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const adapter = newAdapter(layout, { tableName, dynamoDbClient });
    const pokemons = newPokemons(adapter);
    const trainers = newTrainers(adapter);
    const streams = new DynamoDBStreamsClient(engine.clientConfig);
    afterAll(() => streams.destroy());
    const push = (aggregateId: string, version: number, payload: unknown = version) =>
      pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload });

    /** Resolves when whatever is pushed is seen. */
    const start = async (filter: EventFilter = {}) => {
      const end = new AbortController();
      const table = { tableName, layout, dynamoDbClient };
      const newEventStore = (id: string) => bareEventStore(table, id);
      const seen: LiveEvent[] = [];
      const errors: unknown[] = [];
      let onReady = (): void => {};
      const ready = new Promise<void>(resolve => (onReady = resolve));
      const events = tailEvents({
        // In a table per store, somebody has to say whose events they are.
        tables: [
          { ...table, newEventStore, eventStores: layout === 'single-table' ? [] : [newEventStore('POKEMONS')] },
        ],
        filter,
        streamsClientOf: async () => streams,
        pollIntervalMs: 20,
        signal: end.signal,
        onReady,
        onError: error => errors.push(error),
      });
      const ended = (async () => {
        for await (const event of events) seen.push(event);
      })();
      await Promise.race([ready, ended]);
      const stop = async () => {
        end.abort();
        await ended;
      };
      return { seen, errors, stop };
    };

    it('are those that are stored from now on, once and in order', async () => {
      const [before, aggregateId] = [newAggregateId(), newAggregateId()];
      await push(before, 1);
      const { seen, errors, stop } = await start();
      const payload = { big: 2n ** 70n, bytes: new Uint8Array([1]), ['__proto__']: 1 };
      for (const version of [1, 2, 3]) await push(aggregateId, version, payload);
      await EventStore.pushEventGroup(
        pokemons.groupEvent({ aggregateId, version: 5, type: 'POKEMON_RELEASED' }),
        pokemons.groupEvent({ aggregateId, version: 4, type: 'POKEMON_RELEASED' }),
      );
      const ours = () => seen.filter(({ event }) => event.aggregateId === aggregateId);
      await eventually(() => expect(ours()).toHaveLength(5));
      const versions = ours().map(({ event }) => event.version);
      expect(versions.slice(0, 3)).toEqual([1, 2, 3]);
      // The records of a transaction have no order among themselves, and may lie in two pages.
      expect(versions.slice(3).toSorted((one, other) => one - other)).toEqual([4, 5]);
      expect(ours()[0]).toMatchObject({ eventStoreId: 'POKEMONS', event: { payload } });
      await stop();
      expect(errors).toEqual([]);
    });

    it('are those that are asked for: of a store, of types, of an aggregate', async () => {
      const [one, other] = [newAggregateId(), newAggregateId()];
      const filter = { eventStoreId: 'POKEMONS', aggregateId: one, types: ['POKEMON_NAMED'] };
      const { seen, stop } = await start(filter);
      await push(other, 1);
      if (layout === 'single-table') {
        await trainers.pushEvent({ aggregateId: one, version: 1, type: 'TRAINER_CREATED', payload: { name: 'x' } });
      }
      await pokemons.pushEvent({ aggregateId: one, version: 1, type: 'POKEMON_RELEASED' });
      await push(one, 2);
      await push(one, 3);
      await eventually(() => expect(seen).toHaveLength(2));
      expect(seen.map(({ event }) => event.version)).toEqual([2, 3]);
      await stop();
    });
  },
  { stream: true },
);

it('the events of one page come in the order of their versions, and other items not at all', async () => {
  // It sends nothing.
  const dynamoDbClient = new DynamoDBClient({ region: 'local' });
  const table = { tableName: 'events', layout: 'single-table', dynamoDbClient } as const;
  const events = new RecordedEvents(
    { ...table, eventStores: [], newEventStore: id => bareEventStore(table, id) },
    {},
    fail,
  );
  const record = (key: string, version: string, eventName = 'INSERT') => {
    const attributes = { type: { S: 'T' }, timestamp: { S: '2026-01-01T00:00:00.000Z' } };
    return { eventName, dynamodb: { NewImage: { aggregateId: { S: key }, version: { N: version }, ...attributes } } };
  };
  const read = await events.read([
    record('A#a', '3'),
    record('B#a#', '1'),
    record('A#a', '2'),
    record('A#a', '1', 'MODIFY'),
    record('#snapshots#A#a', '10000000000000001.5'),
    record('no separator', '1'),
  ]);
  expect(read.map(({ eventStoreId, event }) => [eventStoreId, event.aggregateId, event.version])).toEqual([
    ['A', 'a', 2],
    ['B', 'a#', 1],
    ['A', 'a', 3],
  ]);
});

const fail = (error: unknown): never => {
  throw error;
};

describeOnEveryLayout(
  'tail',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const pokemons = newPokemons(newAdapter('single-table', { tableName, dynamoDbClient }));
    const startTail = async (...argv: string[]) => {
      const program = spawn(process.execPath, [
        MAIN,
        'tail',
        ...argv,
        '-t',
        tableName,
        '--endpoint-url',
        engine.endpoint,
      ]);
      const shown = { stdout: '', stderr: '' };
      program.stdout.on('data', data => (shown.stdout += String(data)));
      program.stderr.on('data', data => (shown.stderr += String(data)));
      const ended = once(program, 'close').then(([exitCode]) => exitCode as number);
      await eventually(() => expect(shown.stderr).toContain('Ctrl-C ends it.'));
      return { program, shown, ended };
    };

    it('shows events until Ctrl-C, and nothing raw of them', async () => {
      const { program, shown, ended } = await startTail('--redact');
      const aggregateId = '\u001B[2J';
      const payload = { secret: '\u001B[31m' };
      await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload });
      await eventually(() => expect(shown.stdout).toContain('\n'));
      expect(shown.stdout).toMatch(
        /^\S+Z {2}POKEMONS {2}\\u001b\[2J {2}1 {2}POKEMON_NAMED {2}\{"secret":"string"\}\n$/,
      );
      program.kill('SIGINT');
      await expect(ended).resolves.toBe(130);
      expect(shown.stderr).toMatch(/\d+ requests, 0 read units\n$/);
    });

    it('ends at SIGTERM as at Ctrl-C', async () => {
      const { program, ended } = await startTail('POKEMONS');
      program.kill('SIGTERM');
      await expect(ended).resolves.toBe(143);
    });

    it('ends when nobody reads on', async () => {
      const { program, ended } = await startTail('POKEMONS', '--json');
      program.stdout.destroy();
      await pokemons.pushEvent({ aggregateId: newAggregateId(), version: 1, type: 'POKEMON_RELEASED' });
      await expect(ended).resolves.toBe(0);
    });
  },
  { stream: true, engines: 'one', layouts: ['single-table'] },
);

describeOnEveryLayout('tail of a table without a stream', ({ engine, layout, tableNames: { events: tableName } }) => {
  const tail = (...argv: string[]) => runCommand(['tail', ...argv, '-t', tableName, '--endpoint-url', engine.endpoint]);

  it('says how to switch it on', async () => {
    const { exitCode, stderr } = await tail('POKEMONS');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`The table ${tableName} has no stream.`);
    expect(stderr).toContain('StreamEnabled=true,StreamViewType=NEW_IMAGE');
  });

  it('needs to know whose events they are, if the table does not', async () => {
    const { exitCode, stderr } = await tail();
    expect(exitCode).toBe(layout === 'single-table' ? 1 : 2);
    expect(stderr).toContain(layout === 'single-table' ? 'no stream' : 'name it');
  });
});
