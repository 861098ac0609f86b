import { types } from 'node:util';

/**
 * Copies a value with its plain objects, arrays, Sets and Maps made anew, in the realm of this file; anything else stays
 * as it is. Jest runs tests in a realm of their own, and what `structuredClone`, for one, returns there comes from
 * another, so that `assert.deepStrictEqual` finds equal values different.
 */
export const inThisRealm = (value: unknown, copies = new Map<object, object>()): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;

  const copy = emptyCopy(value);
  if (copy === undefined) return value;
  copies.set(value, copy);
  const copyMember = (member: unknown): unknown => inThisRealm(member, copies);
  copyElements(value, copy, copyMember);
  for (const key of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
    Object.defineProperty(copy, key, { ...descriptor, value: copyMember(descriptor.value) });
  }
  return copy;
};

const emptyCopy = (value: object): object | undefined => {
  if (Array.isArray(value)) return [];
  if (types.isSet(value)) return new Set();
  if (types.isMap(value)) return new Map();
  return isPlainObject(value) ? {} : undefined;
};

const copyElements = (value: object, copy: object, copyMember: (member: unknown) => unknown): void => {
  if (types.isSet(value)) {
    for (const member of value) (copy as Set<unknown>).add(copyMember(member));
  } else if (types.isMap(value)) {
    for (const [key, member] of value) (copy as Map<unknown, unknown>).set(copyMember(key), copyMember(member));
  }
};

/** Its prototype is the `Object.prototype` of some realm. */
const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  );
};
