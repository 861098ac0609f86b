import { CastoreDynamoDbError, describeErrorInASentence } from '@castore-dynamodb/commons';

import type { AggregateName } from './snapshotStorage.js';

/**
 * What `onSnapshotError` gets.
 *
 * @example
 * const logged = withSnapshots(pokemons, {
 *   storage: new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient }),
 *   reducerVersion: '1',
 *   onSnapshotError: (error: SnapshotError) => console.warn(error.code, error.message),
 * });
 */
export type SnapshotError = SnapshotFailedError | SnapshotIgnoredError;

/**
 * @example
 * const isReadFromEvents = (operation: SnapshotOperation): boolean => operation === 'read';
 */
export type SnapshotOperation = 'read' | 'write' | 'delete';

const describeAggregate = ({ eventStoreId, aggregateId }: AggregateName): string =>
  `aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}`;

/** A snapshot could not be read, written or deleted; `cause` is what was thrown. */
export class SnapshotFailedError extends CastoreDynamoDbError {
  declare readonly code: 'SnapshotFailedError';
  readonly operation: SnapshotOperation;
  readonly eventStoreId: string;
  readonly aggregateId: string;

  constructor(operation: SnapshotOperation, aggregate: AggregateName, consequence: string, cause: unknown) {
    const reason = describeErrorInASentence(cause);
    super(
      'SnapshotFailedError',
      `Could not ${operation} a snapshot of ${describeAggregate(aggregate)}: ${reason} ${consequence}`.trim(),
      { cause },
    );
    this.operation = operation;
    this.eventStoreId = aggregate.eventStoreId;
    this.aggregateId = aggregate.aggregateId;
  }
}

const EXPLANATIONS = {
  'ahead-of-events': 'the aggregate has no such event, as after its table was restored; the snapshot is deleted.',
  'other-events': 'the event at its version is not the one that the snapshot was made from.',
  'not-asked-for': 'the storage returned one of another aggregate, of another reducer version, or of a later version.',
  unreadable: 'it cannot be decoded.',
  'forgotten-subject': 'it holds data of a subject that was forgotten, and cannot be decrypted.',
  'wrong-shape': 'hasShape refused it, or the reducer threw for it.',
} as const;

/**
 * @example
 * const isSurprising = (reason: SnapshotIgnoredReason): boolean => reason === 'unreadable' || reason === 'wrong-shape';
 */
export type SnapshotIgnoredReason = keyof typeof EXPLANATIONS;

/** A snapshot was found and not used: the aggregate was built from its events. */
export class SnapshotIgnoredError extends CastoreDynamoDbError {
  declare readonly code: 'SnapshotIgnoredError';
  readonly reason: SnapshotIgnoredReason;
  readonly eventStoreId: string;
  readonly aggregateId: string;
  /** The snapshot's. */
  readonly version: number;

  constructor(reason: SnapshotIgnoredReason, snapshot: AggregateName & { version: number }, options?: ErrorOptions) {
    super(
      'SnapshotIgnoredError',
      `Did not use the snapshot at version ${snapshot.version} of ${describeAggregate(snapshot)}: ${EXPLANATIONS[reason]}`,
      options,
    );
    this.reason = reason;
    this.eventStoreId = snapshot.eventStoreId;
    this.aggregateId = snapshot.aggregateId;
    this.version = snapshot.version;
  }
}

/** A snapshot is larger than a DynamoDB item can be, and its storage has no overflow; or than all of the cache. */
export class SnapshotTooLargeError extends CastoreDynamoDbError {
  declare readonly code: 'SnapshotTooLargeError';
  /** Of the item, attribute names included, or of the state in memory; in bytes. */
  readonly size: number;
  /** The largest item that DynamoDB stores, or the cache's `maxBytes`. */
  readonly limit: number;

  constructor(size: number, limit: number, place: 'item' | 'cache' = 'item') {
    super(
      'SnapshotTooLargeError',
      place === 'item'
        ? `Its item would have ${size} bytes, and DynamoDB stores ${limit} at most. Give the storage an overflow to S3.`
        : `It would take ${size} bytes of memory, and the whole cache may take ${limit}. Raise cache.maxBytes.`,
    );
    this.size = size;
    this.limit = limit;
  }
}

/** An aggregate holds something that would not come back from a snapshot as it is; no snapshot of it was written. */
export class UnstorableStateError extends CastoreDynamoDbError {
  declare readonly code: 'UnstorableStateError';
  /** Where in the aggregate: `moves[2].learnedAt`; empty for the aggregate itself. */
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(
      'UnstorableStateError',
      `Cannot store ${path === '' ? 'the aggregate' : path}: ${reason} Give serialize and deserialize to say how.`,
    );
    this.path = path;
    this.reason = reason;
  }
}

/**
 * An aggregate lacks a version before its last one. Another writer may still store that event, and a snapshot would not
 * contain it, so none was written.
 */
export class IncompleteHistoryError extends CastoreDynamoDbError {
  declare readonly code: 'IncompleteHistoryError';
  /** The version that is missing. */
  readonly version: number;

  constructor(version: number) {
    super(
      'IncompleteHistoryError',
      `There is no event at version ${version}, and one might still be stored. The adapter's option gapless prevents that.`,
    );
    this.version = version;
  }
}

/**
 * The adapter of an event store encrypts, and one of the events of an aggregate does not say whose it is: something between
 * the adapter and the snapshots makes new events of them. No snapshot of it was written, since `forget` would not reach it.
 */
export class UnprotectedStateError extends CastoreDynamoDbError {
  declare readonly code: 'UnprotectedStateError';
  /** The event's version. */
  readonly version: number;

  constructor(version: number) {
    super(
      'UnprotectedStateError',
      `The event at version ${version} does not say whose it is. Pass on the adapter's events themselves, not copies of them.`,
    );
    this.version = version;
  }
}

/** Snapshots of too many aggregates were being written at the same time; this one was left out. */
export class TooManySnapshotsError extends CastoreDynamoDbError {
  declare readonly code: 'TooManySnapshotsError';
  /** The number of aggregates whose snapshots are written at the same time at most. */
  readonly limit: number;

  constructor(limit: number) {
    super(
      'TooManySnapshotsError',
      `Snapshots of ${limit} other aggregates are still being written. Look for a slow storage, or choose a policy that takes fewer.`,
    );
    this.limit = limit;
  }
}

/** Node takes no error of another realm, as Jest gives one to its tests: what the error says is the warning then. */
export const warnOf = (error: SnapshotError): void => {
  try {
    process.emitWarning(error);
  } catch {
    process.emitWarning(error.message, { type: error.name, code: error.code });
  }
};
