import * as fc from 'fast-check';

/** Words that have hurt programs before: as strings, and as keys. */
const ODD_WORDS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'S',
  'N',
  'M',
  'payload',
  'pushId',
  ' ',
  '\t\r\n',
  '\u0000',
  '\u0085\u00a0\u2028\u2029\u3000',
  '\ufeff',
  '\u200d\u200f',
  '\uffff',
  'e\u0301',
  '\u00e9',
  '👩‍👩‍👧‍👦',
  '\u{10ffff}',
  '"\\',
  '${}',
  'NaN',
  '1',
  'a.b[0]#c:d',
];

/** What could pass for the structure of an answer, to whoever looks for it in its bytes. */
const jsonFragments: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      '\\',
      '\\"',
      ',',
      ':',
      '"Items":[',
      '],"Count":1',
      '{"S":"',
      '"}',
      '"N":"1"',
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map(fragments => fragments.join(''));

/** Any string that has an encoding in UTF-8; `binary` is any code point, astral ones and control characters too. */
export const strings: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  jsonFragments,
  fc.constantFrom('', ...ODD_WORDS),
);

export const keys: fc.Arbitrary<string> = strings.filter(key => key !== '');

/** Every magnitude that DynamoDB keeps and JavaScript counts exactly. */
const isStorable = (value: number): boolean =>
  value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) <= Number.MAX_SAFE_INTEGER);

const numbers: fc.Arbitrary<number> = fc
  .oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -20, max: 20 }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    fc
      .tuple(fc.double({ noNaN: true, min: -9.99, max: 9.99 }), fc.integer({ min: -130, max: 15 }))
      .map(([significand, exponent]) => Number(`${significand.toPrecision(15)}e${exponent}`)),
    fc.constantFrom(-0, 1e-130, -1e-130, 0.1, 1 / 3, Math.PI, 2 ** 53 - 1, 1 - 2 ** 53, 2 ** -430, 1e-7, 123456.789),
  )
  .filter(isStorable);

const FIRST_BIG = 2n ** 53n;

/** Beyond the safe integers, with up to 38 significant digits and 126 in all. */
const bigints: fc.Arbitrary<bigint> = fc
  .oneof(
    fc.bigInt({ min: FIRST_BIG, max: 10n ** 38n - 1n }),
    fc
      .tuple(fc.bigInt({ min: 1n, max: 10n ** 38n - 1n }), fc.integer({ min: 0, max: 88 }))
      .map(([significand, zeros]) => significand * 10n ** BigInt(zeros))
      .filter(value => value >= FIRST_BIG && value < 10n ** 126n),
    fc.constantFrom(FIRST_BIG, 10n ** 38n - 1n, 10n ** 125n, 9n * 10n ** 125n),
  )
  .chain(value => fc.constantFrom(value, -value));

const bytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 16 }).chain(content =>
  fc.constantFrom(
    content,
    Buffer.from(content),
    // A view in the middle of a larger buffer, and one in Node's shared pool.
    new Uint8Array([1, 2, 3, ...content, 4, 5]).subarray(3, 3 + content.length),
    Buffer.from(`xx${Buffer.from(content).toString('latin1')}x`, 'latin1').subarray(2, 2 + content.length),
  ),
);

const setOf = <MEMBER>(
  members: fc.Arbitrary<MEMBER>,
  identity: (member: MEMBER) => unknown,
): fc.Arbitrary<Set<MEMBER>> =>
  fc.uniqueArray(members, { minLength: 1, maxLength: 6, selector: identity }).map(array => new Set(array));

const sets: fc.Arbitrary<Set<unknown>> = fc.oneof(
  setOf<unknown>(strings, member => member),
  setOf<unknown>(fc.oneof(numbers, bigints), member => member),
  setOf<unknown>(bytes, member => Buffer.from(member as Uint8Array).toString('hex')),
);

const scalars: fc.Arbitrary<unknown> = fc.oneof(
  strings,
  numbers,
  bigints,
  bytes,
  fc.boolean(),
  fc.constant(null),
  sets,
);

/** `Object.fromEntries` defines its members, so that `__proto__` is one like the others. */
const objectsOf = (members: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc
    .tuple(fc.uniqueArray(fc.tuple(keys, members), { maxLength: 5, selector: ([key]) => key }), fc.boolean())
    .map(([entries, hasPrototype]) =>
      hasPrototype
        ? Object.fromEntries(entries)
        : Object.defineProperties(Object.create(null), Object.getOwnPropertyDescriptors(Object.fromEntries(entries))),
    );

/** A handful of levels at most. */
export const shallowValues: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5, withCrossShrink: true },
    scalars,
    fc.array(tie('value'), { maxLength: 5 }),
    objectsOf(fc.oneof({ weight: 9, arbitrary: tie('value') }, { weight: 1, arbitrary: fc.constant(undefined) })),
  ),
})).value;

/** Arrays and objects within one another. */
const nesting = (value: unknown): number => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Set) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(nesting));
};

/** Arrays and objects that every engine takes within one another, the outermost being the attribute itself. */
const MAX_NESTING = 31;

const deepTrees: fc.Arbitrary<unknown> = fc
  .tuple(shallowValues, fc.array(fc.option(keys), { minLength: 20, maxLength: MAX_NESTING }))
  .map(([tree, wrappers]) =>
    wrappers
      .slice(0, MAX_NESTING - nesting(tree))
      .reduce<unknown>((inner, key) => (key === null ? [inner] : Object.fromEntries([[key, inner]])), tree),
  );

/** Any value of a payload or metadata that comes back from DynamoDB equal to what it was. */
export const storableValues: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 9, arbitrary: shallowValues },
  { weight: 1, arbitrary: deepTrees },
);

/** How a storable value comes back: plain objects without `undefined` members, 0 for -0, Uint8Array for each of its kind. */
export const asReadBack = (value: unknown): unknown => {
  if (Object.is(value, -0)) return 0;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (value instanceof Set) return new Set([...value].map(asReadBack));
  if (Array.isArray(value)) return value.map(asReadBack);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, asReadBack(member)]])),
  );
};
