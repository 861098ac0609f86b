import type { EventStore } from '@castore/core';
import { UnreadableEventError } from '@castore-dynamodb/adapter';

import type { SeenAggregate } from '../aggregates/seenAggregate.js';
import type { CheckpointStore } from '../checkpoints/checkpointStore.js';
import { MissingEventError } from '../errors/index.js';

/** Under which conditions a projector works. */
export interface ProjectorRun {
  /** Whether the events come from a replay. */
  readonly replay: boolean;
  /** Aggregates that are worked on at the same time, where the projector can. */
  readonly concurrency: number;
  /** Asked before each piece of work: where it is false, the projector stops as soon as it can. */
  readonly hasTime: () => boolean;
}

export type SetbackCause =
  | { readonly kind: 'out-of-time' }
  /** It is not about the event: a request failed, another writer was always first. */
  | { readonly kind: 'passing'; readonly error: unknown }
  /** It is about the event: it cannot be handled, cannot be read, or is not there. */
  | { readonly kind: 'event'; readonly error: unknown };

/** What kept a projector from an event, by the error that came of reading or writing. */
export const causeOf = (error: unknown): SetbackCause => ({
  kind: error instanceof MissingEventError || error instanceof UnreadableEventError ? 'event' : 'passing',
  error,
});

/** Why a projector did not come to an aggregate's latest event. */
export interface Setback {
  readonly aggregate: SeenAggregate;
  /** The version that it did not get past: the events before it are done with. */
  readonly version: number;
  readonly cause: SetbackCause;
}

/** What is behind a projection: it knows what to do with the events, the rest is the same for all of them. */
export interface Projector {
  readonly name: string;
  readonly eventStores: readonly EventStore[];
  readonly checkpoints: CheckpointStore;
  /**
   * Handles the events of the aggregates, of each in version order and from its position on, up to the latest that was
   * seen. Parked aggregates are left as they are. What it returns are the aggregates that it did not bring there; where
   * it throws, it may be any of them, for a passing reason.
   */
  project(aggregates: readonly SeenAggregate[], run: ProjectorRun): Promise<Setback[]>;
}
