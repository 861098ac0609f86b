import { runInNewContext } from 'node:vm';

import * as fc from 'fast-check';

import { canonicalJson } from '../src/canonicalJson.js';

const textOf = (value: unknown): string => canonicalJson(value, 'input');

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

describe('canonicalJson', () => {
  it('is the same for a copy, and with the members of objects in another order', () => {
    fc.assert(
      fc.property(values, value => {
        expect(textOf(reversed(value))).toBe(textOf(value));
      }),
    );
  });

  it('is the same for what JSON makes equal, and another one for what it does not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const areEqual = JSON.stringify(reversed(left)) === JSON.stringify(reversed(right));
        fc.pre(areEqual || JSON.stringify(left).length !== JSON.stringify(right).length);
        expect(textOf(left) === textOf(right)).toBe(areEqual);
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
    [new Map([[{ a: 1 }, 2]]), new Map([[{ a: 2 }, 2]])],
    [new Set([{ a: 1 }]), new Set([{ a: 2 }])],
    [Uint8Array.of(1), Uint8Array.of(1).buffer],
    [Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
    [new Float32Array([1]), new Uint8Array(new Float32Array([1]).buffer)],
    [new String('a'), new String('b')],
    [JSON.parse('{"__proto__":1}'), {}],
    [{ a: '' }, { a: null }],
  ])('tells %p from %p', (left, right) => {
    expect(textOf(left)).not.toBe(textOf(right));
  });

  it.each<[unknown, unknown]>([
    [{ a: 1, b: undefined }, { a: 1 }],
    [{ a: 1 }, runInNewContext('({ a: 1 })')],
    [{ a: 1 }, Object.assign(Object.create(null), { a: 1 })],
    [new Set([1, 2]), new Set([2, 1])],
    [0, -0],
    [Buffer.from('a'), Uint8Array.of(97)],
    [
      { b: [{ d: 1, c: 2 }], a: 1 },
      { a: 1, b: [{ c: 2, d: 1 }] },
    ],
    [
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    ],
  ])('takes %p for %p', (left, right) => {
    expect(textOf(left)).toBe(textOf(right));
  });

  it('never changes, since snapshots and results of commands hold hashes of it', () => {
    const value = { b: [1.5, -0, Number.NaN, 2n, null, undefined], a: { 'ü"': 'é\n', gone: undefined, no: false } };
    const rest = { bytes: Uint8Array.of(255), at: new Date(5), of: new Set(['b', 'a']), by: new Map([['k', {}]]) };
    expect(textOf({ ...value, ...rest })).toBe(
      '["object",["a",["object",["no",false],["ü\\"","é\\n"]]],["at",["date",5]],' +
        '["b",["array",1.5,0,["number","NaN"],["bigint","2"],null,["undefined"]]],["by",["map",["array","k",["object"]]]],' +
        '["bytes",["[object Uint8Array]","/w=="]],["of",["set","a","b"]]]',
    );
    expect(textOf(new URL('https://a.example'))).toBe('["json","https://a.example/"]');
  });

  it('grows with what is nested, and not faster', () => {
    const nested = (depth: number): unknown =>
      Array.from({ length: depth }).reduce<unknown>(value => ({ a: value, s: new Set([[value === 1 ? 2 : 3]]) }), 1);
    expect(textOf(nested(10)).length).toBeLessThan(500);
    expect(textOf(nested(20)).length).toBeLessThan(1000);
    expect(textOf(nested(250)).length).toBeLessThan(12_500);
  });

  it.each<[unknown, string]>([
    [{ a: [() => 1] }, 'input.a.0'],
    [Symbol('s'), 'input'],
    [{ a: /a/ }, 'input.a'],
    [new Error('a'), 'input'],
    [new Number(1), 'input'],
    [Promise.resolve(1), 'input'],
    [
      new (class {
        readonly #hidden = 1;
        get shown() {
          return this.#hidden;
        }
      })(),
      'input',
    ],
  ])('refuses %p, which could not be distinguished from another one', (value, argument) => {
    expect(() => textOf(value)).toThrow(expect.objectContaining({ code: 'InvalidArgumentError', argument }));
  });

  it('refuses what contains itself', () => {
    const endless: Record<string, unknown> = {};
    endless['more'] = endless;
    expect(() => textOf(endless)).toThrow(expect.objectContaining({ code: 'InvalidArgumentError' }));
  });
});
