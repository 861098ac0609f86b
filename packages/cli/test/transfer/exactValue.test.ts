import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';

import { areEqualItems } from '../../src/transfer/canonical.js';
import { fromLine, toLine } from '../../src/transfer/eventLine.js';
import { fromExactValue } from '../../src/transfer/exactValue.js';

const NAMES = ['__proto__', '$bytes', '$$set', '$', '$bigint', '$number', 'attributes', 'eventStoreId', 'version'];
const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...NAMES));
const digits = fc.bigInt({ min: 0n, max: 10n ** 38n - 1n });
const number = fc
  .tuple(fc.constantFrom('', '-'), digits, fc.integer({ min: 0, max: 30 }))
  .map(([sign, whole, point]) => {
    const text = String(whole).padStart(point + 1, '0');
    return point === 0 ? sign + text : `${sign + text.slice(0, -point)}.${text.slice(-point)}`;
  });
const nonEmpty = { minLength: 1 };

const value = fc.letrec<{ value: AttributeValue }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.record({ S: fc.string({ unit: 'binary' }) }),
    fc.record({ N: number }),
    fc.record({ B: fc.uint8Array() }),
    fc.record({ BOOL: fc.boolean() }),
    fc.constant({ NULL: true as const }),
    fc.record({ SS: fc.uniqueArray(fc.string(), nonEmpty) }),
    fc.record({ NS: fc.uniqueArray(number, nonEmpty) }),
    fc.record({ BS: fc.array(fc.uint8Array(), nonEmpty) }),
    fc.record({ L: fc.array(tie('value')) }),
    fc.record({ M: fc.dictionary(name, tie('value')) }),
  ),
})).value;

it('every event comes back from its line as it was, digit by digit', () => {
  const event = fc.record({
    eventStoreId: fc.string({ unit: 'binary' }),
    aggregateId: fc.string({ unit: 'binary' }),
    version: fc.integer({ min: 1 }),
    attributes: fc
      .dictionary(name, value)
      .map(attributes => ({ ...attributes, type: { S: 'T' }, timestamp: { S: 'now' } })),
  });
  fc.assert(
    fc.property(event, given => {
      const line = toLine(given);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      const read = fromLine(JSON.parse(line));
      // By their texts, in which a member `__proto__` shows.
      expect(JSON.stringify(read)).toBe(JSON.stringify({ ...given, attributes: read.attributes }));
      expect(toLine(read)).toBe(line);
      expect(areEqualItems(read.attributes, given.attributes)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it.each([
  ['1e-7', '0.0000001', true],
  ['100', '1E2', true],
  ['-0', '0', true],
  ['9007199254740993', '9007199254740992', false],
  ['0.10', '0.1', true],
  ['-1', '1', false],
])('the numbers %s and %s: equal is %s', (left, right, isEqual) => {
  expect(areEqualItems({ n: { N: left } }, { n: { N: right } })).toBe(isEqual);
  expect(areEqualItems({ n: { NS: [left, '7'] } }, { n: { NS: ['7', right] } })).toBe(isEqual);
});

it.each([
  { $other: 1 },
  { $bigint: 1 },
  { $bytes: '???' },
  { $bytes: 1 },
  { $set: [] },
  { $set: ['a', 1] },
  { $set: {} },
])('refuses %j', json => {
  expect(() => fromExactValue(json)).toThrow(SyntaxError);
});
