import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { fromStoredValue, InexactValueError, itemSize, toStoredValue } from '@castore-dynamodb/adapter';

import type { CheckpointKey } from '../checkpoints/checkpointStore.js';
import { PROJECTION_TABLE_PK, PROJECTION_TABLE_SK, REVISION_KEY } from '../checkpoints/projectionTable.js';
import { UnreadableViewError, UnstorableViewError } from '../errors.js';
import { escapeProtoKeys, unescapeProtoKeys } from './protoKeys.js';

type Item = Record<string, AttributeValue>;

/** A view's members are attributes of its item, so that indexes can be made of them; these are taken. */
export const RESERVED_MEMBERS = [PROJECTION_TABLE_PK, PROJECTION_TABLE_SK, REVISION_KEY] as const;

/** Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (keys; item size). */
const MAX_PARTITION_KEY_SIZE = 2048;
const MAX_ITEM_SIZE = 400 * 1024;

/** More than the key attributes and the revision take, with their names, beside the partition key's value. */
const OVERHEAD = 64;

export const viewKey = (projection: string, key: string): CheckpointKey => ({
  partition: `${projection}#${key}`,
  sort: 'view',
});

/** @throws UnstorableViewError */
export const checkViewKey = (projection: string, key: unknown): void => {
  const refuse = (reason: string): never => {
    throw new UnstorableViewError({ projection, key: String(key) }, 'key', reason);
  };
  if (typeof key !== 'string' || key === '') refuse('expected a string that is not empty.');
  else if (!key.isWellFormed()) refuse('it holds half of a surrogate pair, which has no encoding in UTF-8.');
  else if (Buffer.byteLength(viewKey(projection, key).partition) > MAX_PARTITION_KEY_SIZE) {
    refuse(`with the projection's name it has more than ${MAX_PARTITION_KEY_SIZE} bytes.`);
  }
};

export interface EncodedView {
  readonly attributes: Item;
  /** About the bytes of the item, and not below. */
  readonly size: number;
}

/** @throws UnstorableViewError */
export const encodeView = (projection: string, key: string, view: unknown): EncodedView => {
  const refuse = (path: string, reason: string): never => {
    throw new UnstorableViewError({ projection, key }, path, reason);
  };
  const members = toMembers(view, refuse);
  const taken = RESERVED_MEMBERS.find(member => Object.hasOwn(members, member));
  if (taken !== undefined) return refuse(`view.${taken}`, 'this name is taken: call it otherwise.');
  const attributes = escapeProtoKeys(members);
  const size = itemSize(attributes) + OVERHEAD + Buffer.byteLength(viewKey(projection, key).partition);
  if (size > MAX_ITEM_SIZE) {
    return refuse('view', `its item has about ${size} bytes, DynamoDB stores ${MAX_ITEM_SIZE} at most.`);
  }
  return { attributes, size };
};

const toMembers = (view: unknown, refuse: (path: string, reason: string) => never): Item => {
  try {
    return toStoredValue(view, 'view').M ?? refuse('view', 'a view is an object, or undefined where there is none.');
  } catch (error) {
    if (error instanceof InexactValueError) return refuse(error.path, error.reason);
    throw error;
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
    if (!(error instanceof InexactValueError)) throw error;
    throw new UnreadableViewError({ projection, key }, error.path, error.reason);
  }
};
