import type { EventStore, EventStoreEventDetails } from '@castore/core';

import type { OnFailure } from '../projections/failure.js';
import type { Projection } from '../projections/projection.js';

export interface ReplayOptions<EVENT_STORE extends EventStore = EventStore> {
  /** They are replayed in one reading of the tables, each going its own way. */
  projections: readonly Projection[];
  /**
   * Only the events of these event stores.
   *
   * @default all event stores of the projections
   */
  eventStores?: readonly EVENT_STORE[];
  /**
   * Each aggregate that has an event of such a type is brought up to the last of them. What precedes it in the aggregate
   * is handled first, of whatever type; what follows it waits for the stream. Other aggregates are left as they are.
   *
   * @default events of all types
   */
  eventTypes?: readonly EventStoreEventDetails<EVENT_STORE>['type'][];
  /**
   * Each aggregate that has an event from this time on (ISO 8601, inclusive) is brought up to the last of them. Older events
   * of it, if not yet done with, are handled first. To pass over what is old, for good, give `since` to a `projection`.
   */
  from?: string;
  /**
   * Each aggregate is brought up to its last event until this time (ISO 8601, inclusive: "2026-11" ends with November in UTC);
   * later ones wait for the stream.
   */
  to?: string;
  /**
   * Parts of the tables that are read at the same time, from 1 to 1,000,000. Where a replay is resumed, it keeps the
   * number it began with.
   *
   * @default 4
   */
  segments?: number;
  /**
   * Read units a second that the reading of the tables may cost, in all segments together. What projections read and write
   * comes on top.
   *
   * @default as fast as the projections work
   */
  readUnitsPerSecond?: number;
  /**
   * `false` halves the price of the reading. An event that was written in the last moments before may then be missed,
   * unless the stream brings it.
   *
   * @default true
   */
  consistentRead?: boolean;
  /**
   * Whether to go on where an earlier replay, of the same projections and with the same filters, was interrupted.
   *
   * @default true
   */
  resume?: boolean;
  /** Told after each page (1 MB of a segment). Costs a request for each table, DescribeTable, for the estimate. */
  onProgress?: (progress: ReplayProgress) => void;
  /** Ends the replay: it rejects with the signal's reason, and goes on from there when it is called again. */
  signal?: AbortSignal;
  /**
   * Told of what a projection could not do after all attempts; decides what is done. `park`: the aggregate's events wait, as
   * in a stream handler. `retry`: it is tried again, after up to 5 s, for as long as this is the decision. `stop`: the
   * replay ends with the error.
   *
   * @default an event is parked, with a warning of the process (on stderr); a request that failed ends the replay
   */
  onFailure?: OnFailure;
  /**
   * How often an event is tried before it is a failure.
   *
   * @default 5
   */
  maxAttempts?: number;
  /**
   * Aggregates that a projection with handlers works on at the same time, in each segment.
   *
   * @default 10
   */
  concurrency?: number;
}

/** How far a replay has come, its earlier attempts included. */
export interface ReplayProgress {
  /** When it began: all that was looked for and stored by then is done with, or parked, when it ends. */
  readonly startedAt: string;
  /** Events that were looked for and found. */
  readonly events: number;
  /** Items that were read, whatever they are. */
  readonly items: number;
  /** What the reading of the tables has cost. */
  readonly readUnits: number;
  readonly segments: number;
  readonly segmentsDone: number;
  /**
   * About how much has been read, from 0 to 1, going by DynamoDB's count of items, which is up to six hours old. Undefined
   * where DescribeTable is not granted.
   * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
   */
  readonly share: number | undefined;
}
