import type { EventStorageAdapter, EventStoreContext, EventsQueryOptions } from '@castore/core';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import type { CreateContender } from './contender.js';
import { countingStore } from './countingStore.js';
import { createAdapter } from './ours.js';

/** Events after the snapshot: with one every 100 events, that is the average. */
const EVENTS_BEHIND = 50;

/** Our adapter with `@castore-dynamodb/snapshots`. */
export const oursWithSnapshots: CreateContender = options => {
  const { adapter, dynamoDbClient } = createAdapter(options);
  const { aggregateId, tableName } = options;
  const eventStoreOf = (eventStorageAdapter: EventStorageAdapter) =>
    withSnapshots(countingStore(eventStorageAdapter), {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
      reducerVersion: '1',
      policy: everyNEvents(100),
    });
  const eventStore = eventStoreOf(adapter);
  return {
    client: dynamoDbClient,
    // Takes the snapshot at a time when the last events were not there.
    seed: async events => {
      const earlier = eventStoreOf(upTo(adapter, events.length - EVENTS_BEHIND));
      await earlier.getAggregate(aggregateId);
      await earlier.snapshots.settled();
    },
    load: async () => (await eventStore.getAggregate(aggregateId)).aggregate?.levels,
  };
};

/** The adapter as it was when the aggregate had so many events. */
const upTo = (adapter: EventStorageAdapter, lastVersion: number): EventStorageAdapter =>
  Object.assign(Object.create(adapter) as EventStorageAdapter, {
    getEvents: (aggregateId: string, eventStore: EventStoreContext, query: EventsQueryOptions = {}) =>
      adapter.getEvents(aggregateId, eventStore, {
        ...query,
        maxVersion: Math.min(query.maxVersion ?? lastVersion, lastVersion),
      }),
  });

/** A snapshot of the very last event, as `everyNEvents(1)` leaves one at each push. */
export const oursSnapshotEachPush: CreateContender = options => {
  const { adapter, dynamoDbClient } = createAdapter(options);
  const { aggregateId, tableName } = options;
  const eventStore = withSnapshots(countingStore(adapter), {
    storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
    reducerVersion: 'each push',
    policy: everyNEvents(1),
  });
  return {
    client: dynamoDbClient,
    seed: async () => {
      await eventStore.getAggregate(aggregateId);
      await eventStore.snapshots.settled();
    },
    load: async () => (await eventStore.getAggregate(aggregateId)).aggregate?.levels,
  };
};

/** An aggregate that the process has loaded before. */
export const oursCached: CreateContender = options => {
  const { adapter, dynamoDbClient } = createAdapter(options);
  const { aggregateId } = options;
  const eventStore = withSnapshots(countingStore(adapter), { cache: { maxBytes: 10_000_000 } });
  const load = async () => (await eventStore.getAggregate(aggregateId)).aggregate?.levels;
  return { client: dynamoDbClient, seed: async () => void (await load()), load };
};
