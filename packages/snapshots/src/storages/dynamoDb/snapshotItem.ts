import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/adapter';

import type { AggregateName, Snapshot, SnapshotSeries } from '../../snapshotStorage.js';
import { FIRST_SORT_KEY, itemKey, partitionKey, sortKey } from './snapshotKey.js';

/** Attributes beside the key. None is an index's key, so snapshots are in no listing of aggregates. */
export const ATTRIBUTES = {
  version: 'snapshotVersion',
  reducerVersion: 'reducerVersion',
  takenAt: 'takenAt',
  lastEvent: 'lastEvent',
  lastEventTimestamp: 'lastEventTimestamp',
  state: 'state',
  /** Instead of the state: the key of the S3 object that holds it. */
  stateObject: 'stateObject',
} as const;

export type SnapshotItem = NonNullable<QueryCommandInput['ExclusiveStartKey']>;

/** Where an item has the snapshot's state: in itself, or in an object of S3. */
export type StoredState = { state: Uint8Array } | { stateObject: string };

export const toSnapshotItem = (snapshot: Snapshot, stored: StoredState): SnapshotItem => ({
  ...itemKey(snapshot),
  [ATTRIBUTES.version]: { N: String(snapshot.version) },
  [ATTRIBUTES.reducerVersion]: { S: snapshot.reducerVersion },
  [ATTRIBUTES.takenAt]: { S: snapshot.takenAt },
  [ATTRIBUTES.lastEvent]: { S: snapshot.lastEvent },
  ...(snapshot.lastEventTimestamp !== undefined && {
    [ATTRIBUTES.lastEventTimestamp]: { S: snapshot.lastEventTimestamp },
  }),
  ...('state' in stored
    ? { [ATTRIBUTES.state]: { B: stored.state } }
    : { [ATTRIBUTES.stateObject]: { S: stored.stateObject } }),
});

/** An item's snapshot without its state. Wrong members are noticed when the snapshot is used. */
export const fromSnapshotItem = (
  { eventStoreId, aggregateId }: AggregateName,
  item: SnapshotItem,
): Omit<Snapshot, 'state'> => ({
  eventStoreId,
  aggregateId,
  reducerVersion: item[ATTRIBUTES.reducerVersion]?.S ?? '',
  version: Number(item[ATTRIBUTES.version]?.N),
  takenAt: item[ATTRIBUTES.takenAt]?.S ?? '',
  lastEvent: item[ATTRIBUTES.lastEvent]?.S ?? '',
  ...(item[ATTRIBUTES.lastEventTimestamp] && { lastEventTimestamp: item[ATTRIBUTES.lastEventTimestamp]?.S }),
});

/**
 * The newest snapshot of a series up to a version. Strongly consistent: a snapshot that was just deleted may be one of
 * events that have changed.
 */
export const newestSnapshotQuery = (
  TableName: string,
  series: SnapshotSeries,
  maxVersion: number,
): QueryCommandInput => ({
  TableName,
  ...between(series, sortKey(series.reducerVersion, 0), sortKey(series.reducerVersion, maxVersion)),
  ConsistentRead: true,
  ScanIndexForward: false,
  Limit: 1,
});

/** The snapshots of a series before one, newest first. */
export const olderSnapshotsQuery = (TableName: string, snapshot: Snapshot): QueryCommandInput => ({
  TableName,
  ...between(snapshot, sortKey(snapshot.reducerVersion, 0), sortKey(snapshot.reducerVersion, snapshot.version - 1)),
  ProjectionExpression: KEY_AND_OBJECT,
  ScanIndexForward: false,
});

/** All snapshots of an aggregate. An event store of the layout table-per-store may have events in that partition. */
export const allSnapshotsQuery = (TableName: string, aggregate: AggregateName): QueryCommandInput => ({
  TableName,
  KeyConditionExpression: '#pk = :pk AND #sk > :from',
  ExpressionAttributeNames: NAMES,
  ExpressionAttributeValues: { ':pk': partitionKey(aggregate), ':from': FIRST_SORT_KEY },
  ProjectionExpression: `${KEY_AND_OBJECT}, ${ATTRIBUTES.version}, ${ATTRIBUTES.reducerVersion}`,
  ConsistentRead: true,
});

const NAMES = { '#pk': EVENT_TABLE_PK, '#sk': EVENT_TABLE_SK };

/** What it takes to delete one. */
const KEY_AND_OBJECT = `#pk, #sk, ${ATTRIBUTES.stateObject}`;

const between = (aggregate: AggregateName, from: ReturnType<typeof sortKey>, to: ReturnType<typeof sortKey>) => ({
  KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
  ExpressionAttributeNames: NAMES,
  ExpressionAttributeValues: { ':pk': partitionKey(aggregate), ':from': from, ':to': to },
});
