import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDbSnapshotStorage,
  type EventStoreWithSnapshots,
  everyNEvents,
  InMemorySnapshotStorage,
  withSnapshots,
} from '@castore-dynamodb/snapshots';

import type { FileEventStore } from './fileEventStore.js';

/** Few enough for a repository of some hundred commits to show what they are good for. */
const EVENTS_OF_A_SNAPSHOT = 5;

/** To be changed with `reduceFile`. */
const REDUCER_VERSION = '1';

export type FileEventStoreWithSnapshots = EventStoreWithSnapshots<FileEventStore>;

/** The event store with snapshots, which lie in the event table too. */
export const withFileSnapshots = (
  fileEventStore: FileEventStore,
  tableName: string,
  dynamoDbClient: DynamoDBClient,
): FileEventStoreWithSnapshots =>
  withSnapshots(fileEventStore, {
    storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
    reducerVersion: REDUCER_VERSION,
    policy: everyNEvents(EVENTS_OF_A_SNAPSHOT),
  });

/** The event store without snapshots, that can look at the past all the same: all events are read at once. */
export const withoutFileSnapshots = (fileEventStore: FileEventStore): FileEventStoreWithSnapshots =>
  withSnapshots(fileEventStore, {
    storage: new InMemorySnapshotStorage(),
    reducerVersion: REDUCER_VERSION,
    policy: Object.assign(() => false, { tail: { events: Number.MAX_SAFE_INTEGER } }),
  });
