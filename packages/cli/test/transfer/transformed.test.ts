import { deleteAggregate, redactEvent } from '@castore-dynamodb/events';
import { allTransformations } from '@castore-dynamodb/testing/allTransformations';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import { useObjectServer } from '@castore-dynamodb/testing/objectServer';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { runCommand } from '../runCommand.js';
import { itemsOf, useFolder, useTables } from './support.js';

describeOnEveryLayout(
  'transformed events',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const folder = useFolder();
    const server = useObjectServer();
    const newTable = useTables(dynamoDbClient);
    const other = layout === 'single-table' ? 'table-per-store' : 'single-table';
    const command = (...argv: string[]) =>
      runCommand([...argv, '--endpoint-url', engine.endpoint, '--store', 'POKEMONS'], { folder });
    const pokemonsIn = (of: string, layoutOf = layout) =>
      newPokemons(newAdapter(layoutOf, { tableName: of, dynamoDbClient, transformations: allTransformations(server) }));

    const payload = (text: string) => ({ type: 'POKEMON_NAMED' as const, payload: { text }, metadata: { by: 'ash' } });

    beforeAll(async () => {
      const pokemons = pokemonsIn(tableName);
      await pokemons.pushEvent({ aggregateId: 'a', version: 1, ...payload('short') });
      await pokemons.pushEvent({ aggregateId: 'a', version: 2, ...payload('long '.repeat(200)) });
    });

    it('are readable after they have moved, and what is not moved is told', async () => {
      const target = await newTable(other);
      const copied = await command('copy', '-t', tableName, '--to-table', target, '--write');
      expect(copied.exitCode).toBe(0);
      expect(copied.stderr).toMatch(/\d events have their content in S3/);
      expect(copied.stderr).toContain('2 events are encrypted');
      const { events } = await pokemonsIn(target, other).getEvents('a');
      expect(events).toMatchObject([{ payload: { text: 'short' } }, { payload: { text: 'long '.repeat(200) } }]);
    });

    it('keep their ids, to which they are bound', async () => {
      const target = await newTable('single-table');
      for (const mapping of [['--map-store', 'POKEMONS=B']]) {
        const copied = await command('copy', '-t', tableName, '--to-table', target, '--write', ...mapping);
        expect(copied).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('"encryption"') });
        expect(copied.stderr).toContain('version 1 of "a" in "POKEMONS"');
      }
      await expect(itemsOf(dynamoDbClient, target)).resolves.toEqual([]);
    });

    it('are redacted where they have gone to, if they were redacted since, and never the other way round', async () => {
      const target = await newTable(layout);
      const pokemons = pokemonsIn(tableName);
      await pokemons.pushEvent({ aggregateId: 'b', version: 1, ...payload('secret') });
      await command('export', '-t', tableName, '--output', 'before');
      await command('copy', '-t', tableName, '--to-table', target, '--write');
      const options = { aggregateId: 'b', version: 1, reason: 'asked', redact: () => ({ payload: { text: 'gone' } }) };
      await redactEvent(pokemons, options);

      const imported = await command('import', 'before', '-t', tableName, '--write');
      expect(imported).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('1 aggregates have another') });
      await expect(pokemons.getEvents('b')).resolves.toMatchObject({ events: [{ payload: { text: 'gone' } }] });

      const copied = await command('copy', '-t', tableName, '--to-table', target, '--write');
      expect(copied).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('1 redacted') });
      await expect(pokemonsIn(target).getEvents('b')).resolves.toMatchObject({
        events: [{ payload: { text: 'gone' } }],
      });
      await deleteAggregate(pokemons, 'b');
    });
  },
  { engines: 'one' },
);
