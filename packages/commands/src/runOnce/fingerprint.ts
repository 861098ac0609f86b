import { createHash } from 'node:crypto';
import { types } from 'node:util';

import { InvalidArgumentError, memberOf } from '@castore-dynamodb/commons';

/** SHA-256 of some values, in hexadecimal: the same for equal ones, in whichever order the members of an object are. */
export const hashOf = (...values: unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify(values.map(value => canonical(value, []))))
    .digest('hex');

/** Far beyond any input that came as JSON, and below what the stack holds. */
const MAX_DEPTH = 500;

/** A value in a form of which JSON is the same for equal values only. `undefined` members count as absent. */
const canonical = (value: unknown, path: readonly string[]): unknown => {
  if (path.length > MAX_DEPTH) return refuse(path, 'it is nested too deeply, or contains itself.');
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
      return value === null ? null : canonicalObject(value, path);
    default:
      return refuse(path, `a ${typeof value} cannot be compared with the next call's.`);
  }
};

/** What has no notation in JSON is an array that begins with its kind; a plain array begins with `array`. */
const canonicalObject = (value: object, path: readonly string[]): unknown => {
  if (Array.isArray(value)) {
    return ['array', ...Array.from(value, (element: unknown, index) => canonical(element, [...path, String(index)]))];
  }
  if (types.isDate(value)) return ['date', value.getTime()];
  if (ArrayBuffer.isView(value)) {
    return ['bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')];
  }
  if (types.isSet(value)) return ['set', ...sorted([...value].map(member => canonical(member, [...path, '<member>'])))];
  if (types.isMap(value)) {
    return ['map', ...sorted([...value].map(entry => canonical(entry, [...path, '<entry>'])))];
  }
  // A URL, for example, has no members of its own.
  if (typeof memberOf(value, 'toJSON') === 'function') {
    return ['json', canonical((value as { toJSON: () => unknown }).toJSON(), [...path, 'toJSON()'])];
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return ['object', ...sorted(members.map(([key, member]) => [key, canonical(member, [...path, key])]))];
};

const sorted = (values: unknown[]): string[] => values.map(value => JSON.stringify(value)).toSorted();

const refuse = (path: readonly string[], explanation: string): never => {
  throw new InvalidArgumentError(['input', ...path.slice(0, 20)].join('.'), explanation);
};
