import { runInNewContext } from 'node:vm';

import * as fc from 'fast-check';

import { hashOf } from '../../src/runOnce/fingerprint.js';

const values = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: false,
});

/** The members of objects the other way round. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
};

describe('hashOf', () => {
  it('is the same for a copy, and with the members of objects in another order', () => {
    fc.assert(
      fc.property(values, value => {
        const hash = hashOf(value);
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
        expect(hashOf(reversed(value))).toBe(hash);
      }),
    );
  });

  it('is the same for what JSON makes equal, and another one for what it does not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const areEqual = JSON.stringify(reversed(left)) === JSON.stringify(reversed(right));
        fc.pre(areEqual || JSON.stringify(left).length !== JSON.stringify(right).length);
        expect(hashOf(left) === hashOf(right)).toBe(areEqual);
      }),
    );
  });

  it.each<[unknown, unknown]>([
    [1, '1'],
    [1, 1n],
    [null, undefined],
    [Number.NaN, null],
    [[], {}],
    [['a', 'b'], ['a,b']],
    [{ a: 1 }, [['a', 1]]],
    [['array', 1], [['array', 1]]],
    [new Date(0), 0],
    [new Date(0), new Date(0).toISOString()],
    [Uint8Array.of(1), [1]],
    [new Set([1]), [1]],
    [new Map([[1, 2]]), [[1, 2]]],
    [new URL('https://a.example'), new URL('https://b.example')],
    [JSON.parse('{"__proto__":1}'), {}],
    [{ a: '' }, { a: null }],
  ])('tells %p from %p', (left, right) => {
    expect(hashOf(left)).not.toBe(hashOf(right));
  });

  it.each<[unknown, unknown]>([
    [{ a: 1, b: undefined }, { a: 1 }],
    [{ a: 1 }, runInNewContext('({ a: 1 })')],
    [{ a: 1 }, Object.assign(Object.create(null), { a: 1 })],
    [new Set([1, 2]), new Set([2, 1])],
    [0, -0],
    [Buffer.from('a'), Uint8Array.of(97)],
  ])('takes %p for %p', (left, right) => {
    expect(hashOf(left)).toBe(hashOf(right));
  });
});
