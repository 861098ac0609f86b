import * as fc from 'fast-check';

import { fromExactJson, toExactJson } from '../src/output/exactJson.js';
import { plainJson } from '../src/output/plainText.js';

const stored = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(fc.oneof(fc.string(), fc.bigInt())).map(values => new Set(values)),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', '$bytes', '$$set', '$', '$bigint')), tie('value')),
  ),
})).value;

it('every stored value comes back equal, also when it was made safe for a terminal', () => {
  fc.assert(
    fc.property(stored, value => {
      const json = toExactJson(value);
      expect(toExactJson(fromExactJson(json))).toBe(json);
      expect(fromExactJson(plainJson(json))).toEqual(value);
      expect(fromExactJson(json)).toEqual(value);
      expect(plainJson(json)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
    { numRuns: 300 },
  );
});

it.each([
  [new Uint8Array([0, 255]), '{"$bytes":"AP8="}'],
  [new Set([1, 'a']), '{"$set":[1,"a"]}'],
  [12345678901234567890n, '{"$bigint":"12345678901234567890"}'],
  [{ $bytes: 'no' }, '{"$$bytes":"no"}'],
  [{ $a: 1, b: 2 }, '{"$a":1,"b":2}'],
  [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
])('%p is %s', (value, json) => {
  expect(toExactJson(value)).toBe(json);
  expect(fromExactJson(json)).toEqual(value);
});

it.each(['{"$other":1}', '{"$bigint":"1.5"}', '{"$bytes":1}', '{"$set":{}}', '{'])('refuses %s', json => {
  expect(() => fromExactJson(json)).toThrow(SyntaxError);
});
