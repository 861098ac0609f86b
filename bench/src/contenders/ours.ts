import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventStorageAdapter, EventStoreContext, EventsQueryOptions } from '@castore/core';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import { EVENT_STORE_ID } from '../data/events.js';
import type { ContenderOptions, CreateContender } from './contender.js';
import { countingStore } from './countingStore.js';

const context = { eventStoreId: EVENT_STORE_ID };

const createAdapter = ({ config, tableName }: ContenderOptions) => {
  const dynamoDbClient = new DynamoDBClient(config);
  return { dynamoDbClient, adapter: new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }) };
};

export const ours: CreateContender = options => {
  const { adapter, dynamoDbClient } = createAdapter(options);
  const eventStore = countingStore(adapter);
  return {
    client: dynamoDbClient,
    read: async onFirst => {
      const { events } = await adapter.getEvents(options.aggregateId, context);
      onFirst();
      return events;
    },
    load: async () => (await eventStore.getAggregate(options.aggregateId)).aggregate?.levels,
    push: async event => void (await adapter.pushEvent(event, context)),
  };
};

/** Our `streamEvents`, of whose events nothing is kept. */
export const oursStreaming: CreateContender = options => {
  const { adapter } = createAdapter(options);
  return {
    read: async onFirst => {
      for await (const { version } of adapter.streamEvents(options.aggregateId, context)) if (version === 1) onFirst();
      return [];
    },
  };
};

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
