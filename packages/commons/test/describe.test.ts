import { runInNewContext } from 'node:vm';

import { cutText, describeError, describeErrorInASentence, describeValue } from '../src/describe.js';

const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const throwing = {
  get name(): string {
    throw new Error('no name');
  },
  get message(): string {
    throw new Error('no message');
  },
};

describe('Whatever is thrown', () => {
  it.each([
    ['an error', new TypeError('bad'), { name: 'TypeError', message: 'bad' }],
    ['an error of another realm', runInNewContext('new TypeError("bad")'), { name: 'TypeError', message: 'bad' }],
    ['a string', 'bad', { name: 'string', message: 'bad' }],
    ['nothing', undefined, { name: 'undefined', message: '' }],
    ['null', null, { name: 'null', message: '' }],
    ['a bigint', 5n, { name: 'bigint', message: '5' }],
    ['a symbol', Symbol('bad'), { name: 'symbol', message: 'Symbol(bad)' }],
    ['an object with code and message', { code: 'E_BAD', message: 'bad' }, { name: 'E_BAD', message: 'bad' }],
    ['an object with a message that is none', { message: { code: 1 } }, { name: 'object', message: '' }],
    ['an error without a message', Object.assign(new Error(), { message: undefined }), { name: 'Error', message: '' }],
    [
      'an error whose message is a bigint',
      Object.assign(new Error(), { message: 7n }),
      { name: 'Error', message: '7' },
    ],
    [
      'an error whose name is a symbol',
      Object.assign(new Error('bad'), { name: Symbol('x') }),
      { name: 'Symbol(x)', message: 'bad' },
    ],
    ['an object whose getters throw', throwing, { name: 'object', message: '' }],
    ['a revoked proxy', revoked(), { name: 'object', message: '' }],
    ['a function', () => 'secret', { name: expect.any(String), message: '' }],
  ])('is described: %s', (_, thrown, expected) => {
    expect(describeError(thrown)).toEqual(expected);
  });

  it('is cut between characters, and half characters are replaced', () => {
    const { name, message } = describeError({
      name: `${'n'.repeat(199)}😀`,
      message: `${'m'.repeat(999)}😀${'x'.repeat(1e6)}`,
    });
    expect(name).toBe(`${'n'.repeat(199)}…`);
    expect(message).toBe(`${'m'.repeat(999)}…`);
    expect(describeError('\uD83D').message.isWellFormed()).toBe(true);
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abcd', 3)).toBe('abc…');
  });
});

it.each([
  [new Error('It broke'), 'Error: It broke.'],
  [new Error('It broke.'), 'Error: It broke.'],
  [new Error('Did it break?'), 'Error: Did it break?'],
  [new Error(''), 'Error.'],
])('An error before another sentence ends with one full stop: %s', (thrown, sentence) => {
  expect(describeErrorInASentence(thrown)).toBe(sentence);
});

describe('A value in a message', () => {
  it.each([
    ['text', '"text"'],
    ['x'.repeat(100), `"${'x'.repeat(60)}…"`],
    [5, '5'],
    [5n, '5'],
    [null, 'null'],
    [undefined, 'undefined'],
    [new Date(), 'a Date'],
    [runInNewContext('new Date()'), 'a Date'],
    [[], 'an empty array'],
    [[1], 'an array'],
    [{ secret: 1 }, 'an object'],
    [Symbol('x'), 'a symbol'],
    [() => 1, 'a function'],
  ])('%p is called %s', (value, expected) => {
    expect(describeValue(value)).toBe(expected);
  });

  it('may be a proxy that was revoked', () => {
    expect(describeValue(revoked())).toBe('an object');
  });
});
