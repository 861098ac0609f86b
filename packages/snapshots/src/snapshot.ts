export interface AggregateName {
  readonly eventStoreId: string;
  readonly aggregateId: string;
}

/** The snapshots of one aggregate that one reducer version has made: no other version of the reducer reads them. */
export interface SnapshotSeries extends AggregateName {
  readonly reducerVersion: string;
}

/** An aggregate as it was at a version, ready to be stored. */
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
  /** The aggregate, encoded; only `withSnapshots` looks into it. */
  readonly state: Uint8Array;
}
