import type { Aggregate, EventDetail, EventStore } from '@castore/core';

import { SnapshotIgnoredError } from '../errors.js';
import type { Snapshot } from '../snapshotStorage.js';
import { fingerprint } from '../state/fingerprint.js';
import type { LoadedAggregate } from './loadedAggregate.js';

/** Of a snapshot, or of a state in memory: which event was the last one in it. */
export type StateOrigin = Pick<
  Snapshot,
  'eventStoreId' | 'aggregateId' | 'version' | 'lastEvent' | 'takenAt' | 'subjects'
>;

/**
 * Folds the events after a state into it.
 *
 * @param events from the state's own last event on. That is always read again: it shows that the state is one of this very
 * history, and it is the last event if none came after it.
 * @throws SnapshotIgnoredError if it is not, or if the reducer throws, which it may do for the state's sake.
 */
export const foldInto = (
  eventStore: EventStore,
  origin: StateOrigin,
  state: Aggregate,
  [own, ...events]: EventDetail[],
): LoadedAggregate => {
  if (own === undefined || own.version !== origin.version || fingerprint(own) !== origin.lastEvent) {
    throw new SnapshotIgnoredError(own === undefined ? 'ahead-of-events' : 'other-events', origin);
  }
  try {
    const aggregate = eventStore.buildAggregate(events, state);
    return { aggregate, events, lastEvent: events.at(-1) ?? own, snapshot: origin };
  } catch (cause) {
    throw new SnapshotIgnoredError('wrong-shape', origin, { cause });
  }
};
