import type { EventStore, EventStoreEventDetails } from '@castore/core';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkOptions,
  checkPositiveNumber,
  checkSignal,
  type OptionNames,
} from '@castore-dynamodb/commons';

import { checkEventStores } from '../checks.js';
import { type EventFilter, parseEventFilter } from '../eventFilter.js';
import type { OnFailure } from '../projections/failure.js';
import { checkProjections, PROJECTOR, type Projection } from '../projections/projection.js';
import type { OnParked } from '../projections/reportParked.js';

export interface ReplayOptions<EVENT_STORE extends EventStore = EventStore> {
  /** The tables are read once for all of them; each projection handles the events independently. */
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
   * Each aggregate that has an event from this instant on is brought up to the last of them. Older events of it, if not yet
   * handled, are handled first. To pass over what is old, for good, give `since` to a `projection`.
   *
   * Instants are in ISO 8601, inclusive. Without a time zone they are UTC; what is left out is the beginning: `2026-11` is
   * the first moment of November. An event whose own timestamp is no instant is looked for in any case.
   */
  from?: string;
  /** Each aggregate is brought up to its last event until this instant; later ones wait for the stream. */
  to?: string;
  /**
   * Parts of the tables that are read at the same time, from 1 to 1,000,000. A replay that is resumed keeps the number that
   * it began with.
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
   * Whether to go on where an earlier replay, of the same projections and with the same filters, was interrupted, however
   * long ago. What was stored since it began is then left to the stream, as in any replay. If it began more than 24 hours
   * ago, the stream does not have all of that any more, and a warning of the process says so: begin anew, with `false`,
   * unless a stream handler or poller has been at work meanwhile.
   *
   * @default true
   */
  resume?: boolean;
  /**
   * Called after each page (1 MB of a segment). What it throws becomes a warning of the process. Costs a request for each
   * table, DescribeTable, for the estimate.
   */
  onProgress?: (progress: ReplayProgress) => void;
  /** Ends the replay: it rejects with the signal's reason, and goes on from there when it is called again. */
  signal?: AbortSignal;
  /**
   * Gets each failure of a projection after all attempts; decides what is done. `park`: the aggregate's events wait, as
   * in a stream handler. `retry`: it is tried again, after up to 5 s, for as long as `onFailure` decides so. `stop`:
   * the replay ends with the error.
   *
   * @default an event is parked, with a warning of the process (on stderr); a request that failed ends the replay
   */
  onFailure?: OnFailure;
  /** Gets each aggregate that was parked. */
  onParked?: OnParked;
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
  /** When it began: all that was looked for and stored by then is handled, or parked, when it ends. */
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
   * if DescribeTable is not granted.
   * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
   */
  readonly share: number | undefined;
}

const OPTIONS = {
  projections: true,
  eventStores: true,
  eventTypes: true,
  from: true,
  to: true,
  segments: true,
  readUnitsPerSecond: true,
  consistentRead: true,
  resume: true,
  onProgress: true,
  signal: true,
  onFailure: true,
  onParked: true,
  maxAttempts: true,
  concurrency: true,
} satisfies OptionNames<ReplayOptions>;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html (TotalSegments). */
const MAX_SEGMENTS = 1_000_000;

/** The events that are looked for. @throws InvalidArgumentError */
export const parseReplayOptions = (options: ReplayOptions): EventFilter => {
  checkOptions(options, '', OPTIONS);
  checkProjections(options.projections);
  if (options.eventStores !== undefined) checkOwnEventStores(options.projections, options.eventStores);
  for (const [argument, check] of Object.entries(CHECKS)) {
    const value: unknown = options[argument as keyof typeof CHECKS];
    if (value !== undefined) check(value, argument);
  }
  return parseEventFilter(options);
};

const CHECKS = {
  segments: (value: unknown, argument: string) => checkInteger(value, argument, 1, MAX_SEGMENTS),
  readUnitsPerSecond: checkPositiveNumber,
  consistentRead: checkBoolean,
  resume: checkBoolean,
  onProgress: checkFunction,
  signal: checkSignal,
  onFailure: checkFunction,
  onParked: checkFunction,
  maxAttempts: (value: unknown, argument: string) => checkInteger(value, argument),
  concurrency: (value: unknown, argument: string) => checkInteger(value, argument),
};

const checkOwnEventStores = (projections: ReplayOptions['projections'], eventStores: readonly EventStore[]): void => {
  checkEventStores(eventStores);
  const known = new Set(
    projections.flatMap(each => each[PROJECTOR].eventStores).map(({ eventStoreId }) => eventStoreId),
  );
  for (const { eventStoreId } of eventStores) {
    if (known.has(eventStoreId)) continue;
    throw new InvalidArgumentError(
      'eventStores',
      `none of the projections has event store ${JSON.stringify(eventStoreId)}.`,
    );
  }
};
