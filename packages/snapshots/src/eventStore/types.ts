import type { EventStore, EventStoreAggregate, EventStoreEventDetails } from '@castore/core';

import type { GetAggregateOptions } from '../load/loadedAggregate.js';
import type { Snapshots } from './snapshots.js';

/** The snapshot, or the state in memory, that an aggregate was loaded from. */
export interface UsedSnapshot {
  version: number;
  /** The empty string if none was given, which is possible without a storage. */
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

/**
 * @example
 * const { aggregate, lastEvent, snapshot } = await hotPokemons.getExistingAggregate('pikachu-1');
 * console.log(aggregate.version, lastEvent.timestamp, snapshot?.version);
 */
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
   * Asks for the newest fitting snapshot and the last events at once. If events between them are missing, it reads
   * those after that.
   *
   * Usually costs two requests in one round trip: a read unit for each 4 KB of the snapshot, and for each 4 KB of the last
   * events, as many as the policy asks for. One request more if these do not reach back to the snapshot. A snapshot that
   * the policy wants is written in the background, unless the past was asked for.
   *
   * With `cache`, an aggregate that this event store has loaded before costs one request: a read unit for each 4 KB of its
   * last event and of those that are new.
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
