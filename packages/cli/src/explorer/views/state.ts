import type { EventDetail } from '@castore/core';
import { isObject } from '@castore-dynamodb/commons';

import { differencesBetween } from '../../state/differences.js';
import { shownState } from '../../state/plainState.js';
import type { Change, StateAtVersion } from '../api.js';
import type { ExploredStore, Explorer } from '../explorer.js';

/** How an aggregate was before a version, and what that version made of it. */
interface Steps {
  readonly before: unknown;
  readonly state: unknown;
  readonly hasEvent: boolean;
  readonly snapshotVersion?: number | undefined;
}

/** The aggregate at a version, and how that differs from the version before. */
export const stateAt = async (
  explorer: Explorer,
  eventStoreId: string,
  aggregateId: string,
  version: number,
): Promise<StateAtVersion> => {
  const store = await explorer.store(eventStoreId);
  const { isRedacted } = explorer.options;
  const show = (state: unknown): unknown => shownState(state, isRedacted);
  const { before, state, hasEvent, snapshotVersion } = store.isConfigured
    ? await reduce(store, aggregateId, version, show)
    : await fold(store, eventStoreId, aggregateId, version, show);
  return {
    version,
    hasEvent,
    by: store.isConfigured ? 'reducer' : 'payloads',
    state,
    before,
    difference: differenceBetween(before, state),
    ...(snapshotVersion !== undefined && { snapshotVersion }),
  };
};

/** So many are listed; a state that changed in more members is better read as a whole. */
const MAX_CHANGES = 1000;

/** How a state in exact JSON differs from the one before. */
const differenceBetween = (before: unknown, after: unknown): Change[] => {
  const changes: Change[] = [];
  for (const change of differencesBetween(before, after)) {
    if (changes.push(change) === MAX_CHANGES) break;
  }
  return changes;
};

/**
 * By the configuration's reducer, from a snapshot if the event store has one. Asked for the past, which never takes a snapshot.
 */
const reduce = async (
  { eventStore, stored }: ExploredStore,
  aggregateId: string,
  version: number,
  show: (state: unknown) => unknown,
): Promise<Steps> => {
  const loading =
    version === 1 ? { aggregate: undefined } : eventStore.getAggregate(aggregateId, { maxVersion: version - 1 });
  const [loaded, { events }] = await Promise.all([
    loading,
    stored.read(aggregateId, { minVersion: version, maxVersion: version }),
  ]);
  const { aggregate } = loaded;
  // Shown first, since a reducer may change it in place.
  const before = show(aggregate);
  const [event] = await Promise.all(events.map(each => stored.decode(each)));
  const state = event === undefined ? before : show(eventStore.buildAggregate([event], aggregate));
  const { snapshot } = loaded as { snapshot?: { version: number } };
  return { before, state, hasEvent: event !== undefined, snapshotVersion: snapshot?.version };
};

interface Streaming {
  streamEvents(
    aggregateId: string,
    context: { eventStoreId: string },
    options: { maxVersion: number },
  ): AsyncIterable<EventDetail>;
}

/** Without a reducer: the members of all payloads, later ones over earlier ones. */
const fold = async (
  { eventStore }: ExploredStore,
  eventStoreId: string,
  aggregateId: string,
  version: number,
  show: (state: unknown) => unknown,
): Promise<Steps> => {
  const adapter = eventStore.getEventStorageAdapter() as unknown as Streaming;
  const members = new Map<string, unknown>();
  const folded = (): unknown => (members.size === 0 ? undefined : show(Object.fromEntries(members)));
  let before: unknown;
  let hasEvent = false;
  for await (const { version: at, payload } of adapter.streamEvents(
    aggregateId,
    { eventStoreId },
    { maxVersion: version },
  )) {
    if (at === version) {
      before = folded();
      hasEvent = true;
    }
    if (isObject(payload)) for (const [name, value] of Object.entries(payload)) members.set(name, value);
    else if (payload !== undefined) members.set('payload', payload);
  }
  const state = folded();
  return { before: hasEvent ? before : state, state, hasEvent };
};
