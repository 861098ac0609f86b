import { deepStrictEqual } from 'node:assert/strict';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr, convertToNative } from '@aws-sdk/util-dynamodb';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { fromStoredValue, toStoredValue } from '../../src/index.js';
import { decodeEventsFast } from '../../src/read/decodeEventsFast.js';
import { itemToWire, writeJson } from '../wire/writeJson.js';
import { attributeValues, unreadablePlaces } from './foreignItems.js';
import { storableValues } from './storableValues.js';

/** Ours, on both ways: from the SDK's AttributeValue, and from the bytes of an answer. */
const read = (value: AttributeValue): unknown => {
  const plain = fromStoredValue(value, 'value');
  const item = {
    aggregateId: { S: 'a' },
    version: { N: '1' },
    type: { S: 'T' },
    timestamp: { S: '2026' },
    payload: value,
  };
  const [event] = decodeEventsFast(Buffer.from(writeJson([itemToWire(item)])), key => key) ?? [];
  if (event !== undefined) deepStrictEqual(event.payload, plain);
  return plain;
};

const someWithin = (value: AttributeValue, holds: (value: AttributeValue) => boolean): boolean =>
  holds(value) ||
  Object.values(value.M ?? {}).some(member => someWithin(member, holds)) ||
  (value.L ?? []).some(element => someWithin(element, holds));

const someNumber = (value: AttributeValue, holds: (text: string) => boolean): boolean =>
  someWithin(value, ({ N, NS = [] }) => [...NS, ...(N === undefined ? [] : [N])].some(holds));

const isBeyondSafe = (text: string): boolean => Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER;

const hasMember = (value: AttributeValue, name: string): boolean =>
  someWithin(value, ({ M = {} }) => Object.keys(M).includes(name));

/** What we read in another way than `unmarshall`, on purpose. */
const READ_DIFFERENTLY: Record<string, (value: AttributeValue) => boolean> = {
  'a number that would be rounded': value => unreadablePlaces(value).length > 0,
  'a number beyond the safe integers, with an exponent or a point': value =>
    someNumber(value, text => isBeyondSafe(text) && !/^-?\d+$/.test(text)),
  'minus zero': value => someNumber(value, text => Object.is(Number(text), -0)),
  'a member named __proto__': value => hasMember(value, '__proto__'),
};

/** What we write in another way than `marshall`, on purpose. */
const WRITTEN_DIFFERENTLY: Record<string, (written: AttributeValue) => boolean> = {
  'a set of numbers and bigints': written =>
    someWithin(written, ({ NS = [] }) => NS.some(isBeyondSafe) && !NS.every(isBeyondSafe)),
  'members named __proto__ and constructor': written =>
    hasMember(written, '__proto__') || hasMember(written, 'constructor'),
};

const isDifferent = (differences: Record<string, (value: AttributeValue) => boolean>, value: AttributeValue): boolean =>
  Object.values(differences).some(holds => holds(value));

// Both leave out members that are undefined; `marshall` has to be told.
describe("values, held against the SDK's @aws-sdk/util-dynamodb", () => {
  it(
    'are read as unmarshall does, but for the named differences',
    async () => {
      const property = fc.asyncProperty(attributeValues, async value => {
        if (isDifferent(READ_DIFFERENTLY, value)) return;
        deepStrictEqual(read(value), convertToNative(value));
      });
      await checkProperty(property, { quick: 250, soak: 50_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    'are written as marshall does, but for the named differences',
    async () => {
      const property = fc.asyncProperty(storableValues, async value => {
        const written = toStoredValue(value, 'value');
        if (isDifferent(WRITTEN_DIFFERENTLY, written)) return;
        deepStrictEqual(
          itemToWire({ value: written }),
          itemToWire({ value: convertToAttr(value, { removeUndefinedValues: true }) }),
        );
      });
      await checkProperty(property, { quick: 250, soak: 50_000 });
    },
    PRESET_TIMEOUT_MS,
  );

  it.each<[string, AttributeValue, unknown]>([
    ['rounds', { N: '0.10000000000000000555' }, 0.1],
    ['rounds', { N: '123456789012345.67' }, 123_456_789_012_345.67],
  ])('are refused where unmarshall %s: %j', (_, value, theirs) => {
    expect(convertToNative(value)).toBe(theirs);
    const isExact = unreadablePlaces(value).length === 0;
    if (isExact) expect(read(value)).toBe(theirs);
    else expect(() => read(value)).toThrow(expect.objectContaining({ code: 'InexactValueError' }));
  });

  it('are bigints where unmarshall fails, for whole numbers with an exponent', () => {
    expect(() => convertToNative({ N: '1e21' })).toThrow(/BigInt/);
    expect(read({ N: '1e21' })).toBe(10n ** 21n);
  });

  it('are 0 where unmarshall says -0, since DynamoDB has one zero', () => {
    expect(convertToNative({ N: '-0' })).toBe(-0);
    expect(read({ N: '-0' })).toBe(0);
  });

  it('keep members named __proto__, which unmarshall makes the prototype, and marshall loses', () => {
    const value = JSON.parse('{"M":{"__proto__":{"M":{"isAdmin":{"BOOL":true}}}}}') as AttributeValue;
    expect(Object.keys(convertToNative(value) as object)).toStrictEqual([]);
    expect(JSON.stringify(read(value))).toBe('{"__proto__":{"isAdmin":true}}');
    const object = JSON.parse('{"__proto__":{"S":{}}}') as object;
    expect(JSON.stringify(convertToAttr(object))).toBe('{"M":{}}');
    expect(JSON.stringify(toStoredValue(object, 'value'))).toBe('{"M":{"__proto__":{"M":{"S":{"M":{}}}}}}');
  });

  it('have members named constructor, and sets of numbers and bigints, which marshall refuses', () => {
    const object = { constructor: 'Ash' };
    expect(() => convertToAttr(object)).toThrow(/Unsupported type/);
    expect(toStoredValue(object, 'value')).toEqual({ M: { constructor: { S: 'Ash' } } });
    const set = new Set([1, 2n ** 60n]);
    expect(() => convertToAttr(set as Set<number>)).toThrow(/MAX_SAFE_INTEGER/);
    expect(toStoredValue(set, 'value')).toStrictEqual({ NS: ['1', '1152921504606846976'] });
  });
});
