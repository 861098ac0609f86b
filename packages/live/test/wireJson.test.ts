import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { formatPosition, formatShards, parsePosition } from '../src/protocol/position.js';
import { fromWire, toWire } from '../src/protocol/wireJson.js';

describe('an event on the wire', () => {
  it('keeps bigints, bytes, sets, __proto__ and members that look like tags', () => {
    const payload = JSON.parse('{"__proto__":{"a":1},"list":[{"__proto__":1}],"toJSON":"data"}') as Record<
      string,
      unknown
    >;
    payload['big'] = 12345678901234567890n;
    payload['bytes'] = new Uint8Array([0, 255, 128]);
    payload['tags'] = new Set(['a', 'b']);
    payload['numbers'] = new Set([1, 2n ** 70n]);
    payload['binaries'] = new Set([new Uint8Array([1])]);
    payload['tagLike'] = [{ $bigint: '1' }, { $$bytes: { $set: [1] } }, { $: null }, { $unknown: 5 }, { $a: 1, $b: 2 }];
    const back = fromWire(toWire(payload)) as Record<string, unknown>;
    expect(back).toEqual(payload);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.hasOwn(back, '__proto__')).toBe(true);
    expect((back['bytes'] as Uint8Array).constructor).toBe(Uint8Array);
  });

  it('keeps whatever a payload can hold', async () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', '$bigint', '$bytes', '$set', '$$set', 'toJSON'));
    const { value } = fc.letrec(tie => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.string({ unit: 'binary' }).filter(text => text.isWellFormed()),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.bigInt(),
        fc.uint8Array(),
        fc.uniqueArray(fc.string(), { minLength: 1 }).map(members => new Set(members)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map(entries => Object.fromEntries(entries) as object),
      ),
    }));
    await checkProperty(
      fc.asyncProperty(value, async payload => expect(fromWire(toWire({ payload }))).toEqual({ payload })),
      { quick: 300, soak: 20_000 },
    );
  });
});

describe('a position', () => {
  const shards: [string, string | undefined][] = [
    ['abcdefghij-_', '000000000000000000041'],
    ['ABCDEFGHIJKL', '100000000003498069978'],
    ['000000000000', undefined],
    ['zzzzzzzzzzzz', '9'.repeat(40)],
  ];
  const position = { feedId: 'abcd-_12', since: 1_795_000_000_000, index: 17, issued: 1_795_000_000_001 };

  it('comes back as it was, with zeros in front', () => {
    const text = formatPosition(position, formatShards(shards));
    expect(parsePosition(text)).toEqual({ ...position, shards: new Map(shards) });
    expect(text).toMatch(/^[\w.-]+$/);
  });

  it('takes about 30 characters a shard', () => {
    expect(formatShards(shards.slice(1, 2)).length).toBeLessThanOrEqual(30);
  });

  it('is nothing if it is forged badly', () => {
    const good = formatPosition(position, formatShards(shards));
    const bad = [
      '',
      '1',
      `${good}.`,
      `${good}x!`,
      `2${good.slice(1)}`,
      `${good}.${'a'.repeat(13)}`,
      '1.'.repeat(30_000),
      good + '.aaaaaaaaaaaa'.repeat(10_000),
      `${good}.${'a'.repeat(50_000)}!`,
    ];
    expect(bad.map(parsePosition).filter(Boolean)).toEqual([]);
  });
});
