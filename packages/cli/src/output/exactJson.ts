import { types } from 'node:util';

/*
 * JSON knows no bytes, no sets and no integers beyond 2^53. Each is an object with one key that begins with a dollar sign;
 * objects of an event whose only key begins so get another dollar sign before it. What is read back equals what was written.
 */
const BYTES = '$bytes';
const SET = '$set';
const BIGINT = '$bigint';

/** The names of these members. Of a stored number that JavaScript cannot hold there is the text. */
export const EXACT = { bytes: BYTES, set: SET, bigint: BIGINT, number: '$number' } as const;

/** A stored value, or an event, as one line of JSON that keeps every value exactly. */
export const toExactJson = (value: unknown): string => JSON.stringify(encode(value));

/** @throws SyntaxError for what is no JSON, or not of this form */
export const fromExactJson = (json: string): unknown => decode(JSON.parse(json));

const encode = (value: unknown): unknown => {
  if (typeof value === 'bigint') return { [BIGINT]: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (types.isUint8Array(value)) return { [BYTES]: Buffer.from(value).toString('base64') };
  if (types.isSet(value)) return { [SET]: [...value].map(encode) };
  if (Array.isArray(value)) return value.map(encode);
  const entries = Object.entries(value).map(([key, each]) => [key, encode(each)] as const);
  // `fromEntries` makes a member of `__proto__` too.
  return Object.fromEntries(isTagged(entries) ? entries.map(([key, each]) => [`$${key}`, each]) : entries);
};

export const isTagged = (entries: readonly (readonly [string, unknown])[]): boolean =>
  entries.length === 1 && entries[0]?.[0].startsWith('$') === true;

const decode = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  const entries = Object.entries(value);
  const [[key, content] = ['', undefined]] = entries;
  if (!isTagged(entries)) return Object.fromEntries(entries.map(([name, each]) => [name, decode(each)]));
  if (key.startsWith('$$')) return Object.fromEntries([[key.slice(1), decode(content)]]);
  return decodeTagged(key, content);
};

const decodeTagged = (key: string, content: unknown): unknown => {
  if (key === BIGINT && typeof content === 'string' && /^-?\d+$/.test(content)) return BigInt(content);
  if (key === BYTES && typeof content === 'string') return bytesOf(content);
  if (key === SET && Array.isArray(content)) return new Set(content.map(decode));
  throw new SyntaxError(`Unknown value ${JSON.stringify(key)}: expected $bytes, $set or $bigint.`);
};

/** Node itself passes over whatever is no base64. */
export const bytesOf = (base64: string): Uint8Array => {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64)
    throw new SyntaxError('Unknown value in "$bytes": expected base64, padded with =.');
  return new Uint8Array(bytes);
};
