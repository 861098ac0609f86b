/** What happened to an aggregate, for a policy to decide on. */
export type SnapshotOccasion = PushOccasion | LoadOccasion;

export interface PushOccasion {
  readonly trigger: 'push';
  readonly aggregateId: string;
  /** Of the event that was pushed. */
  readonly version: number;
}

export interface LoadOccasion {
  readonly trigger: 'load';
  readonly aggregateId: string;
  /** Of the last event. */
  readonly version: number;
  /** How many events came after the snapshot that was used, or in all where there was none. */
  readonly events: number;
  /** What reading those events cost, in read units of 4 KB; estimated from their content. */
  readonly readUnits: number;
}

/**
 * Says whether a snapshot is worth its price. Asked after every push, and after every load of an aggregate's present.
 * It must not throw.
 */
export interface SnapshotPolicy {
  (occasion: SnapshotOccasion): boolean;
  /**
   * How many of the last events a load asks for together with the snapshot, as a number or as what they may cost. Where
   * they reach back to the snapshot, the load takes one round trip.
   *
   * @default 100 events
   */
  readonly tail?: TailLength;
}

export type TailLength = { readonly events: number } | { readonly readUnits: number };
