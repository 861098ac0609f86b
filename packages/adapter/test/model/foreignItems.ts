import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';

import { keys, strings } from './storableValues.js';
import type { Steps } from './valuePath.js';

/** The value `significand * 10^exponent`, its significand without zeros at the end. */
interface Decimal {
  significand: bigint;
  exponent: number;
}

/** An exact decimal of any text that DynamoDB takes for a number, and of what JavaScript prints. */
const parseDecimal = (text: string): Decimal => {
  const [mantissa = '', exponentText = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  let significand = BigInt(`${whole}${fraction}`.replace('+', '').replace(/^(-?)$/, '0'));
  let exponent = Number(exponentText) - fraction.length;
  if (significand === 0n) return { significand, exponent: 0 };
  while (significand % 10n === 0n) {
    significand /= 10n;
    exponent++;
  }
  return { significand, exponent };
};

const areEqual = (left: Decimal, right: Decimal): boolean =>
  left.significand === right.significand && left.exponent === right.exponent;

/** Text of numbers as other programs write them: exponents, zeros at both ends, signs, up to 38 digits. */
const digits = fc.stringMatching(/^[0-9]{1,38}$/);
const numberTexts: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '-', '+'), digits, fc.integer({ min: -160, max: 120 }))
    .map(([sign, text, exponent]) => `${sign}${text}e${exponent}`),
  fc.tuple(fc.constantFrom('', '-'), digits, fc.nat({ max: 38 })).map(([sign, text, places]) => {
    const padded = text.padStart(places + 1, '0');
    return `${sign}${padded.slice(0, padded.length - places)}.${padded.slice(padded.length - places)}`.replace(
      /\.$/,
      '',
    );
  }),
  fc.maxSafeInteger().map(String),
  fc.double({ noNaN: true, min: -1e15, max: 1e15 }).map(String),
  fc.constantFrom('0', '-0', '0.0', '1e0', '9007199254740991', '9007199254740992', '-9007199254740993'),
  fc.constantFrom('9007199254740991.5', '1e16', '1.5e16', '12345678901234567.1', '0.1', '0.10000000000000000555'),
);

const LARGEST = 10n ** 38n - 1n;

/** Within what DynamoDB keeps: 38 significant digits, magnitudes from 1e-130 to below 1e126. */
const isKept = (text: string): boolean => {
  const { significand, exponent } = parseDecimal(text);
  if (significand === 0n) return true;
  const magnitude = significand < 0n ? -significand : significand;
  const last = exponent + String(magnitude).length;
  return magnitude <= LARGEST && exponent >= -130 && last <= 126;
};

export const foreignNumbers: fc.Arbitrary<string> = numberTexts.filter(isKept);

const foreignBytes = fc.uint8Array({ maxLength: 8 });

const numberSets = fc.uniqueArray(foreignNumbers, {
  minLength: 1,
  maxLength: 4,
  selector: text => {
    const { significand, exponent } = parseDecimal(text);
    return `${significand}e${exponent}`;
  },
});

/** Any value that DynamoDB keeps, whether JavaScript can hold it or not. */
export const attributeValues: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4, withCrossShrink: true },
    fc.record({ S: strings }),
    fc.record({ N: foreignNumbers }),
    fc.record({ B: foreignBytes }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.constant(true) }),
    fc.record({ SS: fc.uniqueArray(strings, { minLength: 1, maxLength: 4 }) }),
    fc.record({ NS: numberSets }),
    fc.record({ BS: fc.uniqueArray(foreignBytes, { minLength: 1, maxLength: 4, selector: String }) }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 4 }) }),
    fc.record({
      M: fc
        .uniqueArray(fc.tuple(keys, tie('value')), { maxLength: 4, selector: ([key]) => key })
        .map(entries => Object.fromEntries(entries)),
    }),
  ),
})).value;

/** Whether JavaScript holds a stored number: as a number if that is safe, as a bigint beyond. */
const isReadableNumber = (text: string): boolean => {
  const stored = parseDecimal(text);
  const isInteger = stored.exponent >= 0;
  const value = Number(text);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return isInteger;
  return areEqual(stored, parseDecimal(String(value)));
};

const isSameNumber = (text: string, value: unknown): boolean => {
  if (typeof value === 'bigint') {
    const isBeyond = value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER;
    return isBeyond && areEqual(parseDecimal(text), parseDecimal(String(value)));
  }
  return (
    typeof value === 'number' &&
    !Object.is(value, -0) &&
    Math.abs(value) <= Number.MAX_SAFE_INTEGER &&
    areEqual(parseDecimal(text), parseDecimal(String(value)))
  );
};

const isSameBytes = (bytes: Uint8Array, value: unknown): boolean =>
  value instanceof Uint8Array && value.constructor === Uint8Array && Buffer.compare(bytes, value) === 0;

/** Whether each member of a set has its like in the other. */
const isSameSet = <MEMBER>(
  members: MEMBER[],
  value: unknown,
  isSame: (member: MEMBER, other: unknown) => boolean,
): boolean =>
  value instanceof Set &&
  value.size === members.length &&
  members.every(member => [...value].some(other => isSame(member, other)));

/** Whether a value that was read is the one that was stored. */
export const isSameValue = (stored: AttributeValue, value: unknown): boolean => {
  if (stored.S !== undefined) return value === stored.S;
  if (stored.N !== undefined) return isSameNumber(stored.N, value);
  if (stored.B !== undefined) return isSameBytes(stored.B, value);
  if (stored.BOOL !== undefined) return value === stored.BOOL;
  if (stored.NULL !== undefined) return value === null;
  if (stored.SS !== undefined) return isSameSet(stored.SS, value, (member, other) => member === other);
  if (stored.NS !== undefined) return isSameSet(stored.NS, value, isSameNumber);
  if (stored.BS !== undefined) return isSameSet(stored.BS, value, isSameBytes);
  return stored.L === undefined ? isSameObject(stored.M ?? {}, value) : isSameArray(stored.L, value);
};

const isSameArray = (stored: AttributeValue[], value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === stored.length &&
  stored.every((element, index) => isSameValue(element, value[index]));

const isSameObject = (stored: Record<string, AttributeValue>, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === Object.keys(stored).length &&
  Object.entries(stored).every(
    ([key, member]) =>
      Object.hasOwn(value, key) && isSameValue(member, Object.getOwnPropertyDescriptor(value, key)?.value),
  );

/** Every place with a number that JavaScript cannot hold; none if the value can be read. */
export const unreadablePlaces = (stored: AttributeValue, steps: Steps = []): Steps[] => {
  const numbers = stored.N === undefined ? (stored.NS ?? []) : [stored.N];
  if (!numbers.every(isReadableNumber)) return [steps];
  if (stored.L !== undefined) return stored.L.flatMap((element, index) => unreadablePlaces(element, [...steps, index]));
  return Object.entries(stored.M ?? {}).flatMap(([key, member]) => unreadablePlaces(member, [...steps, key]));
};
