import { types } from 'node:util';

import { InvalidArgumentError, memberOf } from './errors.js';

/**
 * A text that is the same for equal values, and for no others: to compare or to hash what may come back with the members
 * of its objects in another order. `undefined` members count as absent, an object with `toJSON` for what that returns.
 *
 * Its length grows with the value's, also if that is nested deeply: no text is quoted within another one.
 *
 * @param argument what errors call the value
 * @throws InvalidArgumentError for what cannot be compared, with its path: functions, symbols, instances of classes that
 *   show no members, what is nested more than 500 levels deep or contains itself.
 */
export const canonicalJson = (value: unknown, argument: string): string =>
  JSON.stringify(canonical(value, { name: argument, depth: 0 }));

/** Far beyond anything that came as JSON, and below what the stack holds. */
const MAX_DEPTH = 500;

/** How deep a path is spelt out in a message. */
const MAX_NAMED_DEPTH = 20;

/** Where in the value something is. */
interface Place {
  readonly name: string;
  readonly depth: number;
  readonly parent?: Place;
}

const within = (parent: Place, name: string | number): Place => ({
  name: String(name),
  depth: parent.depth + 1,
  parent,
});

/** What JSON has no notation for is an array that begins with its kind; an array itself begins with `array`. */
const canonical = (value: unknown, place: Place): unknown => {
  if (place.depth > MAX_DEPTH) return refuse(place, 'it is nested too deeply, or contains itself.');
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : ['number', String(value)];
    case 'bigint':
      return ['bigint', String(value)];
    case 'undefined':
      return ['undefined'];
    case 'object':
      return value === null ? null : canonicalObject(value, place);
    default:
      return refuse(place, `a ${typeof value} cannot be compared with another one.`);
  }
};

const canonicalObject = (value: object, place: Place): unknown => {
  if (Array.isArray(value)) {
    return ['array', ...Array.from(value, (element: unknown, index) => canonical(element, within(place, index)))];
  }
  if (types.isDate(value)) return ['date', value.getTime()];
  if (ArrayBuffer.isView(value)) return [kindOf(value), base64Of(value.buffer, value.byteOffset, value.byteLength)];
  if (types.isAnyArrayBuffer(value)) return [kindOf(value), base64Of(value, 0, value.byteLength)];
  if (types.isSet(value))
    return ['set', ...inOneOrder([...value].map(each => canonical(each, within(place, '<member>'))))];
  if (types.isMap(value))
    return ['map', ...inOneOrder([...value].map(each => canonical(each, within(place, '<entry>'))))];
  // A URL, for example, has no members of its own.
  if (typeof memberOf(value, 'toJSON') === 'function') {
    return ['json', canonical((value as { toJSON: () => unknown }).toJSON(), within(place, 'toJSON()'))];
  }
  return ['object', ...canonicalMembers(value, place)];
};

const canonicalMembers = (value: object, place: Place): unknown[] => {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (types.isNativeError(value) || (members.length === 0 && !isPlain(value))) {
    return refuse(place, 'it is an instance of a class that does not show what is in it.');
  }
  return members
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => [key, canonical(member, within(place, key))]);
};

/** Members have no order; that of their texts is one. */
const inOneOrder = (values: unknown[]): unknown[] =>
  values
    .map(value => ({ value, text: JSON.stringify(value) }))
    .toSorted((left, right) => (left.text < right.text ? -1 : 1))
    .map(({ value }) => value);

/** `[object Uint8Array]`, for a Buffer too, and in any realm. */
const kindOf = (value: object): string => Object.prototype.toString.call(value);

const base64Of = (buffer: ArrayBufferLike, offset: number, length: number): string =>
  Buffer.from(buffer, offset, length).toString('base64');

/** An object made by `{}`, `JSON.parse` or `Object.create(null)`, in this realm or another one. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const refuse = (place: Place, explanation: string): never => {
  const names: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    if (at.depth <= MAX_NAMED_DEPTH) names.unshift(at.name);
  }
  throw new InvalidArgumentError(names.join('.'), explanation);
};
