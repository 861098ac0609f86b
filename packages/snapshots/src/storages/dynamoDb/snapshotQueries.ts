import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { EVENT_TABLE_PK, EVENT_TABLE_SK } from '@castore-dynamodb/adapter';

import type { AggregateName, Snapshot, SnapshotSeries } from '../../snapshot.js';
import { ATTRIBUTES } from './snapshotItem.js';
import { partitionKey, sortKey } from './snapshotKey.js';

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
  ...upTo(series, maxVersion),
  ConsistentRead: true,
  ScanIndexForward: false,
  Limit: 1,
});

/** The snapshots of a series before one, newest first. */
export const olderSnapshotsQuery = (TableName: string, snapshot: Snapshot): QueryCommandInput => ({
  TableName,
  ...upTo(snapshot, snapshot.version - 1),
  ProjectionExpression: KEY_AND_OBJECT,
  ScanIndexForward: false,
});

/** All snapshots of an aggregate. */
export const allSnapshotsQuery = (TableName: string, aggregate: AggregateName): QueryCommandInput => ({
  TableName,
  KeyConditionExpression: '#pk = :pk',
  ExpressionAttributeNames: NAMES,
  ExpressionAttributeValues: { ':pk': partitionKey(aggregate) },
  ProjectionExpression: `${KEY_AND_OBJECT}, ${ATTRIBUTES.version}, ${ATTRIBUTES.reducerVersion}`,
  ConsistentRead: true,
});

const NAMES = { '#pk': EVENT_TABLE_PK, '#sk': EVENT_TABLE_SK };

/** What it takes to delete one. */
const KEY_AND_OBJECT = `#pk, #sk, ${ATTRIBUTES.stateObject}`;

const upTo = (series: SnapshotSeries, maxVersion: number) => ({
  KeyConditionExpression: '#pk = :pk and #sk between :from and :to',
  ExpressionAttributeNames: NAMES,
  ExpressionAttributeValues: {
    ':pk': partitionKey(series),
    ':from': sortKey(series.reducerVersion, 0),
    ':to': sortKey(series.reducerVersion, maxVersion),
  },
});
