import { types } from 'node:util';

import type { FormerEvent } from '@castore-dynamodb/adapter';
import type { ValuePath } from '@castore-dynamodb/commons';

/** A stored event in two ways: as whoever has its keys reads it, and as everybody does. */
export interface StoredContent {
  readonly opened: unknown;
  /** Without what is encrypted, and with what is read in place of forgotten values. */
  readonly hidden: readonly unknown[];
}

/**
 * Where a redacted event would have in clear what was encrypted of it, or what an upcaster has made of that. Whatever can be
 * read of the event without a key may stay in clear.
 */
export const nowInClear = (clear: unknown, { opened, hidden }: StoredContent, former: FormerEvent): ValuePath[] => {
  const secrets = leavesOf([opened, former.upcast(opened as object)]);
  const known = leavesOf([...hidden, ...hidden.map(content => upcastIfPossible(former, content))]);
  return [...leavesOf(clear)].filter(([leaf]) => secrets.has(leaf) && !known.has(leaf)).map(([, path]) => path);
};

/** An upcaster may not expect forgotten values: then less is taken for what everybody can read. */
const upcastIfPossible = (former: FormerEvent, content: unknown): unknown => {
  try {
    return former.upcast(content as object);
  } catch {
    return undefined;
  }
};

/** The values that are neither objects nor arrays, and where one of each is; not those that say nothing. */
const leavesOf = (
  value: unknown,
  path: ValuePath = [],
  leaves = new Map<string, ValuePath>(),
): Map<string, ValuePath> => {
  if (types.isUint8Array(value)) {
    leaves.set(`bytes ${Buffer.from(value).toString('base64')}`, path);
  } else if (typeof value === 'object' && value !== null) {
    for (const [step, member] of membersOf(value))
      leavesOf(member, step === undefined ? path : [...path, step], leaves);
  } else {
    const leaf = describeLeaf(value);
    if (leaf !== undefined) leaves.set(leaf, path);
  }
  return leaves;
};

const membersOf = (value: object): Iterable<readonly [string | number | undefined, unknown]> => {
  if (Array.isArray(value)) return value.entries();
  return types.isSet(value) ? [...value].map(element => [undefined, element] as const) : Object.entries(value);
};

const describeLeaf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : `text ${value}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `number ${value}`;
  return typeof value === 'boolean' ? String(value) : undefined;
};
