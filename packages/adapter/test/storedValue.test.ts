import { fromStoredValue, toStoredValue } from '../src/index.js';

describe('toStoredValue and fromStoredValue', () => {
  it.each<[string, unknown]>([
    ['an object', { a: [1, 'two', null, { three: [3.5] }], bytes: new Uint8Array([0, 255]), set: new Set(['a']) }],
    ['a bigint', 2n ** 60n],
    ['a text', 'Évoli 🦊'],
  ])('are the inverse of each other: %s', (_, value) => {
    expect(fromStoredValue(toStoredValue(value, 'view'), 'view')).toStrictEqual(value);
  });

  it('say which part of a value would not come back, and why', () => {
    expect(() => toStoredValue({ a: [0, Number.NaN] }, 'view')).toThrow(
      expect.objectContaining({ code: 'InexactValueError', path: 'view.a[1]', reason: expect.stringContaining('NaN') }),
    );
  });

  it('say which part of a value cannot be read, and why', () => {
    expect(() => fromStoredValue({ M: { a: { N: '9007199254740993.5' } } }, 'view')).toThrow(
      expect.objectContaining({ code: 'InexactValueError', path: 'view.a' }),
    );
  });
});
