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

export interface EncodedValue {
  attributeValue: AttributeValue;
  /** Bytes that the value adds to its item, without the attribute's name. */
  size: number;
  /** Whether what is stored differs from what was given: no `undefined` members, `0` for `-0`, a Buffer's bytes only. */
  normalised: boolean;
}

/** How the caller refuses what DynamoDB cannot give back as it is. */
export interface Refusals {
  value: Refuse;
  /** `size` is how large the value is at least. */
  size: (path: string, size: number) => never;
}

/**
 * Turns a JavaScript value into a DynamoDB one, in a single walk that also measures it.
 * Everything that would not come back equal is refused with its path.
 */
export const encodeValue = (
  value: unknown,
  attributeName: string,
  refusals: Refusals,
  maxMeasuredSize = MAX_MEASURED_SIZE,
): EncodedValue => {
  const encoder = new Encoder(attributeName, refusals, maxMeasuredSize);
  const attributeValue = encoder.encode(value);
  const { size, normalised } = encoder;
  return { attributeValue, size, normalised };
};

class Encoder {
  size = 0;
  normalised = false;
  readonly #path: (string | number)[];
  readonly #refusals: Refusals;
  readonly #maxMeasuredSize: number;

  constructor(attributeName: string, refusals: Refusals, maxMeasuredSize: number) {
    this.#path = [attributeName];
    this.#refusals = refusals;
    this.#maxMeasuredSize = maxMeasuredSize;
  }

  encode(value: unknown): AttributeValue {
    if (this.size > this.#maxMeasuredSize) return this.#refusals.size(formatPath(this.#path), this.size);
    if (this.#path.length > MAX_DEPTH) {
      return this.#refuse(`DynamoDB stores ${MAX_DEPTH} levels at most (an object that contains itself has no end).`);
    }
    switch (typeof value) {
      case 'string':
        return { S: this.#string(value) };
      case 'number':
      case 'bigint':
        return { N: this.#number(value) };
      case 'boolean':
        this.size += 1;
        return { BOOL: value };
      case 'object':
        return this.#object(value);
      case 'undefined':
        return this.#refuse('undefined can be left out of an object, but not of an array: use null.');
      default:
        return this.#refuse(`a ${typeof value} cannot be stored.`);
    }
  }

  #object(value: object | null): AttributeValue {
    if (value === null) {
      this.size += 1;
      return { NULL: true };
    }
    if (isPlainArray(value)) return { L: this.#array(value) };
    if (types.isUint8Array(value)) return { B: this.#binary(value) };
    if (isPlainSet(value)) return this.#set(value);
    if (isPlainObject(value)) return { M: this.#map(value) };
    return this.#refuse(
      types.isDate(value)
        ? 'a Date would not come back as one: store date.toISOString().'
        : `${describeClass(value)} would not come back as one: store plain objects, arrays, Sets, Uint8Arrays and primitives.`,
    );
  }

  #array(value: unknown[]): AttributeValue[] {
    if (!isDense(value) || Object.getOwnPropertySymbols(value).length > 0) {
      return this.#refuse('an array with holes, or with members of its own beside its elements, would lose them.');
    }
    this.size += DOCUMENT_SIZE + DOCUMENT_MEMBER_SIZE * value.length;
    return value.map((element, index) => {
      this.#path.push(index);
      const attributeValue = this.encode(element);
      this.#path.pop();
      return attributeValue;
    });
  }

  #map(value: Record<string, unknown>): Record<string, AttributeValue> {
    const symbol = Object.getOwnPropertySymbols(value)[0];
    if (symbol !== undefined) return this.#refuse(`a member with a symbol as its key would be lost.`);
    if (Object.getPrototypeOf(value) !== Object.prototype) this.normalised = true;

    const attributeValues: Record<string, AttributeValue> = {};
    this.size += DOCUMENT_SIZE;
    for (const key of Object.keys(value)) {
      const member = value[key];
      if (member === undefined) {
        this.normalised = true;
        continue;
      }
      this.#path.push(key);
      this.size += DOCUMENT_MEMBER_SIZE;
      this.#key(key);
      setMember(attributeValues, key, this.encode(member));
      this.#path.pop();
    }
    return attributeValues;
  }

  #set(value: Set<unknown>): AttributeValue {
    const members = [...value];
    if (members.length === 0) return this.#refuse('DynamoDB has no empty sets: leave it out, or use null.');
    if (members.every(member => typeof member === 'string')) {
      return { SS: members.map(member => this.#string(member)) };
    }
    if (members.every(member => typeof member === 'number' || typeof member === 'bigint')) {
      return { NS: members.map(member => this.#number(member)) };
    }
    if (members.every(member => types.isUint8Array(member))) {
      if (new Set(members.map(member => Buffer.from(member).toString('base64'))).size < members.length) {
        return this.#refuse('two Uint8Arrays of this Set hold the same bytes, which DynamoDB stores only once.');
      }
      return { BS: members.map(member => this.#binary(member)) };
    }
    return this.#refuse('the members of a Set must be all strings, all numbers, or all Uint8Arrays: use an array.');
  }

  #string(value: string): string {
    if (!value.isWellFormed()) {
      return this.#refuse('it holds half of a surrogate pair, which has no encoding in UTF-8.');
    }
    this.size += Buffer.byteLength(value);
    return value;
  }

  #key(key: string): void {
    if (key === '') this.#refuse('DynamoDB has no empty keys: the key of a member has one character or more.');
    this.#string(key);
    const size = Buffer.byteLength(key);
    if (size > MAX_KEY_SIZE) this.#refuse(`its key has ${size} bytes, DynamoDB's have ${MAX_KEY_SIZE} at most.`);
  }

  #number(value: number | bigint): string {
    const refusal = whyNotStorable(value);
    if (refusal !== undefined) return this.#refuse(refusal);
    if (Object.is(value, -0)) this.normalised = true;
    const text = String(value);
    this.size += numberSize(text);
    return text;
  }

  #binary(value: Uint8Array): Uint8Array {
    if (value.constructor !== Uint8Array) this.normalised = true;
    this.size += value.byteLength;
    // A copy, as the caller may use the bytes for something else before they are sent, or sent again.
    return new Uint8Array(value);
  }

  #refuse(reason: string): never {
    return this.#refusals.value(formatPath(this.#path), reason);
  }
}

/** Objects made by `{}`, `JSON.parse`, `structuredClone` or `Object.create(null)`, in this realm or another one. */
const isPlainObject = (value: object): value is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
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
  const keys = Object.keys(array);
  return keys.length === array.length && (array.length === 0 || keys.at(-1) === String(array.length - 1));
};

const describeClass = (value: object): string => {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an instance of a class';
};
