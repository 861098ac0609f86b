import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { encryption, evolution } from '@castore-dynamodb/events';
import { subjectKeys } from '@castore-dynamodb/testing/allTransformations';
import { describeOnEveryLayout, newAdapter, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { runCommand } from './runCommand.js';
import { runProgram } from './runProgram.js';
import { itemsOf } from './transfer/support.js';

describeOnEveryLayout('push', ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
  const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
  const command = (argv: readonly string[], stdin = '') =>
    runCommand([...argv, '--endpoint-url', engine.endpoint, '-t', tableName], { stdin });
  const eventsOf = async (aggregateId: string) => (await pokemons.getEvents(aggregateId)).events;

  it('shows what would be written, and writes it with --write, after the last event', async () => {
    const aggregateId = newAggregateId();
    const argv = ['push', 'POKEMONS', aggregateId, 'POKEMON_NAMED', '{"name":"Pika"}', '--metadata', '[1]', '--json'];
    const shown = await command(argv);
    expect(shown.lines).toStrictEqual([
      { aggregateId, version: 1, type: 'POKEMON_NAMED', payload: { name: 'Pika' }, metadata: [1] },
    ]);
    expect(shown).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^Not written: --write pushes it\.$/m) });
    await expect(eventsOf(aggregateId)).resolves.toEqual([]);

    const first = await command([...argv, '--write']);
    expect(first).toMatchObject({ exitCode: 0, lines: [{ version: 1, timestamp: expect.stringMatching(/Z$/) }] });
    const second = await command(['push', 'POKEMONS', aggregateId, 'POKEMON_RELEASED', '--write']);
    expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\n2 .* POKEMON_RELEASED\n$/) });
    await expect(eventsOf(aggregateId)).resolves.toMatchObject([
      { version: 1, payload: { name: 'Pika' }, metadata: [1] },
      { version: 2, type: 'POKEMON_RELEASED' },
    ]);
  });

  it('takes what --json has printed: bytes, sets, large integers', async () => {
    const [from, to] = [newAggregateId(), newAggregateId()];
    const payload = { bytes: new Uint8Array([0, 255]), set: new Set(['a']), big: 2n ** 80n, $bytes: { $set: 1 } };
    await pokemons.pushEvent({ aggregateId: from, version: 1, type: 'POKEMON_NAMED', payload });
    const printed = await command(['events', 'POKEMONS', from, '--json']);
    const json = JSON.stringify((printed.lines[0] as { payload: unknown }).payload);
    const pushed = await command(['push', 'POKEMONS', to, 'POKEMON_NAMED', '--file', '-', '--write'], json);
    expect(pushed.exitCode).toBe(0);
    expect(await eventsOf(to)).toMatchObject([{ payload }]);
  });

  it('tells of the event that is there already, and leaves no gap', async () => {
    const aggregateId = newAggregateId();
    await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload: 'secret' });
    for (const argv of [['--write'], []]) {
      const lost = await command(['push', 'POKEMONS', aggregateId, 'POKEMON_RELEASED', '--version', '1', ...argv]);
      expect(lost).toMatchObject({ exitCode: 1, stdout: '' });
      expect(lost.stderr).toMatch(/^error Conflict: the event POKEMON_NAMED of \S+Z is there already at version 1 /);
      expect(lost.stderr).not.toContain('secret');
    }
    const gap = await command(['push', 'POKEMONS', aggregateId, 'POKEMON_RELEASED', '--version', '3', '--write']);
    expect(gap).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is 2.') });
    await expect(eventsOf(aggregateId)).resolves.toHaveLength(1);
  });

  it('fills a gap if it is told the version, and takes no empty type', async () => {
    const aggregateId = newAggregateId();
    for (const version of [1, 3])
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: version });
    const argv = ['push', 'POKEMONS', aggregateId, 'POKEMON_NAMED', '2', '--version', '2'];
    const shown = await command(argv);
    expect(shown).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining(`Version 2 of ${aggregateId} is missing`),
    });
    expect(shown.stderr).not.toContain('schema');
    expect(await command([...argv, '--write'])).toMatchObject({ exitCode: 0 });
    await expect(eventsOf(aggregateId)).resolves.toMatchObject([{ payload: 1 }, { payload: 2 }, { payload: 3 }]);
    expect(await command(['push', 'POKEMONS', aggregateId, '', '--write'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('<type> is empty'),
    });
    await expect(eventsOf(aggregateId)).resolves.toHaveLength(3);
  });

  it.each([
    [['{"name":', '--write'], 'The payload is not JSON'],
    [['{"$bytes":1}', '--write'], '$bytes'],
    [['{"a":{"$bytes":"!!"}}', '--write'], 'expected base64'],
    [['1', '--file', '-', '--write'], 'not both'],
    [['--file', 'nowhere.json', '--write'], 'nowhere.json'],
    [['1', '--metadata', 'x', '--write'], 'The metadata is not JSON'],
    [['1', '--version', '0', '--write'], 'from 1 on'],
  ])('refuses %j before it asks for anything', async (argv, reason) => {
    const { exitCode, stdout, stderr } = await command(['push', 'POKEMONS', 'nobody', 'POKEMON_NAMED', ...argv]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('request');
  });
});

