import type { EventStore } from '@castore/core';
import { type StoredEvents, storedEventsOf } from '@castore-dynamodb/adapter';
import {
  checkFunction,
  checkList,
  checkPositiveNumber,
  checkString,
  InvalidArgumentError,
  memberOf,
  refuse,
} from '@castore-dynamodb/commons';

/**
 * Where snapshots are kept: the storages of `@castore-dynamodb/snapshots`, or one of your own.
 *
 * @example
 * const snapshots: DeletesSnapshots = { deleteSnapshots: async ({ aggregateId }) => deleteFiles(aggregateId) };
 * await deleteAggregate(pokemons, 'pikachu-1', { snapshots });
 */
export interface DeletesSnapshots {
  deleteSnapshots(aggregate: { readonly eventStoreId: string; readonly aggregateId: string }): Promise<number>;
}

export interface StoredEventsOptions {
  /**
   * Where else snapshots of the aggregates are kept. Those of an event store that `withSnapshots` made, and those in the event
   * table itself, are found without it.
   */
  snapshots?: DeletesSnapshots | readonly DeletesSnapshots[] | undefined;
  /**
   * Your projections: the answer names those of this event store, which have to be rebuilt.
   *
   * @default none: the answer says that nobody said which there are
   */
  projections?:
    | readonly { readonly name: string; readonly eventStoreIds?: readonly string[] | undefined }[]
    | undefined;
  /** Bounds what is read, together with what else is read in this call. @default no bound */
  readUnitsPerSecond?: number | undefined;
  /** Bounds what is written and deleted. @default no bound */
  writeUnitsPerSecond?: number | undefined;
}

export const STORED_OPTIONS = {
  snapshots: true,
  projections: true,
  readUnitsPerSecond: true,
  writeUnitsPerSecond: true,
} as const;

/** @throws InvalidArgumentError */
export const checkStoredOptions = (options: StoredEventsOptions): void => {
  const { snapshots = [], projections = [], readUnitsPerSecond, writeUnitsPerSecond } = options;
  for (const storage of [snapshots].flat() as unknown[]) {
    if (typeof memberOf(storage, 'deleteSnapshots') === 'function') continue;
    refuse('options.snapshots', 'a snapshot storage, or an array of them', storage);
  }
  if (!Array.isArray(projections)) refuse('options.projections', 'an array of projections', projections);
  projections.forEach((projection, index) => {
    const place = `options.projections[${index}]`;
    checkString(memberOf(projection, 'name'), `${place}.name`);
    const eventStoreIds = memberOf(projection, 'eventStoreIds');
    if (eventStoreIds !== undefined) checkList(eventStoreIds, `${place}.eventStoreIds`, "event store's id");
  });
  if (readUnitsPerSecond !== undefined) checkPositiveNumber(readUnitsPerSecond, 'options.readUnitsPerSecond');
  if (writeUnitsPerSecond !== undefined) checkPositiveNumber(writeUnitsPerSecond, 'options.writeUnitsPerSecond');
};

const MAX_REASON_SIZE = 1000;

/** It is kept on every item, so it is short. @throws InvalidArgumentError */
export const checkReason = (reason: unknown): void => {
  checkString(reason, 'options.reason');
  const size = Buffer.byteLength(reason as string);
  if (size <= MAX_REASON_SIZE) return;
  throw new InvalidArgumentError(
    'options.reason',
    `it has ${size} bytes, and each item keeps it. Give ${MAX_REASON_SIZE} at most.`,
  );
};

export const checkProgressCallback = (onProgress: unknown): void => {
  if (onProgress !== undefined) checkFunction(onProgress, 'options.onProgress');
};

/**
 * The items of an event store.
 *
 * @throws InvalidArgumentError if it is none, or is not connected to an adapter of `@castore-dynamodb/adapter`
 */
export const storedEventsIn = (
  eventStore: Pick<EventStore, 'eventStoreId' | 'getEventStorageAdapter'>,
): StoredEvents => {
  if (typeof memberOf(eventStore, 'getEventStorageAdapter') !== 'function') {
    refuse('eventStore', 'an EventStore of Castore', eventStore);
  }
  const stored = storedEventsOf(eventStore.getEventStorageAdapter(), eventStore.eventStoreId);
  if (stored !== undefined) return stored;
  throw new InvalidArgumentError(
    'eventStore',
    `${JSON.stringify(eventStore.eventStoreId)} has no adapter of @castore-dynamodb/adapter, so its table is not known.`,
  );
};
