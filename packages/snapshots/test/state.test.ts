import { brotliCompressSync, constants } from 'node:zlib';

import { UnstorableStateError } from '../src/index.js';
import { deserialize } from '../src/state/deserialize.js';
import { fingerprint } from '../src/state/fingerprint.js';
import { MAX_TEXT_SIZE, packState, unpackState } from '../src/state/packState.js';
import { serialize } from '../src/state/serialize.js';

const thereAndBack = (value: unknown): unknown => deserialize(serialize(value));

class Pokemon {
  name = 'Pikachu';
}

describe('the encoding of an aggregate', () => {
  const withoutPrototype = Object.assign(Object.create(null), { a: 1 });
  const sparse = [1, , 3]; // oxlint-disable-line no-sparse-arrays

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an object', { a: 1, b: { c: 'd' } }],
    ['an undefined member', { a: undefined }],
    ['an empty object and array', [{}, []]],
    ['special numbers', [0, -0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53 + 2, 0.1]],
    ['bigints', [1n, -(2n ** 64n)]],
    ['strings', ['', 'é', '💩', '\ud800', 'Map', '-1', '\u0000']],
    ['dates', [new Date(0), new Date(8.64e15)]],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ key: true }, new Map()],
      ]),
    ],
    ['a Set', new Set<unknown>([3, 'three', [3]])],
    ['an empty Set', new Set()],
    ['bytes', { bytes: new Uint8Array([0, 1, 255]).subarray(1), none: new Uint8Array() }],
    ['holes', sparse],
    ['an array of strings that look like tags', ['Map', 'Date', 'bigint']],
    ['an object without a prototype', withoutPrototype],
    ['hostile keys', JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":2,"0":3}')],
  ])('keeps %s', (_, value) => {
    expect(thereAndBack(value)).toStrictEqual(value);
  });

  it('keeps an invalid date', () => {
    const back = thereAndBack(new Date(NaN));
    expect(back).toBeInstanceOf(Date);
    expect((back as Date).getTime()).toBeNaN();
  });

  it('pollutes nothing', () => {
    thereAndBack(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });

  it('keeps one what is one, and cycles', () => {
    const item = { id: 1 };
    const cyclic = { items: [item], byId: new Map([[1, item]]), self: undefined as unknown };
    cyclic.self = cyclic;

    const back = thereAndBack(cyclic) as typeof cyclic;

    expect(back.byId.get(1)).toBe(back.items[0]);
    expect(back.self).toBe(back);
    expect(back).not.toBe(cyclic);
  });

  it.each<[string, unknown, string]>([
    ['an instance of a class', { team: [new Pokemon()] }, 'team[0]'],
    ['a class that extends Map', { moves: new (class Moves extends Map {})() }, 'moves'],
    ['a class that extends Date', { at: new (class Moment extends Date {})() }, 'at'],
    ['a class that extends Array', { list: new (class List extends Array {})() }, 'list'],
    ['a Buffer', { bytes: Buffer.from('a') }, 'bytes'],
    ['an Error', { error: new Error('x') }, 'error'],
    ['a RegExp', { 'a pattern': /x/ }, '["a pattern"]'],
    ['a function', { f: () => 1 }, 'f'],
    ['a symbol', { s: Symbol('x') }, 's'],
    ['a member with a symbol as its key', { a: { [Symbol('x')]: 1 } }, 'a'],
    [
      'a getter',
      {
        a: {
          get b() {
            return 1;
          },
        },
      },
      'a.b',
    ],
    ['a member that is not enumerable', { a: Object.defineProperty({}, 'b', { value: 1 }) }, 'a.b'],
    ['a member of an array', { a: Object.assign([1], { b: 2 }) }, 'a'],
    ['a member of a Map', { a: Object.assign(new Map(), { b: 2 }) }, 'a'],
    ['something deep in a Map', { a: new Map([['b', [() => 1]]]) }, 'a.b[0]'],
    ['a promise', Promise.resolve(), ''],
  ])('refuses %s, with its path', (_, value, path) => {
    expect(() => serialize(value)).toThrow(UnstorableStateError);
    expect(() => serialize(value)).toThrow(expect.objectContaining({ code: 'UnstorableStateError', path }));
  });

  it('refuses what is nested too deeply', () => {
    let list: unknown;
    for (let level = 0; level < 100_000; level++) list = { list };
    expect(() => serialize(list)).toThrow(UnstorableStateError);
    const isDeep = JSON.stringify(Array.from({ length: 100_000 }, (_, index) => [index + 1]));
    expect(() => deserialize(isDeep)).toThrow(RangeError);
  });

  it.each(['', '{', 'null', '"a"', '[]', '[[7]]', '[["Regret",0]]', '-7', '[{"a":1}]'])('does not read %j', text => {
    expect(() => deserialize(text)).toThrow(Error);
  });
});

