import { type EventStorageAdapter, EventStore, EventType, type EventTypeDetails } from '@castore/core';

/** What every event says of the commit that it is from; the event's timestamp is the author date. */
export interface FileChangePayload {
  commit: string;
  author: string;
  /** The commit's message, with `--transformations`. */
  message?: string;
  linesAdded: number;
  linesRemoved: number;
}

const fileAdded = new EventType<'FILE_ADDED', FileChangePayload>({ type: 'FILE_ADDED' });
const fileChanged = new EventType<'FILE_CHANGED', FileChangePayload>({ type: 'FILE_CHANGED' });
const fileDeleted = new EventType<'FILE_DELETED', FileChangePayload>({ type: 'FILE_DELETED' });

const eventTypes = [fileAdded, fileChanged, fileDeleted];

export type FileEvent = EventTypeDetails<typeof eventTypes>;

/** A file of the repository, from its first commit on. It stays after a deletion, and may be added again. */
export interface FileAggregate {
  /** See `aggregateIdOfPath`. */
  aggregateId: string;
  version: number;
  exists: boolean;
  lines: number;
}

export const reduceFile = (file: FileAggregate | undefined, event: FileEvent): FileAggregate => ({
  aggregateId: event.aggregateId,
  version: event.version,
  exists: event.type !== 'FILE_DELETED',
  lines: (file?.lines ?? 0) + event.payload.linesAdded - event.payload.linesRemoved,
});

export const createFileEventStore = (eventStorageAdapter: EventStorageAdapter) =>
  new EventStore({ eventStoreId: 'FILES', eventTypes, reducer: reduceFile, eventStorageAdapter });

export type FileEventStore = ReturnType<typeof createFileEventStore>;
