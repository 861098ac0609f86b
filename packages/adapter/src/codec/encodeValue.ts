import { types } from 'node:util';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { formatPath, type Refuse, setMember } from '@castore-dynamodb/commons';

import { numberSize, whyNotStorable } from './decimal.js';
import { DOCUMENT_MEMBER_SIZE, DOCUMENT_SIZE } from './itemSize.js';

/** Levels of an item, its attributes being the first. Source: "Nested attribute depth" in DynamoDB's constraints. */
const MAX_DEPTH = 32;

/** Bytes of a key within a map. Source: "Attributes" in DynamoDB's constraints: "less than 64 KB". */
const MAX_KEY_SIZE = 64 * 1024 - 1;

/**
 * Bytes up to which values are measured: ten times what an item may have. Without it, a few nested arrays that share
 * their elements could be measured without an end.
 */
export const MAX_MEASURED_SIZE = 4 * 1024 * 1024;

/** How the caller refuses what DynamoDB cannot give back as it is. */
export interface Refusals {
  value: Refuse;
  /** `size` is how large the value is at least. */
  size: (path: string, size: number) => never;
}

/** What is known at a step of the walk over a value. */
interface Walk {
  readonly refusals: Refusals;
  /** Attribute, member and element names, from the outside in. It grows and shrinks, so that only an error copies it. */
  readonly path: (string | number)[];
  /** Bytes so far that the value adds to its item, without the attribute's name. */
  bytes: number;
  readonly maxBytes: number;
  /** Whether what is stored differs from what was given: no `undefined` members, `0` for `-0`, a Buffer's bytes only. */
  normalised: boolean;
}

export interface EncodedValue extends Pick<Walk, 'bytes' | 'normalised'> {
  attributeValue: AttributeValue;
}

/**
 * Turns a JavaScript value into a DynamoDB one, in a single walk that also measures it.
 * Everything that would not come back equal is refused with its path.
 */
export const encodeValue = (
  value: unknown,
  attributeName: string,
  refusals: Refusals,
  maxBytes = MAX_MEASURED_SIZE,
): EncodedValue => {
  const walk: Walk = { refusals, path: [attributeName], bytes: 0, maxBytes, normalised: false };
  const attributeValue = encode(walk, value);
  return { attributeValue, bytes: walk.bytes, normalised: walk.normalised };
};

const refuse = (walk: Walk, reason: string): never => walk.refusals.value(formatPath(walk.path), reason);

const encode = (walk: Walk, value: unknown): AttributeValue => {
  if (walk.bytes > walk.maxBytes) walk.refusals.size(formatPath(walk.path), walk.bytes);
  if (walk.path.length > MAX_DEPTH)
    refuse(walk, `DynamoDB stores ${MAX_DEPTH} levels at most: does it contain itself?`);
  switch (typeof value) {
    case 'string':
      return { S: encodeString(walk, value) };
    case 'number':
    case 'bigint':
      return { N: encodeNumber(walk, value) };
    case 'boolean':
      walk.bytes += 1;
      return { BOOL: value };
    case 'object':
      return encodeObject(walk, value);
    default:
      return refuse(walk, `${typeof value} cannot be stored here: use null, or leave it out.`);
  }
};

const encodeObject = (walk: Walk, value: object | null): AttributeValue => {
  if (value === null) {
    walk.bytes += 1;
    return { NULL: true };
  }
  if (isLiteral(value)) return { M: encodeMap(walk, value) };
  if (isPlainArray(value)) return { L: encodeArray(walk, value) };
  if (types.isUint8Array(value)) return { B: encodeBytes(walk, value) };
  if (isPlainSet(value)) return encodeSet(walk, value);
  if (isPlainObject(value)) return { M: encodeMap(walk, value) };
  const remedy = types.isDate(value) ? 'date.toISOString()' : 'plain objects, arrays, Sets, Uint8Arrays and primitives';
  return refuse(walk, `${describeClass(value)} would not come back as one: store ${remedy}.`);
};

const encodeString = (walk: Walk, value: string): string => {
  walk.bytes += stringSize(walk, value);
  return value;
};

const stringSize = (walk: Walk, value: string): number => {
  if (!value.isWellFormed()) refuse(walk, 'it has half of a surrogate pair, which has no encoding in UTF-8.');
  return Buffer.byteLength(value);
};

