import { createHash } from 'node:crypto';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/adapter';
import { fitKey, MAX_PARTITION_KEY_SIZE } from '@castore-dynamodb/commons';

import type { AggregateName, Snapshot, SnapshotSeries } from '../../snapshotStorage.js';

/**
 * Where snapshots lie in a table that may hold events as well.
 *
 * All snapshots of an aggregate share a partition. In a single table its key begins with the `#` that ends an event
 * store's id elsewhere, so it is no event store's. In a table of one event store any key may be an aggregate's, so
 * there the sort key alone has to distinguish snapshots from events, for every adapter. It is a number that no
 * JavaScript number or bigint equals, and larger than any version. So no event can be written there, and no snapshot is
 * read as an event.
 */
const PREFIX = '#snapshots#';

/** More than any version, so that the snapshots of each reducer version have a range of their own. */
const RANGE = 10n ** 16n;

/** Makes a sort key of more than 2^53 no integer either. */
const FRACTION = '.5';

/** Below every snapshot's sort key, and above every event's. */
export const FIRST_SORT_KEY: AttributeValue.NMember = { N: String(RANGE) };

/** An id may have as many bytes as a key; then a hash stands for it, after an event store's id that none has. */
export const partitionKey = ({ eventStoreId, aggregateId }: AggregateName): AttributeValue.SMember => ({
  S: fitKey(PREFIX, `${encodeURIComponent(eventStoreId)}#${aggregateId}`, MAX_PARTITION_KEY_SIZE, '#'),
});

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
