import type { Command } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { runOnce } from '../../src/index.js';
import { newPokemons, rejection } from '../support.js';
import { barrier, describeWithResults, levelUpCommand, newInput } from './support.js';

describeWithResults('the input of runOnce', ({ pokemons, levelsOf, once }) => {
  it('refuses another input under a key, whatever the order of its members', async () => {
    const input = newInput({ levels: 3 });
    const command = once(levelUpCommand(pokemons));
    await command.handler(input, [pokemons]);
    const error = await rejection(command.handler({ ...input, levels: 4 }, [pokemons]));
    expect(error).toMatchObject({ code: 'DifferentInputError', commandId: 'LEVEL_UP' });
    expect(String(error)).not.toContain(input.requestId);
    const { aggregateId, requestId } = input;
    await expect(command.handler({ levels: 3, requestId, aggregateId }, [pokemons])).resolves.toMatchObject({
      level: 3,
    });
    await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([3]);
  });

  it('refuses another input under a key at once', async () => {
    const input = newInput();
    const both = barrier(2);
    const results = await Promise.allSettled(
      [1, 2].map(levels => once(levelUpCommand(pokemons, both)).handler({ ...input, levels }, [pokemons])),
    );
    const refused = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toMatchObject([{ code: 'DifferentInputError' }]);
    await expect(levelsOf(input.aggregateId)).resolves.toHaveLength(1);
  });
});

describe('what runOnce refuses before a request', () => {
  const pokemons = newPokemons(new InMemoryEventStorageAdapter());
  const dynamoDbClient = { send: () => Promise.reject(new Error('It was not to be sent.')), config: {} };
  const good = { command: levelUpCommand(pokemons), tableName: 'results', dynamoDbClient, key: () => 'k', days: 1 };

  it.each<[object | undefined, string]>([
    [undefined, 'options'],
    [{ ...good, command: undefined }, 'options.command'],
    [{ ...good, command: { handler: () => {} } }, 'options.command'],
    [{ ...good, tableName: '' }, 'options.tableName'],
    [{ ...good, dynamoDbClient: {} }, 'options.dynamoDbClient'],
    [{ ...good, dynamoDBClient: dynamoDbClient }, 'options.dynamoDBClient'],
    [{ ...good, key: 'k' }, 'options.key'],
    [{ ...good, days: undefined }, 'options.days'],
    [{ ...good, days: 0 }, 'options.days'],
    [{ ...good, days: Number.POSITIVE_INFINITY }, 'options.days'],
    [{ ...good, days: 1e9 }, 'options.days'],
    [{ ...good, ttl: 1 }, 'options.ttl'],
  ])('refuses bad options by their names (%#)', async (options, argument) => {
    const error = await rejection((async () => runOnce(options as never))());
    expect(error).toMatchObject({ code: 'InvalidArgumentError', argument });
  });

  it('takes the rejection of a key that is a promise, which would end the process', async () => {
    const command = runOnce({ ...good, key: () => Promise.reject(new Error('no key')) } as never) as Command;
    await expect(rejection(command.handler({}, []))).resolves.toMatchObject({ argument: 'options.key()' });
    // By then Node would have told of a rejection that nobody took.
    await new Promise(resolve => setImmediate(resolve));
  });

  const endless: Record<string, unknown> = {};
  endless.self = endless;
  it.each<[unknown, unknown, string]>([
    [{}, undefined, 'options.key()'],
    [{}, '', 'options.key()'],
    [{}, Promise.resolve('k'), 'options.key()'],
    [{}, '\ud800', 'options.key()'],
    [{ a: [() => 1] }, 'k', 'input.a.0'],
    [{ a: Symbol('x') }, 'k', 'input.a'],
  ])('refuses a key that is none, and input that cannot be compared (%#)', async (input, key, argument) => {
    const command = runOnce({ ...good, key: () => key } as never) as Command;
    const error = await rejection(command.handler(input, [pokemons]));
    expect(error).toMatchObject({ code: 'InvalidArgumentError', argument });
    const deep = await rejection(command.handler(endless, [pokemons]));
    expect(deep).toMatchObject({ code: 'InvalidArgumentError' });
  });
});
