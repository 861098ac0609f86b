import type { Put } from '@aws-sdk/client-dynamodb';

import type { AggregateName, Snapshot, SnapshotSeries } from './snapshot.js';

/** Which snapshots of an aggregate are meant; every one where nothing is said. */
export interface SnapshotSelection {
  /** Those of this version and later ones. */
  minVersion?: number;
  /** Those of every reducer version but this one. */
  exceptReducerVersion?: string;
}

/** Where snapshots are kept. What it does not find, or cannot give, is built from the events. */
export interface SnapshotStorage {
  /** The newest snapshot of a series, at `maxVersion` or before it where that is given. */
  getSnapshot(series: SnapshotSeries, maxVersion?: number): Promise<Snapshot | undefined>;
  /** Keeps a snapshot. It never takes the place of a newer one, and replaces one of the same version. */
  putSnapshot(snapshot: Snapshot): Promise<void>;
  /** @returns how many were deleted. */
  deleteSnapshots(aggregate: AggregateName, selection?: SnapshotSelection): Promise<number>;
}

/** A storage whose writes can be part of the transaction that writes events. */
export interface TransactionalSnapshotStorage extends SnapshotStorage {
  /** What to put for a snapshot; `applyRetention` is called when that is done. */
  toPut(snapshot: Snapshot): Promise<Put>;
  /** Deletes what is not to be kept any longer, now that a snapshot is stored. */
  applyRetention(snapshot: Snapshot): Promise<void>;
}
