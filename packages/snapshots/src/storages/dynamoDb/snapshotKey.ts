import { createHash } from 'node:crypto';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/adapter';

import type { AggregateName, Snapshot, SnapshotSeries } from '../../snapshot.js';

/**
 * Where snapshots lie in a table that may hold events as well.
 *
 * All snapshots of an aggregate share a partition. In a single table its key begins with the `#` that ends an event
 * store's id elsewhere, so it is no event store's. In a table of one event store any key may be an aggregate's, so there
 * the sort key alone has to tell snapshots from events, for whatever adapter: it is a number that no JavaScript number or
 * bigint equals. No event can be written there, and no snapshot read as one.
 */
const PREFIX = '#snapshots#';

/** More than any version, so that the snapshots of each reducer version have a range of their own. */
const RANGE = 10n ** 16n;

/** Makes a sort key of more than 2^53 no integer either. */
const FRACTION = '.5';

/** In bytes. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (partition keys). */
const MAX_PARTITION_KEY_SIZE = 2048;

/** An id may have as many bytes as a key; then a hash stands for it, behind an event store's id that none has. */
export const partitionKey = ({ eventStoreId, aggregateId }: AggregateName): AttributeValue.SMember => {
  const key = `${PREFIX}${encodeURIComponent(eventStoreId)}#${aggregateId}`;
  if (Buffer.byteLength(key) <= MAX_PARTITION_KEY_SIZE) return { S: key };
  return { S: `${PREFIX}#${createHash('sha256').update(key).digest('base64url')}` };
};

/** Two reducer versions share a range once in 2^48 times: then they see each other's snapshots, and use neither's. */
const rangeOf = (reducerVersion: string): bigint =>
  BigInt(createHash('sha256').update(reducerVersion).digest().readUIntBE(0, 6) + 1) * RANGE;

export const sortKey = (reducerVersion: string, version: number): AttributeValue.NMember => ({
  N: `${rangeOf(reducerVersion) + BigInt(version)}${FRACTION}`,
});

export const itemKey = (
  snapshot: Pick<Snapshot, keyof SnapshotSeries | 'version'>,
): Record<string, AttributeValue> => ({
  [EVENT_TABLE_PK]: partitionKey(snapshot),
  [EVENT_TABLE_SK]: sortKey(snapshot.reducerVersion, snapshot.version),
});