describeOnEveryLayout(
  'what push cannot store',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    it.each([
      ['an infinite number', '{"a":1e400}', 'UnstorableValueError'],
      ['an empty set', '{"a":{"$set":[]}}', 'UnstorableValueError'],
      ['a mixed set', '{"a":{"$set":[1,"b"]}}', 'UnstorableValueError'],
      ['a number that is not exact', '[12345678901234567890]', 'UnstorableValueError'],
      ['an event that is too large', JSON.stringify('x'.repeat(500_000)), 'EventTooLargeError'],
    ])('is refused without --write as with it: %s', async (_, payload, reason) => {
      const argv = ['push', 'POKEMONS', 'a', 'POKEMON_NAMED', '--file', '-', '--endpoint-url', engine.endpoint];
      const [shown, pushed] = await Promise.all(
        [[], ['--write']].map(write => runCommand([...argv, '-t', tableName, ...write], { stdin: payload })),
      );
      expect(shown).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(reason) });
      expect(pushed).toEqual(shown);
    });

    it('is refused without --write as with it: an id that makes no key', async () => {
      const argv = ['push', 'POKEMONS', 'x'.repeat(2100), 'POKEMON_NAMED', '-t', tableName];
      for (const write of [[], ['--write']]) {
        const ran = await runCommand([...argv, '--endpoint-url', engine.endpoint, ...write]);
        expect(ran).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('aggregateId') });
      }
    });

    it('is refused by its schema too, and nothing is encrypted or uploaded before --write', async () => {
      const asked: string[] = [];
      const keys = {
        ...subjectKeys,
        keyFor: (subjectId: string, ...rest: []) => {
          asked.push(subjectId);
          return subjectKeys.keyFor(subjectId, ...rest);
        },
      };
      const secret = 'a name that nobody may see';
      const schema = {
        '~standard': {
          version: 1 as const,
          vendor: 'by hand',
          validate: (value: unknown) =>
            value === secret ? { value: { name: value } } : { issues: [{ message: 'no name' }] },
        },
      };
      const pokemons = newPokemons(
        newAdapter('single-table', {
          tableName,
          dynamoDbClient,
          transformations: [
            evolution({ eventStores: { POKEMONS: { POKEMON_NAMED: { schema } } } }),
            encryption({ keys, subjectOf: ({ aggregateId }) => aggregateId }),
          ],
        }),
      );
      const config = { eventStores: [pokemons as never] };
      const push = (payload: string, ...argv: string[]) =>
        runCommand(['push', 'POKEMONS', 'b', 'POKEMON_NAMED', JSON.stringify(payload), '--json', ...argv], { config });
      for (const argv of [[], ['--write']]) {
        const refused = await push('none', ...argv);
        expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('InvalidEventError') });
      }
      expect((await push(secret)).lines).toMatchObject([{ version: 1, payload: { name: secret } }]);
      expect(asked).toEqual([]);

      const pushed = await push(secret, '--write');
      expect(pushed.lines).toMatchObject([{ version: 1, payload: { name: secret } }]);
      expect(asked).toEqual(['b']);
      const [stored, ...others] = await itemsOf(dynamoDbClient, tableName);
      expect(others).toEqual([]);
      expect(stored).toMatchObject({ type: { S: 'POKEMON_NAMED' }, encoding: { S: 'encryption' } });
      const bytes = JSON.stringify(stored, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      );
      expect(bytes).not.toContain(secret);
      expect((await pokemons.getEvents('b')).events).toMatchObject([{ payload: { name: secret } }]);
    });
  },
  { layouts: ['single-table'], engines: 'one' },
);

describeOnEveryLayout(
  'push by a configuration',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = join(__dirname, 'fullProject');
    const env = { TEST_TABLE: tableName, TEST_ENDPOINT: engine.endpoint };
    const scratch = mkdtempSync(join(tmpdir(), 'castore-dynamodb-cli-'));
    afterAll(() => rmSync(scratch, { recursive: true, force: true }));

    it('goes through its event store: types, schemas', async () => {
      const file = join(scratch, 'payload.json');
      writeFileSync(file, '{"by":2}\n');
      const push = (...argv: string[]) => runProgram(['push', 'POKEMONS', 'b', ...argv, '--write'], folder, env);
      await expect(push('POKEMON_EATEN', '1')).resolves.toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('It has POKEMON_LEVELED_UP'),
      });
      await expect(push('POKEMON_LEVELED_UP', '{"by":"x"}')).resolves.toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('InvalidEventError'),
      });
      await expect(push('POKEMON_LEVELED_UP', '--file', file)).resolves.toMatchObject({ exitCode: 0 });
      const { events } = await newPokemons(newAdapter('single-table', { tableName, dynamoDbClient })).getEvents('b');
      expect(events).toMatchObject([{ type: 'POKEMON_LEVELED_UP', payload: { by: 2 } }]);
    });
  },
  { layouts: ['single-table'], engines: 'one' },
);
