import type { EventStore, EventStoreAggregate, EventStoreEventDetails } from '@castore/core';

import type { Snapshots } from './snapshots.js';

export interface GetAggregateOptions {
  /** The aggregate as it was at this version. */
  maxVersion?: number | undefined;
  /**
   * The aggregate as it was at this instant: after the last event, in version order, whose timestamp is not later. Any
   * form of ISO 8601, to the millisecond; without a time zone it is UTC, and what is left out is the beginning: `2026` is
   * `2026-01-01T00:00:00.000Z`. Timestamps of events are read the same way.
   *
   * An aggregate is always made of all events up to a version. So if a clock ran backwards, and version 3 is stamped
   * earlier than version 2, the aggregate at version 3's time contains version 2 as well. An event whose timestamp is no
   * instant is never the last one. With `maxVersion` too, versions later than that are not looked at.
   *
   * Events are looked at from the newest backwards until one is old enough, so the cost grows with the number of events
   * since then.
   */
  at?: string | undefined;
}

/** The snapshot that an aggregate was loaded from. */
export interface UsedSnapshot {
  version: number;
  reducerVersion: string;
  /** When it was made, ISO 8601. */
  takenAt: string;
}

export interface AggregateWithSnapshot<EVENT_STORE extends EventStore> {
  aggregate: EventStoreAggregate<EVENT_STORE> | undefined;
  /** The events after the snapshot; all of them if none was used. */
  events: EventStoreEventDetails<EVENT_STORE>[];
  /** The last event that is in the aggregate, whether it came after the snapshot or not. */
  lastEvent: EventStoreEventDetails<EVENT_STORE> | undefined;
  /** Undefined if the aggregate was built from all of its events. */
  snapshot: UsedSnapshot | undefined;
}

export interface ExistingAggregateWithSnapshot<EVENT_STORE extends EventStore>
  extends AggregateWithSnapshot<EVENT_STORE> {
  aggregate: EventStoreAggregate<EVENT_STORE>;
  lastEvent: EventStoreEventDetails<EVENT_STORE>;
}

/** Castore's event store with aggregates from snapshots; usable wherever the event store itself is. */
export type EventStoreWithSnapshots<EVENT_STORE extends EventStore> = Pick<
  EVENT_STORE,
  Exclude<keyof EventStore, 'getAggregate' | 'getExistingAggregate'>
> & {
  /**
   * Asks for the newest fitting snapshot and the last events at once; what is missing between them is read after that.
   *
   * Usually costs two requests in one round trip: a read unit for each 4 KB of the snapshot, and for each 4 KB of the last
   * events, as many as the policy asks for. One request more if these do not reach back to the snapshot. A snapshot that
   * the policy wants is written in the background, unless the past was asked for.
   *
   * @throws InvalidArgumentError, and what reading and reducing events throws; never for a snapshot.
   */
  getAggregate: (aggregateId: string, options?: GetAggregateOptions) => Promise<AggregateWithSnapshot<EVENT_STORE>>;
  /** @throws AggregateNotFoundError if there is none (at that version or time). */
  getExistingAggregate: (
    aggregateId: string,
    options?: GetAggregateOptions,
  ) => Promise<ExistingAggregateWithSnapshot<EVENT_STORE>>;
  /** The snapshots themselves: to wait for those on their way, to build and to delete them. */
  readonly snapshots: Snapshots;
};
