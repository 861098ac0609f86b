import { inspect } from 'node:util';

const NO_OBJECTS: unknown[] = [null, 42, 'x', true, 1n, Symbol('x'), () => ({}), ['x']];
const NO_STRINGS: unknown[] = [
  null,
  42,
  Number.NaN,
  true,
  1n,
  Symbol('x'),
  () => 'x',
  {},
  ['x'],
  Object('x'),
  new Date(0),
];
const NO_KEYS: unknown[] = [...NO_STRINGS, '', '\ud800', 'a\udc00b'];
const NO_NUMBERS: unknown[] = [null, '1', true, 1n, Symbol('x'), () => 1, {}, [1], Object(1), new Date(1)];
const OTHER_NUMBERS = [0, -0, -1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e300, -(2 ** 31)];
const NO_POSITIVE_INTEGERS: unknown[] = [...NO_NUMBERS, ...OTHER_NUMBERS];

const NO_INSTANTS: unknown[] = [
  '1',
  'at 7',
  '2026-02-30',
  '2026-13',
  '2026-01-01T24:00:00.000Z',
  '2026-02-30T00:00:00.000Z',
  '+012026-01-01T00:00:00.000Z',
  '12026-01-01T00:00:00.000Z',
  'Fri, 27 Nov 2026 10:00:00 GMT',
  ' 2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.000Z\n',
  'x'.repeat(1025),
];
/** Instants, but not in the form of `toISOString`. */
const OTHER_INSTANTS: unknown[] = [
  '2026',
  '2026-01-01',
  '2026-01-01T10:00:00Z',
  '2026-01-01T10:00:00.000+02:00',
  '2026-01-01T10:00:00.0000Z',
  '2026-01-01T10:00:00.000',
];

/** For each kind of argument, what is none. */
export const BAD_VALUES = {
  object: NO_OBJECTS,
  key: NO_KEYS,
  'aggregate id': [...NO_KEYS, 'x'.repeat(2049), 'é'.repeat(1025), '🦊'.repeat(513)],
  'event store id': [...NO_KEYS, 'x'.repeat(2049)],
  'event store id without #': [...NO_KEYS, 'x'.repeat(2049), '#', 'POKEMONS#', 'a#b'],
  timestamp: [...NO_KEYS, 'x'.repeat(1025), 'é'.repeat(513)],
  "an event's timestamp": [...NO_KEYS, ...NO_INSTANTS, ...OTHER_INSTANTS],
  instant: [...NO_KEYS, ...NO_INSTANTS],
  type: [...NO_STRINGS, '\ud800'],
  'positive integer': NO_POSITIVE_INTEGERS,
  'version or 0': [...NO_NUMBERS, ...OTHER_NUMBERS.filter(value => value !== 0), 2 ** 53 - 1],
  checks: [null, 42, 'x', true, {}, new Set(), { length: 1 }],
  shards: [...NO_POSITIVE_INTEGERS, 257],
  boolean: [null, 'true', 'false', '', 0, 1, 1n, Symbol('x'), () => true, {}, [true], Object(true)],
  client: [null, 42, 'x', true, {}, [], { send: true }, () => ({})],
  'table name': [null, 42, true, 1n, Symbol('x'), {}, ['x'], Object('x'), '', '\ud800'],
  function: [null, 42, 'x', true, {}, [], Promise.resolve()],
  transformations: [null, 42, 'x', true, {}, ['gzip'], [{}], [{ name: 'x' }], new Set()],
  layout: [null, 42, true, '', 'x', 'Single-Table', 'toString', '__proto__', 'constructor', {}, ['single-table']],
  'page token': [...NO_STRINGS, '', 'x', '{}', '\ud800', 'x'.repeat(10_000)],
  'grouped event': [null, 42, 'x', true, 1n, Symbol('x'), () => ({}), {}, [], { event: {} }],
  'context of a grouped event': [null, 42, 'x', true, Symbol('x'), () => ({})],
  'event store': [null, 42, 'x', true, {}, [], { getEventStorageAdapter: 1 }, () => ({})],
  'events of a transaction': [null, 42, 'x', true, {}, [], { length: 1 }, new Set()],
  'anything at all': [null, 0, '', false, {}, [], 1n, () => 1],
  'billing mode': [null, 42, 'PAY_PER_REQUEST', 'toString', '', {}],
  tags: [...NO_OBJECTS, { a: 1 }, { a: null }, { a: undefined }],
  percentage: [null, '50', 19, 91, Number.NaN, Number.POSITIVE_INFINITY, {}, [50]],
} satisfies Record<string, unknown[]>;

export type Kind = keyof typeof BAD_VALUES;

export const describeBadValue = (value: unknown): string => {
  const text = inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 40 ? `${text.slice(0, 30)}… (${text.length} characters)` : text;
};
