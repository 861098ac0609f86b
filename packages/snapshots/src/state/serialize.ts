import { types } from 'node:util';

import { isNamed } from '@castore-dynamodb/commons';

import { UnstorableStateError } from '../errors.js';

/**
 * An aggregate as text: a JSON array of all its values, in which objects refer to their members by index. So values that
 * are in it twice stay one, cycles are no problem, and everything that JSON has no word for gets one.
 *
 * What comes back equals what was there, or it is refused with its path. Ready-made serializers do not keep to that:
 * - `devalue` (6.0, tried with the cases of `test/state.test.ts`) writes the same format, and refuses less: a class that
 *   extends Map, Date or Array comes back as a plain one, a Buffer as a Uint8Array, a getter as its value; members that are
 *   not enumerable, or that an array or a Map has beside its elements, are lost. It refuses keys named `__proto__`, which
 *   are data here, and stores all of the buffer that a Uint8Array looks at a part of (133 kB for one byte). To check all
 *   of that before would take a walk as long as this one. It has no CommonJS build.
 * - `node:v8` makes objects of another realm if a test runner like Jest has one, in which no `instanceof Date` holds,
 *   drops the class of an instance without a word, and its format is its own.
 */
export const serialize = (value: unknown): string => {
  try {
    const serializer = new Serializer();
    const index = serializer.add(value);
    return JSON.stringify(index < 0 ? index : serializer.values);
  } catch (error) {
    // Of the stack, or of the longest string.
    if (isNamed(error, 'RangeError')) throw new UnstorableStateError('', 'it is too large, or nested too deeply.');
    throw error;
  }
};

/** Stand for values that JSON does not have, in place of an index. */
export const CONSTANTS = new Map<number, unknown>([
  [-1, undefined],
  [-2, Number.NaN],
  [-3, Number.POSITIVE_INFINITY],
  [-4, Number.NEGATIVE_INFINITY],
  [-5, -0],
]);

/** Stands for an element that an array does not have. */
export const HOLE = -6;

const constantOf = (value: unknown): number | undefined => {
  for (const [index, constant] of CONSTANTS) if (Object.is(value, constant)) return index;
  return undefined;
};

class Serializer {
  readonly values: unknown[] = [];
  readonly #indexes = new Map<unknown, number>();
  readonly #path: (string | number)[] = [];

  /** @returns the value's index. */
  add(value: unknown): number {
    const known = constantOf(value) ?? this.#indexes.get(value);
    if (known !== undefined) return known;
    // The place is taken before its members are, of which one may be the value itself.
    const index = this.values.push(null) - 1;
    this.#indexes.set(value, index);
    this.values[index] = this.#encode(value);
    return index;
  }

  #encode(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
        return value;
      case 'bigint':
        return ['bigint', String(value)];
      case 'object':
        return value === null ? null : this.#encodeObject(value);
      default:
        return this.#refuse(`a ${typeof value} cannot be stored.`);
    }
  }

  #encodeObject(value: object): unknown {
    if (Array.isArray(value)) return this.#array(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null) return ['null', this.#members(value)];
    if (isPrototypeOfPlainObjects(prototype)) return this.#members(value);

    return this.#tagged(value) ?? this.#refuse(`${describeClass(value)} would not come back as one.`);
  }

  /** What JavaScript's own classes become; undefined for others, and for classes that extend them. */
  #tagged(value: object): unknown[] | undefined {
    if (types.isUint8Array(value) && isInstanceOfNative(value, 2)) {
      return ['Uint8Array', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')];
    }
    if (!isInstanceOfNative(value, 1) || Reflect.ownKeys(value).length > 0) return undefined;
    if (types.isDate(value)) return ['Date', this.add(value.getTime())];
    if (types.isMap(value)) {
      return [
        'Map',
        ...[...value].map(([key, member]) => [this.#step(describeKey(key), key), this.#step(describeKey(key), member)]),
      ];
    }
    return types.isSet(value) ? ['Set', ...[...value].map((member, index) => this.#step(index, member))] : undefined;
  }

  #array(value: unknown[]): unknown[] {
    const elements = Array.from(value, () => HOLE);
    for (const key of Reflect.ownKeys(value)) {
      if (key === 'length') continue;
      const index = Number(key);
      if (typeof key === 'symbol' || String(index) !== key) {
        return this.#refuse('an array would lose its members that are not elements.');
      }
      elements[index] = this.#step(index, this.#dataOf(value, key));
    }
    return isInstanceOfNative(value, 1)
      ? elements
      : this.#refuse(`${describeClass(value)} would not come back as one.`);
  }

  #members(value: object): Record<string, number> {
    const members: Record<string, number> = {};
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'symbol') return this.#refuse('a member with a symbol as its key would be lost.');
      setMember(members, key, this.#step(key, this.#dataOf(value, key)));
    }
    return members;
  }

  /** A getter would come back as the value that it has today. */
  #dataOf(object: object, key: string): unknown {
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    if (descriptor?.enumerable === true && 'value' in descriptor) return descriptor.value;
    this.#path.push(key);
    return this.#refuse('a getter, a setter, or a member that is not enumerable would not come back as one.');
  }

  #step(key: string | number, value: unknown): number {
    this.#path.push(key);
    const index = this.add(value);
    this.#path.pop();
    return index;
  }

  #refuse(reason: string): never {
    throw new UnstorableStateError(formatPath(this.#path), reason);
  }
}

/** Objects made by `{}` or `JSON.parse`, in this realm or another one. */
const isPrototypeOfPlainObjects = (prototype: unknown): boolean =>
  Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');

/** Whether there are so many prototypes between the value and that of plain objects: one more if a class extends. */
const isInstanceOfNative = (value: object, distance: number): boolean => {
  let prototype: unknown = Object.getPrototypeOf(value);
  for (let left = distance; left > 0 && prototype !== null; left--) prototype = Object.getPrototypeOf(prototype);
  return prototype !== null && isPrototypeOfPlainObjects(prototype);
};

const describeClass = (value: object): string => {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an instance of a class';
};

const describeKey = (key: unknown): string | number =>
  typeof key === 'string' || typeof key === 'number' ? key : `<${typeof key}>`;

const formatPath = (path: readonly (string | number)[]): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');

/** Assigning to `__proto__` would set the prototype; as a member it is data like any other. */
export const setMember = (target: object, key: string, value: unknown): void => {
  Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
};
