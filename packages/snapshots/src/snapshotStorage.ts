import type { Put } from '@aws-sdk/client-dynamodb';

/**
 * @example
 * const aggregate: AggregateName = { eventStoreId: 'POKEMONS', aggregateId: 'pikachu-1' };
 * const deletedSnapshots = await storage.deleteSnapshots(aggregate);
 */
export interface AggregateName {
  readonly eventStoreId: string;
  readonly aggregateId: string;
}

/**
 * The snapshots of one aggregate that one reducer version has made: no other version of the reducer reads them.
 *
 * @example
 * const snapshot = await storage.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId: 'pikachu-1', reducerVersion: '1' });
 */
export interface SnapshotSeries extends AggregateName {
  readonly reducerVersion: string;
}

/**
 * An aggregate as it was at a version, ready to be stored.
 *
 * @example
 * const ageInMs = ({ takenAt }: Snapshot): number => Date.now() - Date.parse(takenAt);
 */
export interface Snapshot extends SnapshotSeries {
  /** Version of the last event that is in it. */
  readonly version: number;
  /** When it was made, ISO 8601. */
  readonly takenAt: string;
  /**
   * A fingerprint of the last event. If that event is no longer there, or is another one, the aggregate has another
   * history now, and the snapshot is not used.
   */
  readonly lastEvent: string;
  /**
   * Whose data it holds, if its events are encrypted: hashes of the subjects' ids. When one of them is forgotten, it cannot be
   * read any more. `state` has them too: a storage need not keep them.
   */
  readonly subjects?: readonly string[] | undefined;
  /**
   * The last event's timestamp, for loads of an instant: they need not look further back than to a snapshot that is not
   * later. Undefined if it was not kept.
   */
  readonly lastEventTimestamp?: string | undefined;
  /** The aggregate, encoded; only `withSnapshots` looks into it. */
  readonly state: Uint8Array;
}

/**
 * Which snapshots of an aggregate are meant; without any member all of them.
 *
 * @example
 * await storage.deleteSnapshots({ eventStoreId: 'POKEMONS', aggregateId: 'pikachu-1' }, { maxVersion: 100 });
 */
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
 *
 * @example
 * class CountedSnapshots extends InMemorySnapshotStorage implements SnapshotStorage {
 *   reads = 0;
 *
 *   override async getSnapshot(series: SnapshotSeries, maxVersion?: number): Promise<Snapshot | undefined> {
 *     this.reads += 1;
 *     return super.getSnapshot(series, maxVersion);
 *   }
 * }
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
  /** After a snapshot was stored: deletes those that need not be kept any longer. */
  applyRetention(snapshot: Snapshot): Promise<void>;
}
