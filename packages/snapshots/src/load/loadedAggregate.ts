import type { Aggregate, EventDetail } from '@castore/core';
import { checkOptions, type OptionNames } from '@castore-dynamodb/commons';

import type { Snapshot } from '../snapshotStorage.js';

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
   * The last events are looked at first, then some before them. If that does not reach back to the instant, and reading
   * all events would cost more, it is found by bisection: a read of one event for each halving, about 16 of 50,000. That is
   * exact if no event is stamped more than a minute earlier than one before it. If any event that is read on the way shows
   * that one is, all events since the instant are read.
   */
  at?: string | undefined;
}

const OPTIONS: OptionNames<GetAggregateOptions> = { maxVersion: true, at: true };

/** @throws InvalidArgumentError; the values are checked where they are used. */
export const checkGetAggregateOptions = (options: GetAggregateOptions): void =>
  checkOptions(options, 'options', OPTIONS);

export const isOfThePast = ({ maxVersion, at }: GetAggregateOptions): boolean =>
  maxVersion !== undefined || at !== undefined;

/** An aggregate, and what it was made of. */
export interface LoadedAggregate {
  readonly aggregate: Aggregate | undefined;
  /** Those after the snapshot; all of them if none was used. */
  readonly events: EventDetail[];
  readonly lastEvent: EventDetail | undefined;
  /** Or a state in memory. */
  readonly snapshot: Pick<Snapshot, 'version' | 'takenAt' | 'subjects'> | undefined;
}

export const NOTHING: LoadedAggregate = { aggregate: undefined, events: [], lastEvent: undefined, snapshot: undefined };
