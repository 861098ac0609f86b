import * as fc from 'fast-check';

import { keys, shallowValues } from './storableValues.js';
import type { Steps } from './valuePath.js';

export interface PlantedValue {
  value: unknown;
  /** Where, within `value`, the refused one lies. */
  steps: Steps;
}

class Pokemon {
  level = 42;
}
class Team extends Array<unknown> {}
class Tags extends Set<string> {}

const LONE_SURROGATES = ['\ud800', '\udfff', 'a\ud83d', '\ude00b', '\udc00\ud800'];

const withMembers = (array: unknown[], members: object): unknown[] => Object.assign(array, members);

const holes = (array: unknown[], index: number): unknown[] => {
  Reflect.deleteProperty(array, index);
  return array;
};

/** Made anew for each case; the title is what a failure shows. */
const UNSTORABLE: Record<string, () => unknown> = {
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  '2^53': () => 2 ** 53,
  '-2^53': () => -(2 ** 53),
  '1e21': () => 1e21,
  MAX_VALUE: () => Number.MAX_VALUE,
  '9.9e-131': () => 9.9e-131,
  MIN_VALUE: () => Number.MIN_VALUE,
  '0n': () => 0n,
  'the largest safe bigint': () => 2n ** 53n - 1n,
  '39 digits': () => 10n ** 38n + 1n,
  '127 digits': () => 10n ** 126n,
  'a function': () => () => 1,
  'a class': () => Pokemon,
  'a symbol': () => Symbol('s'),
  'a registered symbol': () => Symbol.for('s'),
  'a Map': () => new Map([['a', 1]]),
  'a WeakSet': () => new WeakSet(),
  'a Date': () => new Date(0),
  'a RegExp': () => /x/,
  'an Error': () => new Error('x'),
  'a Promise': () => Promise.resolve(),
  'an ArrayBuffer': () => new ArrayBuffer(2),
  'a DataView': () => new DataView(new ArrayBuffer(2)),
  'a Uint8ClampedArray': () => new Uint8ClampedArray(2),
  'a Float64Array': () => new Float64Array(2),
  'a Blob': () => new Blob(['x']),
  'a URL': () => new URL('https://example.org'),
  'a class instance': () => new Pokemon(),
  'an instance of an array class': () => Team.of(1),
  'an instance of a Set class': () => new Tags(['a']),
  'a boxed string': () => Object('x'),
  'a boxed number': () => Object(1),
  'an object with a symbol': () => ({ a: 1, [Symbol('s')]: 2 }),
  'an array with a hole': () => holes([1, 2, 3], 1),
  'an array with a hole at its end': () => holes([1, 2], 1),
  'an array of holes': () => holes(holes([1, 2], 0), 1),
  'an array with a member': () => withMembers([1], { x: 1 }),
  'an array with a hole and a member': () => withMembers(holes([1, 2, 3], 1), { x: 1 }),
  'an array with a symbol': () => withMembers([1], { [Symbol('s')]: 1 }),
  'an empty Set': () => new Set(),
  'a mixed Set': () => new Set(['a', 1]),
  'a Set of nulls': () => new Set([null]),
  'a Set of objects': () => new Set([{}]),
  'a Set with NaN': () => new Set([1, Number.NaN]),
  'a Set with a small bigint': () => new Set([1n]),
  'a Set with half a surrogate pair': () => new Set(['a', LONE_SURROGATES[0]]),
  'a Set with the same bytes twice': () => new Set([Uint8Array.of(1), Uint8Array.of(1)]),
  'a Set of two kinds of bytes': () => new Set([Uint8Array.of(1), new Uint16Array(1)]),
  ...Object.fromEntries(LONE_SURROGATES.map(text => [`half of a pair: ${JSON.stringify(text)}`, () => text])),
};

const refusedItself: fc.Arbitrary<PlantedValue> = fc
  .constantFrom(...Object.entries(UNSTORABLE))
  .map(([title, make]) => ({ value: make(), steps: [], [fc.toStringMethod]: () => title }));

const refusedKey: fc.Arbitrary<PlantedValue> = fc
  .tuple(fc.constantFrom('', 'k'.repeat(2 ** 16), ...LONE_SURROGATES), shallowValues)
  .map(([key, member]) => ({ value: Object.fromEntries([[key, member]]), steps: [key] }));

const refusedElement: fc.Arbitrary<PlantedValue> = fc.nat({ max: 2 }).map(index => {
  const value: unknown[] = ['a', 'b', 'c'];
  value[index] = undefined;
  return { value, steps: [index] };
});

const refusedDepth: fc.Arbitrary<PlantedValue> = fc
  .constantFrom<() => unknown>(
    () => 'leaf',
    () => null,
    () => [],
  )
  .map(leaf => {
    // With the attribute itself, 32 levels around the leaf.
    let value = leaf();
    for (let level = 0; level < 32; level++) value = [value];
    return { value, steps: Array<number>(32).fill(0) };
  });

const selfContaining: fc.Arbitrary<PlantedValue> = fc.constant(null).map(() => {
  const value: { self?: unknown } = {};
  value.self = value;
  return { value, steps: Array<string>(32).fill('self') };
});

const shallow: fc.Arbitrary<PlantedValue> = fc.oneof(
  { weight: 8, arbitrary: refusedItself },
  { weight: 2, arbitrary: refusedKey },
  { weight: 1, arbitrary: refusedElement },
);

type Wrapper = (planted: PlantedValue) => PlantedValue;

/** Puts a value between storable ones of an array. */
const inArray: fc.Arbitrary<Wrapper> = fc
  .tuple(fc.array(shallowValues, { maxLength: 3 }), fc.array(shallowValues, { maxLength: 3 }))
  .map(([before, after]) => ({ value, steps }) => ({
    value: [...before, value, ...after],
    steps: [before.length, ...steps],
  }));

/** Puts a value among the storable members of an object. */
const inObject: fc.Arbitrary<Wrapper> = fc
  .tuple(keys, fc.array(fc.tuple(keys, shallowValues), { maxLength: 3 }), fc.boolean())
  .map(([key, others, isFirst]) => ({ value, steps }) => {
    const siblings = others.filter(([other]) => other !== key);
    return {
      value: Object.fromEntries(isFirst ? [[key, value], ...siblings] : [...siblings, [key, value]]),
      steps: [key, ...steps],
    };
  });

/** A value that must be refused, planted anywhere within values that need not be. */
export const plantedValues: fc.Arbitrary<PlantedValue> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(shallow, fc.array(fc.oneof(inArray, inObject), { maxLength: 6 }))
      .map(([planted, wrappers]) => wrappers.reduce((inner, wrap) => wrap(inner), planted)),
  },
  { weight: 1, arbitrary: refusedDepth },
  { weight: 1, arbitrary: selfContaining },
);
