/** Kinds of payload by name; each call makes an equal value anew. */
export type Values = Readonly<Record<string, () => unknown>>;

export const JSON_VALUES: Values = {
  null: () => null,
  true: () => true,
  false: () => false,
  'an empty string': () => '',
  'an empty array': () => [],
  'an empty object': () => ({}),
  'empty values inside': () => ({ string: '', array: [], object: {}, null: null, list: ['', [], {}, null] }),
  zero: () => 0,
  'an integer': () => -42,
  'the largest safe integer': () => Number.MAX_SAFE_INTEGER,
  'the smallest safe integer': () => Number.MIN_SAFE_INTEGER,
  'a fraction': () => 0.1 + 0.2,
  'a small fraction': () => 1e-21 / 3,
  'a number as text': () => '007.0',
  'a date as text': () => '2026-02-30T25:61:00Z',
  'text of any script': () => ['é', 'e\u0301', '日本語', 'עברית', '👩‍👩‍👧‍👦', '\u{10ffff}', '\uffff', '\u2028'],
  'control characters': () => '\u0000\u0001\t\r\n\u001f\u007f',
  'text with quotes': () => '"\\"\'`${x}<!--',
  'a long text': () => 'pikachu '.repeat(1000),
  'keys of any kind': () => ({
    ' ': 1,
    'a.b': 2,
    'a[0]': 3,
    '#a': 4,
    ':a': 5,
    $a: 6,
    '0': 7,
    é: 8,
    type: 9,
    version: 10,
  }),
  'many levels': () => nested(20),
  'many members': () => Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`member${index}`, index])),
  'lists in lists': () => [[1, [2, [3, []]]], [[['x']]]],
};

const member = (key: string, value: unknown): object =>
  Object.defineProperty({}, key, { value, configurable: true, enumerable: true, writable: true });

export const HOSTILE_KEYS: Values = {
  'an object as __proto__': () => member('__proto__', { admin: true }),
  'text as __proto__': () => member('__proto__', 'text'),
  '__proto__ inside': () => ({ list: [{ inner: member('__proto__', { admin: true }) }] }),
  constructor: () => ({ constructor: { prototype: { admin: true } } }),
  'methods of objects': () => ({ toString: 'text', valueOf: 1, hasOwnProperty: false, toJSON: {} }),
  'type descriptors': () => [{ S: 'text' }, { N: '1' }, { M: {} }, { $date: 0 }, { $numberLong: '1' }],
};

export const BIGINTS: Values = {
  '2n ** 53n': () => 2n ** 53n,
  '-(2n ** 64n) - 1n': () => -(2n ** 64n) - 1n,
  'bigints inside': () => ({ list: [9_007_199_254_740_993n, 12_345_678_901_234_567_890n] }),
};

export const BINARIES: Values = {
  bytes: () => Uint8Array.from({ length: 256 }, (_, index) => index),
  'no bytes': () => new Uint8Array(),
  'bytes inside': () => ({ list: [new Uint8Array([1]), new Uint8Array([0, 255])] }),
};

export const SETS: Values = {
  'a Set of strings': () => new Set(['b', 'a', 'é']),
  'a Set of numbers': () => new Set([3, 1.5, -2]),
  'a Set inside': () => ({ list: [new Set(['a'])] }),
};

class Pokemon {
  readonly name = 'Pikachu';
}

const someFunction = (): string => 'function';
const someSymbol = Symbol('symbol');

/** What few storages can keep; what a storage cannot keep, it must refuse. */
export const HARDLY_STORABLE_VALUES: Values = {
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  'a number over 2^53': () => 2 ** 60 + 2 ** 10,
  'a huge number': () => 1e300,
  'the smallest number': () => 5e-324,
  'a small bigint': () => 5n,
  'a bigint of 50 digits': () => BigInt('1234567890'.repeat(5)),
  'undefined in an array': () => [1, undefined, 3],
  'undefined as the last of an array': () => [1, undefined],
  'a hole in an array': () => Object.assign([], { 0: 'a', 2: 'c' }),
  'an array with a member of its own': () => Object.assign(['a'], { name: 'list' }),
  'a Date': () => new Date(0),
  'a Map': () => new Map([['a', 1]]),
  'a RegExp': () => /pikachu/giu,
  'an Error': () => new RangeError('out of range'),
  'an instance of a class': () => new Pokemon(),
  'a String object': () => Object('text'),
  'a function': () => someFunction,
  'a function inside': () => ({ kept: 1, method: someFunction }),
  'a symbol': () => someSymbol,
  'a symbol as a key': () => ({ kept: 1, [someSymbol]: 2 }),
  'an empty Set': () => new Set(),
  'a Set of two types': () => new Set(['a', 1]),
  'a Set of objects': () => new Set([{ a: 1 }]),
  'a Float64Array': () => new Float64Array([1.5]),
  'an ArrayBuffer': () => new Uint8Array([1, 2]).buffer,
  'half a surrogate pair': () => 'a\ud800b',
  'half a surrogate pair as a key': () => ({ 'a\udc00': 1 }),
  '100 levels': () => nested(100),
};

const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner, _, level) => (level % 2 === 0 ? { inner } : [inner]), 'deep');
