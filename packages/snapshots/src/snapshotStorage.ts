import type { Put } from '@aws-sdk/client-dynamodb';

import type { AggregateName, Snapshot, SnapshotSeries } from './snapshot.js';

/** Which snapshots of an aggregate are meant; without any member all of them. */
export interface SnapshotSelection {
  /** Those of this version and later ones. */
  minVersion?: number | undefined;
  /** Those of this version and earlier ones. */
  maxVersion?: number | undefined;
  /** Those of every reducer version but this one. */
  exceptReducerVersion?: string | undefined;
}

/**
 * Where snapshots are kept. If it does not find a snapshot, or fails, the aggregate is built from its events. Each call is
 * given up after a time: 10 s for `getSnapshot`, 60 s for the others.
 */
export interface SnapshotStorage {
  /** The newest snapshot of a series; with `maxVersion`, the newest one at that version or before it. */
  getSnapshot(series: SnapshotSeries, maxVersion?: number): Promise<Snapshot | undefined>;
  /** Keeps a snapshot. It never takes the place of a newer one, and replaces one of the same version. */
  putSnapshot(snapshot: Snapshot): Promise<void>;
  /**
   * Deletes what is selected, and nothing else. It must fail if it is not sure that all of that is gone: a push with
   * `force` relies on it.
   *
   * @returns how many were deleted.
   */
  deleteSnapshots(aggregate: AggregateName, selection?: SnapshotSelection): Promise<number>;
}

/** A storage whose writes can be part of the transaction that writes events. */
export interface TransactionalSnapshotStorage extends SnapshotStorage {
  /** What to put for a snapshot; `applyRetention` is called when the transaction is done. */
  toPut(snapshot: Snapshot): Promise<Put>;
  /** Deletes what is not to be kept any longer, now that a snapshot is stored. */
  applyRetention(snapshot: Snapshot): Promise<void>;
}
