import { memberOf } from './errors.js';

const MAX_VALUE_LENGTH = 60;
const MAX_NAME_LENGTH = 200;
const MAX_MESSAGE_LENGTH = 1000;

/** A text cut at `maxLength` UTF-16 units, between characters, with an ellipsis if something is missing. */
export const cutText = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text.toWellFormed();
  return `${text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '')}…`.toWellFormed();
};

/** What was given, for an error's message: enough to recognise it, and never more than a line of it. */
export const describeValue = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(cutText(value, MAX_VALUE_LENGTH));
    case 'object':
      return value === null ? 'null' : describeObject(value);
    case 'function':
    case 'symbol':
      return `a ${typeof value}`;
    default:
      return cutText(String(value), MAX_VALUE_LENGTH);
  }
};

const describeObject = (value: object): string => {
  try {
    if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
    return Object.prototype.toString.call(value) === '[object Date]' ? 'a Date' : 'an object';
  } catch {
    return 'an object';
  }
};

/** A description of something that was thrown. Both members are well-formed strings of bounded length. */
export interface ErrorDescription {
  /** Its name; without one, its code or its type. At most 200 characters. */
  readonly name: string;
  /** Its message, or the value itself if it is not an object. At most 1,000 characters; may be empty. */
  readonly message: string;
}

/**
 * Describes whatever was thrown: an error of any realm, a string, nothing. Never throws itself, whatever getters and
 * proxies do.
 */
export const describeError = (thrown: unknown): ErrorDescription => {
  const isObject = (typeof thrown === 'object' && thrown !== null) || typeof thrown === 'function';
  const name = isObject ? (textOf(memberOf(thrown, 'name')) ?? textOf(memberOf(thrown, 'code'))) : undefined;
  const message = isObject ? textOf(memberOf(thrown, 'message')) : textOf(thrown);
  return {
    name: cutText(name || (thrown === null ? 'null' : typeof thrown), MAX_NAME_LENGTH),
    message: cutText(message ?? '', MAX_MESSAGE_LENGTH),
  };
};

/** `name: message`, for a sentence of our own. */
export const describeErrorInWords = (thrown: unknown): string => {
  const { name, message } = describeError(thrown);
  return message === '' ? name : `${name}: ${message}`;
};

/** The same with a full stop, if something comes after it. */
export const describeErrorInASentence = (thrown: unknown): string => {
  const words = describeErrorInWords(thrown);
  return /[.!?…]$/.test(words) ? words : `${words}.`;
};

const textOf = (value: unknown): string | undefined => {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'symbol':
      return String(value);
    default:
      return undefined;
  }
};
