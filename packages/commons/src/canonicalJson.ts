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
export const canonicalJson = (value: unknown, argument: string): string => canonical(value, [argument]);

/** Far beyond anything that came as JSON, and below what the stack holds. */
const MAX_DEPTH = 500;

/** How deep a path is spelt out in a message. */
const MAX_NAMED_DEPTH = 20;

/** Where in the value something is: one array, pushed to and popped from, as most values need no path at all. */
type Path = (string | number)[];

/**
 * What JSON has no notation for is an array that begins with its kind; an array itself begins with `array`. Written at once,
 * since making arrays for `JSON.stringify` would take twice the time.
 */
const canonical = (value: unknown, path: Path): string => {
  if (path.length > MAX_DEPTH + 1) return refuse(path, 'it is nested too deeply, or contains itself.');
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : `["number","${value}"]`;
    case 'bigint':
      return `["bigint","${value}"]`;
    case 'undefined':
      return '["undefined"]';
    case 'object':
      return value === null ? 'null' : canonicalObject(value, path);
    default:
      return refuse(path, `a ${typeof value} cannot be compared with another.`);
  }
};

const within = (path: Path, step: string | number, value: unknown): string => {
  path.push(step);
  const text = canonical(value, path);
  path.pop();
  return text;
};

const canonicalObject = (value: object, path: Path): string => {
  if (Array.isArray(value))
    return tagged(
      'array',
      Array.from(value, (element, index) => within(path, index, element)),
    );
  if (types.isDate(value)) return JSON.stringify(['date', value.getTime()]);
  if (ArrayBuffer.isView(value)) {
    return JSON.stringify([kindOf(value), base64Of(value.buffer, value.byteOffset, value.byteLength)]);
  }
  if (types.isAnyArrayBuffer(value)) return JSON.stringify([kindOf(value), base64Of(value, 0, value.byteLength)]);
  // Members have no order; that of their texts is one.
  if (types.isSet(value)) return tagged('set', [...value].map(each => within(path, '<member>', each)).toSorted());
  if (types.isMap(value)) return tagged('map', [...value].map(each => within(path, '<entry>', each)).toSorted());
  // A URL, for example, has no members of its own.
  if (typeof memberOf(value, 'toJSON') === 'function') {
    return tagged('json', [within(path, 'toJSON()', (value as { toJSON: () => unknown }).toJSON())]);
  }
  return tagged('object', canonicalMembers(value as Record<string, unknown>, path));
};

const tagged = (kind: string, texts: readonly string[]): string => {
  let all = `["${kind}"`;
  for (const text of texts) all += `,${text}`;
  return `${all}]`;
};

const canonicalMembers = (value: Record<string, unknown>, path: Path): string[] => {
  const texts: string[] = [];
  for (const key of Object.keys(value).toSorted()) {
    const member = value[key];
    if (member !== undefined) texts.push(`[${JSON.stringify(key)},${within(path, key, member)}]`);
  }
  if (types.isNativeError(value) || (texts.length === 0 && !isPlain(value))) {
    return refuse(path, 'it is an instance of a class whose content cannot be seen.');
  }
  return texts;
};

/** `[object Uint8Array]`, for a Buffer too, and in any realm. */
const kindOf = (value: object): string => Object.prototype.toString.call(value);

const base64Of = (buffer: ArrayBufferLike, offset: number, length: number): string =>
  Buffer.from(buffer, offset, length).toString('base64');

/** An object made by `{}`, `JSON.parse` or `Object.create(null)`, in this realm or another one. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const refuse = (path: Path, explanation: string): never => {
  throw new InvalidArgumentError(path.slice(0, MAX_NAMED_DEPTH + 1).join('.'), explanation);
};