const encodeNumber = (walk: Walk, value: number | bigint): string => {
  const reason = whyNotStorable(value);
  if (reason !== undefined) refuse(walk, reason);
  if (Object.is(value, -0)) walk.normalised = true;
  const text = String(value);
  walk.bytes += numberSize(text);
  return text;
};

const encodeBytes = (walk: Walk, value: Uint8Array): Uint8Array => {
  if (value.constructor !== Uint8Array) walk.normalised = true;
  walk.bytes += value.byteLength;
  // A copy, as the caller may use the bytes for something else before they are sent, or sent again.
  return new Uint8Array(value);
};

const encodeMember = (walk: Walk, step: string | number, value: unknown): AttributeValue => {
  walk.path.push(step);
  walk.bytes += DOCUMENT_MEMBER_SIZE;
  if (typeof step === 'string') checkKey(walk, step);
  const attributeValue = encode(walk, value);
  walk.path.pop();
  return attributeValue;
};

const checkKey = (walk: Walk, key: string): void => {
  const size = stringSize(walk, key);
  walk.bytes += size;
  if (size === 0 || size > MAX_KEY_SIZE)
    refuse(walk, `its key has ${size} bytes; DynamoDB allows 1 to ${MAX_KEY_SIZE}.`);
};

const encodeArray = (walk: Walk, value: unknown[]): AttributeValue[] => {
  if (!isDense(value)) refuse(walk, 'an array would lose its holes, or its members that are not elements.');
  walk.bytes += DOCUMENT_SIZE;
  return value.map((element, index) => encodeMember(walk, index, element));
};

const encodeMap = (walk: Walk, value: Record<string, unknown>): Record<string, AttributeValue> => {
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(walk, 'a member with a symbol as its key would be lost.');
  if (Object.getPrototypeOf(value) !== Object.prototype) walk.normalised = true;
  const attributeValues: Record<string, AttributeValue> = {};
  walk.bytes += DOCUMENT_SIZE;
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) walk.normalised = true;
    else setMember(attributeValues, key, encodeMember(walk, key, member));
  }
  return attributeValues;
};

/** A set is stored like its members, which are of one type: of strings, of numbers, or of bytes. */
const encodeSet = (walk: Walk, value: Set<unknown>): AttributeValue => {
  const members = Array.from(value, member => encode(walk, member));
  const [type = ''] = Object.keys(members[0] ?? {});
  if (!['S', 'N', 'B'].includes(type) || !members.every(member => Object.hasOwn(member, type))) {
    refuse(walk, 'a Set must have members, all strings, all numbers, or all Uint8Arrays: use an array, or null.');
  }
  const values = members.map(member => member[type as keyof AttributeValue] as unknown);
  if (type === 'B' && new Set(values.map(String)).size < values.length) {
    refuse(walk, 'two Uint8Arrays of this Set hold the same bytes, which DynamoDB stores only once.');
  }
  return { [`${type}S`]: values } as unknown as AttributeValue;
};

/** What most objects are, told at once. Views with this prototype are bytes all the same. */
const isLiteral = (value: object): value is Record<string, unknown> =>
  Object.getPrototypeOf(value) === Object.prototype && !ArrayBuffer.isView(value);

/** Objects made by `Object.create(null)`; or, in any realm, by `{}`, `JSON.parse` or `structuredClone`. */
const isPlainObject = (value: object): value is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, 'isPrototypeOf') &&
    Object.prototype.toString.call(value) === '[object Object]'
  );
};

/** No instance of a class of its own: `Array.prototype`, in any realm, is itself an array. */
const isPlainArray = (value: object): value is unknown[] =>
  Array.isArray(value) && Array.isArray(Object.getPrototypeOf(value));

const isPlainSet = (value: object): value is Set<unknown> =>
  types.isSet(value) && Object.hasOwn(Object.getPrototypeOf(value) as object, 'size');

/** Whether an array has all of its elements, and no member beside them: keys that are no index come after those that are. */
const isDense = (array: unknown[]): boolean => {
  const keys = Reflect.ownKeys(array);
  // The last one is `length`.
  return (
    keys.length === array.length + 1 && (array.length === 0 || keys[array.length - 1] === String(array.length - 1))
  );
};

const describeClass = (value: object): string => {
  const name: unknown = value.constructor?.name;
  return `an instance of ${(typeof name === 'string' && name) || 'a class'}`;
};
