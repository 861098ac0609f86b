import { describeOnEveryEngine, type TestEngine } from '@castore-dynamodb/testing/engines';
import { newAdapter } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { runCommand } from '../runCommand.js';
import { useTables } from './support.js';

const engines: TestEngine[] = [];

describeOnEveryEngine('a move to another account, for which another engine stands in', engine => {
  engines.push(engine);
  const dynamoDbClient = engine.client();
  const newTable = useTables(dynamoDbClient);

  it('has two sets of options, counts an equal event that is there as done, and compares both', async () => {
    const other = engines.find(({ endpoint }) => endpoint !== engine.endpoint) ?? engine;
    const otherClient = other.client();
    const source = await newTable('single-table');
    const pokemons = newPokemons(newAdapter('single-table', { tableName: source, dynamoDbClient }));
    // The engines write some numbers in other ways.
    const payload = { small: 1e-7, large: 2n ** 100n, fraction: 1.5, zero: -0 };
    await pokemons.pushEvent({ aggregateId: 'a', version: 1, type: 'POKEMON_NAMED', payload });
    const target = await newTable('table-per-store', false, otherClient);
    const from = ['-t', source, '--endpoint-url', engine.endpoint, '--store', 'POKEMONS'];
    const to = ['--to-table', target, '--to-region', 'elsewhere', '--to-endpoint-url', other.endpoint];
    const command = (...argv: string[]) => runCommand([...argv, ...from, ...to]);

    const copied = await command('copy', '--write');
    expect(copied).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('1 events written') });
    const again = await command('copy', '--write');
    expect(again).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('0 events written, 1 were there') });
    await expect(command('verify')).resolves.toMatchObject({ exitCode: 0 });
    const moved = newPokemons(newAdapter('table-per-store', { tableName: target, dynamoDbClient: otherClient }));
    await expect(moved.getEvents('a')).resolves.toEqual(await pokemons.getEvents('a'));
  });
});
