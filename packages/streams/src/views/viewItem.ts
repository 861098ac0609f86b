import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { fromStoredValue, type InexactValueError, itemSize, toStoredValue } from '@castore-dynamodb/adapter';
import {
  fitKey,
  hasCode,
  InvalidArgumentError,
  MAX_ITEM_SIZE,
  MAX_PARTITION_KEY_SIZE,
} from '@castore-dynamodb/commons';
import {
  PROJECTION_TABLE_NO_VIEW_KEY,
  PROJECTION_TABLE_PK,
  PROJECTION_TABLE_POSITION_KEY,
  PROJECTION_TABLE_REVISION_KEY,
  PROJECTION_TABLE_SK,
} from '@castore-dynamodb/table';

import type { CheckpointKey } from '../checkpoints/checkpointStore.js';
import { ifRevision, itemKey, newRevision, revisionOf } from '../checkpoints/dynamoDbCheckpointStore.js';
import type { Item } from '../checkpoints/tableRequests.js';
import { UnreadableViewError, UnstorableViewError } from '../errors.js';

/** A view's members are attributes of its item, so that indexes can be made of them; these are taken. */
export const RESERVED_MEMBERS = [
  PROJECTION_TABLE_PK,
  PROJECTION_TABLE_SK,
  PROJECTION_TABLE_REVISION_KEY,
  PROJECTION_TABLE_POSITION_KEY,
  PROJECTION_TABLE_NO_VIEW_KEY,
] as const;

/** More than the key attributes and the revision take, with their names, beside the partition key's value. */
const OVERHEAD = 64;

/** More than a position takes, with its name. */
const POSITION_OVERHEAD = 256;

/** Begins the hash of what is too long for a key, which an aggregate's id may be. A text that begins so is hashed too. */
const HASH_MARK = 'sha256:';

export const viewKey = (projection: string, key: string): CheckpointKey => {
  const maxSize = key.startsWith(HASH_MARK) ? 0 : MAX_PARTITION_KEY_SIZE;
  return { partition: fitKey(`${projection}#`, key, maxSize, HASH_MARK), sort: VIEW_SORT_KEY };
};

export const VIEW_SORT_KEY = 'view';

/** @throws UnstorableViewError */
export const checkViewKey = (projection: string, key: unknown, isOwn: boolean): void => {
  const refuse = (reason: string): never => {
    throw new UnstorableViewError({ projection, key: typeof key === 'string' ? key : typeof key }, 'key', reason);
  };
  if (typeof key !== 'string' || key === '') refuse('expected a string that is not empty.');
  else if (!key.isWellFormed()) refuse('it has half of a surrogate pair, which has no encoding in UTF-8.');
  else if (!isOwn && Buffer.byteLength(`${projection}#${key}`) > MAX_PARTITION_KEY_SIZE) {
    refuse(`with the projection's name it has more than ${MAX_PARTITION_KEY_SIZE} bytes.`);
  }
};

export interface EncodedView {
  readonly attributes: Item;
  /** About the bytes of the item, and not below. */
  readonly size: number;
}

/** @throws UnstorableViewError */
export const encodeView = (projection: string, key: string, view: unknown, isOwn: boolean): EncodedView => {
  const refuse = (path: string, reason: string): never => {
    throw new UnstorableViewError({ projection, key }, path, reason);
  };
  const members = toMembers(view, refuse);
  const taken = RESERVED_MEMBERS.find(member => Object.hasOwn(members, member));
  if (taken !== undefined) return refuse(`view.${taken}`, 'this name is taken: choose another.');
  const attributes = escapeProtoKeys(members);
  const overhead = OVERHEAD + (isOwn ? POSITION_OVERHEAD : 0);
  const size = itemSize(attributes) + overhead + Buffer.byteLength(viewKey(projection, key).partition);
  if (size > MAX_ITEM_SIZE) {
    return refuse('view', `its item has about ${size} bytes; DynamoDB stores ${MAX_ITEM_SIZE} at most.`);
  }
  return { attributes, size };
};

const toMembers = (view: unknown, refuse: (path: string, reason: string) => never): Item => {
  try {
    return toStoredValue(view, 'view').M ?? refuse('view', 'a view is an object, or undefined if there is none.');
  } catch (error) {
    if (!hasCode(error, 'InexactValueError')) throw error;
    const { path, reason } = error as InexactValueError;
    return refuse(path, reason);
  }
};

/**
 * The view in an item, as it was before it was stored.
 *
 * @throws UnreadableViewError
 */
export const decodeView = (projection: string, key: string, item: Item): unknown => {
  const members = Object.entries(item).filter(([name]) => !(RESERVED_MEMBERS as readonly string[]).includes(name));
  try {
    return fromStoredValue({ M: unescapeProtoKeys(Object.fromEntries(members)) }, 'view');
  } catch (error) {
    if (!hasCode(error, 'InexactValueError')) throw error;
    const { path, reason } = error as InexactValueError;
    throw new UnreadableViewError({ projection, key }, path, reason);
  }
};

/** Whether there is a view in an item: what is beside a position may be none. */
export const hasView = (item: Item | undefined): boolean =>
  item !== undefined && item[PROJECTION_TABLE_NO_VIEW_KEY] === undefined;

/**
 * Views of aggregates of their own hold the position; other projections do not look for it there, and would apply events
 * again.
 *
 * @throws InvalidArgumentError
 */
export const checkHasNoPosition = (projection: string, key: string, item: Item | undefined): void => {
  if (item?.[PROJECTION_TABLE_POSITION_KEY] !== undefined) refuseOtherKey(projection, key, 'with');
};

/** The position in the view of an aggregate. @throws InvalidArgumentError if there is none. */
export const positionIn = (projection: string, key: string, item: Item): string =>
  item[PROJECTION_TABLE_POSITION_KEY]?.S ?? refuseOtherKey(projection, key, 'without');

const refuseOtherKey = (projection: string, key: string, how: 'with' | 'without'): never => {
  throw new InvalidArgumentError(
    'key',
    `view ${JSON.stringify(key)} of projection ${JSON.stringify(projection)} was written ${how} \`key: 'aggregateId'\`. ` +
      'With another key it is another projection, so give it another name.',
  );
};

/** The write of a view that fails if somebody else has written it since it was read. */
export const viewWrite = (
  tableName: string,
  projection: string,
  key: string,
  view: EncodedView | undefined,
  stored: Item | undefined,
): TransactWriteItem => {
  const Key = itemKey(viewKey(projection, key));
  const condition = ifRevision(revisionOf(stored));
  // If there was no view and is none, the condition alone is what matters: that there still is none.
  if (view === undefined) return { Delete: { TableName: tableName, Key, ...condition } };
  return {
    Put: {
      TableName: tableName,
      Item: { ...view.attributes, ...Key, [PROJECTION_TABLE_REVISION_KEY]: { S: newRevision() } },
      ...condition,
    },
  };
};

/**
 * The AWS SDK loses members named `__proto__`, as it writes them and as it reads them. In a view they are named
 * `___proto__`, that is `____proto__`, and so on: each has one underscore more than it has in the view.
 */
const escapeProtoKeys = (members: Item): Item =>
  renameKeys(members, key => (/^_*__proto__$/.test(key) ? `_${key}` : key));

const unescapeProtoKeys = (members: Item): Item =>
  renameKeys(members, key => (/^_*___proto__$/.test(key) ? key.slice(1) : key));

const renameKeys = (members: Item, rename: (key: string) => string): Item => {
  const renamed: Item = {};
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
