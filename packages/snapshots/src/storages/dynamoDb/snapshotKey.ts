import { createHash } from 'node:crypto';

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/adapter';
import { FIRST_SNAPSHOT_SORT_KEY, SNAPSHOT_RANGE, snapshotPartitionKey } from '@castore-dynamodb/commons';

import type { AggregateName, Snapshot, SnapshotSeries } from '../../snapshotStorage.js';

/** Makes a sort key of more than 2^53 no integer either. */
const FRACTION = '.5';

export const FIRST_SORT_KEY: AttributeValue.NMember = { N: FIRST_SNAPSHOT_SORT_KEY };

export const partitionKey = ({ eventStoreId, aggregateId }: AggregateName): AttributeValue.SMember => ({
  S: snapshotPartitionKey(eventStoreId, aggregateId),
});

/** Two reducer versions share a range once in 2^48 times: then they see each other's snapshots, and use neither's. */
const rangeOf = (reducerVersion: string): bigint =>
  BigInt(createHash('sha256').update(reducerVersion).digest().readUIntBE(0, 6) + 1) * SNAPSHOT_RANGE;

export const sortKey = (reducerVersion: string, version: number): AttributeValue.NMember => ({
  N: `${rangeOf(reducerVersion) + BigInt(version)}${FRACTION}`,
});

export const itemKey = (
  snapshot: Pick<Snapshot, keyof SnapshotSeries | 'version'>,
): Record<string, AttributeValue> => ({
  [EVENT_TABLE_PK]: partitionKey(snapshot),
  [EVENT_TABLE_SK]: sortKey(snapshot.reducerVersion, snapshot.version),
});
