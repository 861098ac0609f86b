import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Members = Record<string, AttributeValue>;

/**
 * The AWS SDK loses members named `__proto__`, as it writes them and as it reads them. In a view they are named
 * `___proto__`, that is `____proto__`, and so on: each has one underscore more than it has in the view.
 */
export const escapeProtoKeys = (members: Members): Members =>
  renameKeys(members, key => (/^_*__proto__$/.test(key) ? `_${key}` : key));

export const unescapeProtoKeys = (members: Members): Members =>
  renameKeys(members, key => (/^_*___proto__$/.test(key) ? key.slice(1) : key));

const renameKeys = (members: Members, rename: (key: string) => string): Members => {
  const renamed: Members = {};
  for (const [key, value] of Object.entries(members)) {
    Object.defineProperty(renamed, rename(key), {
      value: renameWithin(value, rename),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return renamed;
};

const renameWithin = (value: AttributeValue, rename: (key: string) => string): AttributeValue => {
  if (value.M !== undefined) return { M: renameKeys(value.M, rename) };
  if (value.L !== undefined) return { L: value.L.map(element => renameWithin(element, rename)) };
  return value;
};