describe('the packing of an aggregate', () => {
  it('compresses what is large and compressible', async () => {
    const text = JSON.stringify(Array.from({ length: 1000 }, (_, index) => ({ index, name: 'Pikachu' })));
    const packed = await packState(text);
    expect(packed.byteLength).toBeLessThan(text.length / 5);
    await expect(unpackState(packed)).resolves.toBe(text);
  });

  it.each(['', 'é', 'small'])('leaves %j as it is, after a mark', async text => {
    const packed = await packState(text);
    expect(packed.byteLength).toBe(Buffer.byteLength(text) + 9);
    await expect(unpackState(packed)).resolves.toBe(text);
  });

  it.each([[[]], [[0]], [[2, 1]], [[1, 1, 2, 3]]])('does not read %j', async bytes => {
    await expect(unpackState(new Uint8Array(bytes))).rejects.toThrow(/./);
  });

  it.each([1, 100])('reads nothing else if bits have changed, or bytes are gone (%i)', async length => {
    const text = JSON.stringify(Array.from({ length }, (_, index) => `pokemon ${index * 7919}`));
    const packed = await packState(text);
    const flipped = Array.from({ length: 8 * packed.length }, (_, bit) => {
      const changed = packed.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      return changed;
    });
    const cutOff = Array.from(packed, (_, left) => packed.subarray(0, left));
    let refused = 0;
    for (const changed of [...flipped, ...cutOff]) {
      // Some bits of Brotli's mean nothing.
      const read = await unpackState(changed).catch(() => {
        refused += 1;
        return text;
      });
      expect(read).toBe(text);
    }
    expect(refused).toBeGreaterThan(8 * packed.length);
  });

  it('neither writes nor reads more than memory is sure to hold', async () => {
    await expect(packState('x'.repeat(MAX_TEXT_SIZE + 1))).rejects.toMatchObject({ code: 'UnstorableStateError' });
    const bomb = brotliCompressSync(Buffer.alloc(MAX_TEXT_SIZE + 1), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
    });
    expect(bomb.byteLength).toBeLessThan(400 * 1024);
    const state = Buffer.concat([Buffer.of(1), Buffer.alloc(8), bomb]);
    await expect(unpackState(state)).rejects.toMatchObject({ code: 'ERR_BUFFER_TOO_LARGE' });
  });
});

describe('the fingerprint of an event', () => {
  const event = {
    aggregateId: 'pikachu',
    version: 1,
    type: 'POKEMON_RELEASED',
    timestamp: '2026-01-01T00:00:00.000Z',
    payload: { a: 1, b: { c: [1n, new Uint8Array([1])], d: new Set(['x', 'y']) } },
  };

  it('is the same for equal events, in whichever order their members come', () => {
    const twin = {
      payload: { b: { d: new Set(['y', 'x']), c: [1n, new Uint8Array([1])] }, a: 1, gone: undefined },
      timestamp: '2026-01-01T00:00:00.000Z',
      type: 'POKEMON_RELEASED',
      version: 1,
      aggregateId: 'pikachu',
    };
    expect(fingerprint(twin)).toBe(fingerprint(event));
  });

  it.each<[string, object]>([
    ['another version', { version: 2 }],
    ['another type', { type: 'FREED' }],
    ['another timestamp', { timestamp: '2026-01-01T00:00:00.001Z' }],
    ['another value', { payload: { ...event.payload, a: 2 } }],
    ['another kind of value', { payload: { ...event.payload, a: '1' } }],
    ['a member less', { payload: { a: 1 } }],
    ['other bytes', { payload: { ...event.payload, b: { ...event.payload.b, c: [1n, new Uint8Array([2])] } } }],
    ['another set', { payload: { ...event.payload, b: { ...event.payload.b, d: new Set(['x']) } } }],
    ['no payload', { payload: undefined }],
    ['metadata', { metadata: {} }],
  ])('is another one for %s', (_, other) => {
    expect(fingerprint({ ...event, ...other })).not.toBe(fingerprint(event));
  });

  it('is made of an event whose payload is nested as deeply as one may be', () => {
    const payload = Array.from({ length: 31 }).reduce<object>(value => ({ value }), {});
    expect(fingerprint({ ...event, payload })).toHaveLength(22);
  });
});
