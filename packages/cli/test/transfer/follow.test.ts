import { Readable, Writable } from 'node:stream';

import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { redactEvent } from '@castore-dynamodb/events';
import { createProjectionTable, DynamoDbCheckpointStore, projection, StreamPoller } from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { run } from '../../src/run.js';
import { runCommand } from '../runCommand.js';
import { useFolder, useTables } from './support.js';

describeOnEveryLayout(
  'a move without downtime',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = useFolder();
    const newTable = useTables(dynamoDbClient);
    const streamsClient = new DynamoDBStreamsClient(engine.clientConfig);
    afterAll(() => streamsClient.destroy());
    const other = layout === 'single-table' ? 'table-per-store' : 'single-table';
    const pokemonsIn = (of: string, layoutOf = layout) =>
      newPokemons(newAdapter(layoutOf, { tableName: of, dynamoDbClient }));
    const pokemons = pokemonsIn(tableName);
    const push = async (aggregateId: string, ...versions: number[]) => {
      for (const version of versions) {
        await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: { version } });
      }
    };
    const connection = ['--endpoint-url', engine.endpoint, '--store', 'POKEMONS'];
    /** The command, and what it has said until now. */
    const follow = (target: string, signal: AbortSignal) => {
      const said = { text: '' };
      const sink = (name?: 'text') =>
        new Writable({
          write: (chunk, _, done) => {
            if (name !== undefined) said[name] += String(chunk);
            done();
          },
        });
      const terminal = { stdin: Readable.from(''), stdout: sink(), stderr: sink('text'), env: {} };
      const argv = ['copy', '-t', tableName, '--to-table', target, '--follow', '--write', '--checkpoint', 'move.json'];
      return { said, exitCode: run([...argv, ...connection], { terminal, folder, signal }) };
    };
    const isEqual = async (target: string) => {
      const verified = await runCommand(['verify', '-t', tableName, '--to-table', target, ...connection], { folder });
      expect(verified).toMatchObject({ exitCode: 0 });
    };

    it('has what was there and what comes meanwhile, in order, and goes on where it was stopped', async () => {
      await push('a#b', 1, 2, 3);
      await push('__proto__', 1);
      const target = await newTable(other, true);
      const first = new AbortController();
      const following = follow(target, first.signal);
      await push('a#b', 4, 5);
      await push('later', 1);
      await eventually(() => isEqual(target));
      await redactEvent(pokemons, {
        aggregateId: 'a#b',
        version: 2,
        reason: 'asked',
        redact: () => ({ payload: 'gone' }),
      });
      await push('a#b', 6);
      await eventually(() => isEqual(target));
      first.abort();
      await expect(following.exitCode).resolves.toBe(130);
      // Eight events, and one of them once more as redacted: what the stream repeats does not count.
      expect(following.said.text).toContain('Until then: 8 events');

      await push('a#b', 7);
      const second = new AbortController();
      const resumed = follow(target, second.signal);
      await push('a#b', 8);
      await eventually(() => isEqual(target));
      await eventually(() => expect(resumed.said.text).toContain('Caught up'));
      second.abort();
      await expect(resumed.exitCode).resolves.toBe(130);
      await expect(pokemonsIn(target, other).getEvents('a#b')).resolves.toEqual(await pokemons.getEvents('a#b'));
    });

    it('fires no projection twice, if it has its positions; nor if it starts later', async () => {
      const projectionTable = uniqueTableName('projections');
      await createProjectionTable(dynamoDbClient, { tableName: projectionTable });
      const checkpoints = new DynamoDbCheckpointStore({ tableName: projectionTable, dynamoDbClient });
      const handled: string[] = [];
      const mailsOf = (of: string, name: string, since?: string) =>
        projection({
          name,
          eventStores: [pokemonsIn(of)],
          checkpoints,
          ...(since !== undefined && { since }),
          on: { POKEMON_NAMED: ({ aggregateId, version }) => void handled.push(`${name} ${aggregateId} ${version}`) },
        });
      const poll = async (of: string, name: string, last: string, since?: string) => {
        const poller = new StreamPoller({
          name: `${name} of ${of}`,
          projections: [mailsOf(of, name, since)],
          checkpoints,
          dynamoDbStreamsClient: streamsClient,
          pollIntervalMs: 20,
        });
        await poller.start();
        await eventually(() => expect(handled).toContain(`${name} ${last}`));
        await poller.stop();
      };
      const source = await newTable(layout, true);
      for (const version of [1, 2, 3]) {
        const event = { aggregateId: 'mailed', version, type: 'POKEMON_NAMED' as const, payload: version };
        await pokemonsIn(source).pushEvent(event);
      }
      await poll(source, 'mails', 'mailed 3');
      const before = ['mails mailed 1', 'mails mailed 2', 'mails mailed 3'];
      expect(handled).toEqual(before);

      const target = await newTable(layout, true);
      const copied = await runCommand(['copy', '-t', source, '--to-table', target, '--write', ...connection]);
      expect(copied).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(`The stream of ${target} is on`) });
      const moved = pokemonsIn(target);
      await moved.pushEvent({ aggregateId: 'mailed', version: 4, type: 'POKEMON_NAMED', payload: 4 });
      await poll(target, 'mails', 'mailed 4');
      expect(handled).toEqual([...before, 'mails mailed 4']);

      // Where there are no positions, everything is handled from an instant on.
      const since = new Date().toISOString();
      await moved.pushEvent({ aggregateId: 'mailed', version: 5, type: 'POKEMON_NAMED', payload: 5 });
      await poll(target, 'elsewhere', 'mailed 5', since);
      expect(handled).toEqual([...before, 'mails mailed 4', 'elsewhere mailed 5']);
    });
  },
  { stream: true },
);
