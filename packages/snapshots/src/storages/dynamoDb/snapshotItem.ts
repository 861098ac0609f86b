import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import type { AggregateName, Snapshot } from '../../snapshot.js';
import { itemKey } from './snapshotKey.js';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (items). */
export const MAX_ITEM_SIZE = 400 * 1024;

/** Attributes beside the key. None is an index's key, so snapshots are in no listing of aggregates. */
export const ATTRIBUTES = {
  version: 'snapshotVersion',
  reducerVersion: 'reducerVersion',
  takenAt: 'takenAt',
  lastEvent: 'lastEvent',
  state: 'state',
  /** Instead of the state: the key of the S3 object that holds it. */
  stateObject: 'stateObject',
} as const;

export type SnapshotItem = Record<string, AttributeValue>;

/** What an item holds but the key: the state itself, or where it is. */
export type StoredState = { state: Uint8Array } | { stateObject: string };

export const toSnapshotItem = (snapshot: Snapshot, stored: StoredState): SnapshotItem => ({
  ...itemKey(snapshot),
  [ATTRIBUTES.version]: { N: String(snapshot.version) },
  [ATTRIBUTES.reducerVersion]: { S: snapshot.reducerVersion },
  [ATTRIBUTES.takenAt]: { S: snapshot.takenAt },
  [ATTRIBUTES.lastEvent]: { S: snapshot.lastEvent },
  ...('state' in stored
    ? { [ATTRIBUTES.state]: { B: stored.state } }
    : { [ATTRIBUTES.stateObject]: { S: stored.stateObject } }),
});

/** An item's snapshot but for its state; what is not as it should be shows when the state is read. */
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
});
