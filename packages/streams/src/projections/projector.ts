import type { EventStore } from '@castore/core';
import { hasCode } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { CheckpointKey, CheckpointStore } from '../checkpoints/checkpointStore.js';
import { isUnreadable } from '../errors.js';

/** Under which conditions a projector works. */
export interface ProjectorRun {
  /** Whether the events come from a replay. */
  readonly replay: boolean;
  /** Aggregates that are worked on at the same time, by a projector that can. */
  readonly concurrency: number;
  /** Asked before each piece of work: if it is false, the projector stops as soon as it can. */
  readonly hasTime: () => boolean;
}

export type Cause =
  | { readonly kind: 'out-of-time' }
  /** It is not about the event: a request failed, another writer was always first. */
  | { readonly kind: 'passing'; readonly error: unknown }
  /** It is about the event: it cannot be handled, cannot be read, or is not there. */
  | { readonly kind: 'event'; readonly error: unknown };

const ABOUT_THE_EVENT = ['MissingEventError', 'RewrittenHistoryError'];

/** What kept a projector from an event, by the error that came of reading or writing. */
export const causeOf = (error: unknown): Cause => ({
  kind: isUnreadable(error) || ABOUT_THE_EVENT.some(code => hasCode(error, code)) ? 'event' : 'passing',
  error,
});

const passing = new WeakMap<object, unknown>();

/** What a handler of ours throws if a request of its own failed: that is not about the event. */
export const passingFailure = (error: unknown): object => {
  const failure = {};
  passing.set(failure, error);
  return failure;
};

/** What kept a projector from an event, by what its handler threw. That may be a proxy, of which nothing can be asked. */
export const causeOfThrown = (thrown: unknown): Cause =>
  passing.has(thrown as object)
    ? { kind: 'passing', error: passing.get(thrown as object) }
    : { kind: 'event', error: thrown };

/** An aggregate that a projector did not bring up to its latest event. */
export interface Unfinished {
  readonly aggregate: PendingAggregate;
  /** The version that it did not get past: the events before it are handled. 0 if its position is not known. */
  readonly version: number;
  readonly cause: Cause;
}

export const outOfTime = (aggregate: PendingAggregate): Unfinished => ({
  aggregate,
  version: 0,
  cause: { kind: 'out-of-time' },
});

/** The internals of a projection: what it does with events. The rest is the same for all projections. */
export interface Projector {
  readonly name: string;
  readonly eventStores: readonly EventStore[];
  readonly checkpoints: CheckpointStore;
  /** Where the position of an aggregate lies in `checkpoints`. */
  positionKey(aggregate: Pick<PendingAggregate, 'eventStore' | 'aggregateId'>): CheckpointKey;
  /**
   * Handles the events of the aggregates, of each in version order and from its position on, up to its latest. Parked
   * aggregates are left as they are. Returns the aggregates that it did not bring there; if it throws, that may be any of
   * them, for a passing reason.
   */
  project(aggregates: readonly PendingAggregate[], run: ProjectorRun): Promise<Unfinished[]>;
}
