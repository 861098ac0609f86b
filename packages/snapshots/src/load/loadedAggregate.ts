import type { Aggregate, EventDetail } from '@castore/core';

import type { Snapshot } from '../snapshot.js';

/** An aggregate, and what it was made of. */
export interface LoadedAggregate {
  readonly aggregate: Aggregate | undefined;
  /** Those after the snapshot; all of them if none was used. */
  readonly events: EventDetail[];
  readonly lastEvent: EventDetail | undefined;
  readonly snapshot: Snapshot | undefined;
}

export const NOTHING: LoadedAggregate = { aggregate: undefined, events: [], lastEvent: undefined, snapshot: undefined };
