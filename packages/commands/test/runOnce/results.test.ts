import { isDeepStrictEqual } from 'node:util';

import { type Put, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';

import { levelUp, operations, rejection } from '../support.js';
import { barrier, describeWithResults, levelUpCommand, newInput } from './support.js';

describeWithResults(
  'the result of runOnce',
  ({ pokemons, levelsOf, commandOf, dynamoDbClient, once, requests, resultTable }) => {
    it('stores the result of a command that pushes nothing', async () => {
      const input = newInput();
      let runs = 0;
      const command = commandOf(async () => ({ runs: ++runs }));
      await expect(command.handler(input, [pokemons])).resolves.toStrictEqual({ runs: 1 });
      expect(operations(requests)).toStrictEqual(['Query', 'PutItem']);
      expect(requests[1]?.units).toBe(1);
      await expect(command.handler(input, [pokemons])).resolves.toStrictEqual({ runs: 1 });

      const race = newInput();
      const both = barrier(2);
      const answers = await Promise.all(
        ['a', 'b'].map(name => commandOf(async () => both().then(() => name)).handler(race, [pokemons])),
      );
      expect(answers[0]).toBe(answers[1]);
    });

    it.each<[string, unknown]>([
      ['nothing', undefined],
      ['null', null],
      ['a text', 'é 🦊'],
      ['an empty text', ''],
      ['bytes', Uint8Array.of(0, 1, 255)],
      ['a set of bytes', new Set([Uint8Array.of(1), Uint8Array.of(2)])],
      ['a large bigint', 2n ** 80n],
      ['members that are called like types', { B: 'x', BS: ['y'], M: { L: [{ S: { N: 1 } }] } }],
      ['a member named __proto__', JSON.parse('{"__proto__":{"a":1},"constructor":{"b":null}}')],
      ['100 KB that do not compress', Uint8Array.from({ length: 100 * 1024 }, () => Math.random() * 256)],
      ['100 KB that do', 'x'.repeat(100 * 1024)],
      ['many small values', Array.from({ length: 50_000 }, () => null)],
    ])('answers the same with %s', async (_, result) => {
      const input = newInput();
      const command = commandOf(async (store, { aggregateId }) => {
        await store.pushEvent(levelUp(aggregateId, 1));
        return result;
      });
      const answers = [await command.handler(input, [pokemons]), await command.handler(input, [pokemons])];
      for (const answer of answers) expect(isDeepStrictEqual(answer, result)).toBe(true);
    });

    it('answers the first call too with what is stored', async () => {
      const input = newInput();
      const command = commandOf(async () => ({ gone: undefined, zero: -0, bytes: Buffer.from('a') }));
      const expected = { zero: 0, bytes: Uint8Array.of(97) };
      await expect(command.handler(input, [pokemons])).resolves.toStrictEqual(expected);
      await expect(command.handler(input, [pokemons])).resolves.toStrictEqual(expected);
    });

    it.each<[string, unknown, object]>([
      ['a date', { at: new Date() }, { code: 'InexactValueError', path: 'result.at' }],
      ['NaN', [Number.NaN], { code: 'InexactValueError', path: 'result[0]' }],
      ['a function', () => 1, { code: 'InexactValueError', path: 'result' }],
      ['a revoked proxy', revokedProxy(), { name: 'TypeError' }],
      ['over 100 KB', 'x'.repeat(100 * 1024 + 1), { code: 'ResultTooLargeError', size: 102_401, limit: 102_400 }],
    ])('refuses a result that cannot be kept (%s), and writes nothing', async (_, result, expected) => {
      const input = newInput();
      const command = commandOf(async (store, { aggregateId }) => {
        await store.pushEvent(levelUp(aggregateId, 1));
        return result;
      });
      await expect(rejection(command.handler(input, [pokemons]))).resolves.toMatchObject(expected);
      expect(operations(requests)).not.toContain('TransactWriteItems');
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([]);
      await once(levelUpCommand(pokemons)).handler(input, [pokemons]);
    });

    it('refuses what is stored under a key and is no result', async () => {
      const input = newInput();
      const command = once(levelUpCommand(pokemons));
      await command.handler(input, [pokemons]);
      const { Items: items = [] } = await dynamoDbClient.send(new ScanCommand({ TableName: resultTable }));
      const mine = requests.flatMap(({ input: { TransactItems: parts = [] } }) => parts as { Put: Put }[]).at(-1)
        ?.Put.Item;
      const stored = items.find(({ pk }) => pk?.S === mine?.pk?.S);
      for (const result of [
        { S: 'x' },
        { B: Uint8Array.of(9, 1) },
        { B: Uint8Array.of(1, 2) },
        { B: Uint8Array.of(2, 3) },
      ]) {
        await dynamoDbClient.send(new PutItemCommand({ TableName: resultTable, Item: { ...stored, result } }));
        const error = await rejection(command.handler(input, [pokemons]));
        expect(error).toMatchObject({ code: 'UnreadableResultError', commandId: 'LEVEL_UP' });
      }
      await expect(levelsOf(input.aggregateId)).resolves.toHaveLength(1);
    });

    it('stores neither key nor input, and when the record may go', async () => {
      const input = newInput({ requestId: `secret-${'x'.repeat(2 ** 20)}` });
      const before = Math.floor(Date.now() / 1000);
      await commandOf(async () => 1).handler(input, [pokemons]);
      await once(levelUpCommand(pokemons)).handler({ ...input, requestId: '__proto__' }, [pokemons]);
      const { Items: items = [] } = await dynamoDbClient.send(new ScanCommand({ TableName: resultTable }));
      expect(JSON.stringify(items)).not.toContain('secret');
      for (const item of items) {
        expect(Object.keys(item).toSorted()).toStrictEqual(['expiresAt', 'input', 'pk', 'result', 'sk']);
        const days = (Number(item.expiresAt?.N) - before) / 86_400;
        expect(days).toBeGreaterThan(6.9);
        expect(days).toBeLessThan(7.1);
      }
    });

    it('counts a record that has expired, as long as it is there', async () => {
      const input = newInput();
      const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 30 * 86_400_000);
      await once(levelUpCommand(pokemons)).handler(input, [pokemons]);
      clock.mockRestore();
      await once(levelUpCommand(pokemons)).handler(input, [pokemons]);
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });
  },
);

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
