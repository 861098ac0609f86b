import type { EventLocation } from '@castore-dynamodb/adapter';
import { CastoreDynamoDbError, cutText, hasCode } from '@castore-dynamodb/commons';

export const describeLocation = ({ eventStoreId, aggregateId, version }: EventLocation): string =>
  `version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}`;

const UNREADABLE = ['UnreadableEventError', 'InvalidEventError'];

/**
 * Whether an error says that one event cannot be read, and which: it holds a value that JavaScript cannot hold, lacks a
 * transformation, or is not what its schema says.
 */
export const isUnreadable = (error: unknown): error is Error & EventLocation =>
  UNREADABLE.some(code => hasCode(error, code));

/**
 * There is a later event of the aggregate, but none at this version, though the table was asked: it was never pushed, it
 * was deleted, or the transaction that it is part of is still under way.
 */
export class MissingEventError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'MissingEventError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;

  constructor(location: EventLocation) {
    super(
      'MissingEventError',
      `There is no event at ${describeLocation(location)}, but there are later ones. They wait for it: ` +
        'if it will never come, `retryParked` with `skip: true` goes on after it.',
    );
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
  }
}

/**
 * An event that a projection has handled was replaced by another one, at the same version: the table was restored from a
 * backup or has failed over, an event was pushed with `force`, or the aggregate was deleted and begun anew.
 */
export class RewrittenHistoryError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'RewrittenHistoryError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  /** The first version known to be another event now. */
  readonly version: number;
  /** When the event happened that is there now. */
  readonly timestamp: string;

  constructor(location: EventLocation, timestamp: string) {
    super(
      'RewrittenHistoryError',
      `There is now another event at ${describeLocation(location)} than the one that was handled. ` +
        'Replay views under a new name, so that nothing stays of what was undone; `retryParked` handles the new events ' +
        'after those that were handled before.',
    );
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
    this.timestamp = timestamp;
  }
}

/** A stream handler was called with something that is not records of a DynamoDB stream. Nothing was handled. */
export class NotAStreamEventError extends CastoreDynamoDbError {
  declare readonly code: 'NotAStreamEventError';
  /** What it was called with, as far as that can be told: `a record of "aws:sqs"`. */
  readonly received: string;

  constructor(received: string) {
    super(
      'NotAStreamEventError',
      `A stream handler takes records of a DynamoDB stream, but got ${cutText(received, 200)}. ` +
        "Call it by an event source mapping of the table's stream, or by EventBridge Pipes.",
    );
    this.received = received;
  }
}

/** A record is of a table in which no event store of any projection lies. Nothing of the batch was handled. */
export class UnknownTableError extends CastoreDynamoDbError {
  declare readonly code: 'UnknownTableError';
  readonly tableName: string;
  /** The tables of the projections' event stores. */
  readonly knownTables: readonly string[];

  constructor(tableName: string, knownTables: readonly string[]) {
    super(
      'UnknownTableError',
      `A stream record is of table ${JSON.stringify(tableName)}, in which the projections have no event store. Their tables are ` +
        `${knownTables.map(name => JSON.stringify(name)).join(', ')}. Look for a wrong table name or event source mapping. If the ` +
        "function is meant to get records of other tables too, set `otherTables: 'ignore'`.",
    );
    this.tableName = tableName;
    this.knownTables = knownTables;
  }
}

/** A table has no stream of new images, so new events cannot be read from it. */
export class StreamNotReadableError extends CastoreDynamoDbError {
  declare readonly code: 'StreamNotReadableError';
  readonly tableName: string;
  /** What the table's stream holds; undefined if there is none, or if that is not known. */
  readonly streamViewType: string | undefined;

  constructor(tableName: string, streamViewType: string | undefined) {
    super(
      'StreamNotReadableError',
      `Table ${JSON.stringify(tableName)} has ${streamViewType === undefined ? 'no stream' : `a stream of ${streamViewType}`}: ` +
        'switch one on with the view type NEW_IMAGE.',
    );
    this.tableName = tableName;
    this.streamViewType = streamViewType;
  }
}

/**
 * Records of a stream were gone before they were read, or may have been: DynamoDB keeps them for 24 hours. The events are
 * in the table: a later event of the same aggregate brings them along, and `replayEvents` all of them.
 */
export class TrimmedStreamError extends CastoreDynamoDbError {
  declare readonly code: 'TrimmedStreamError';
  readonly streamArn: string;
  readonly shardId: string;

  constructor(streamArn: string, shardId: string, options?: ErrorOptions) {
    super(
      'TrimmedStreamError',
      `Shard ${shardId} of ${streamArn} was not read for 24 hours, so records of it may be gone. ` +
        'Their events are in the table: replay them to the projections that must not miss any.',
      options,
    );
    this.streamArn = streamArn;
    this.shardId = shardId;
  }
}

/** Another process has the lock of a poller now, or may have it: the poller stops its work and waits for its turn. */
export class LostLockError extends CastoreDynamoDbError {
  declare readonly code: 'LostLockError';
  /** The poller's name. */
  readonly poller: string;

  constructor(poller: string) {
    super(
      'LostLockError',
      `Another process has taken over the work of poller ${JSON.stringify(poller)}, or may have: its lock was not renewed ` +
        'in time. It waits for its turn. If this happens often, give the process more memory and CPU, or a greater lockTimeoutMs.',
    );
    this.poller = poller;
  }
}

/** A projection's position for an aggregate is not what a projection writes: somebody else has written there. */
export class UnreadablePositionError extends CastoreDynamoDbError {
  declare readonly code: 'UnreadablePositionError';
  readonly projection: string;
  readonly eventStoreId: string;
  readonly aggregateId: string;

  constructor(place: Pick<UnreadablePositionError, 'projection' | 'eventStoreId' | 'aggregateId'>) {
    const { projection, eventStoreId, aggregateId } = place;
    super(
      'UnreadablePositionError',
      `The position of projection ${JSON.stringify(projection)} for aggregate ${JSON.stringify(aggregateId)} in event store ` +
        `${JSON.stringify(eventStoreId)} is not what a projection writes. Write {"version":<the last one that was handled>} there, ` +
        'or delete it to have all events of the aggregate handled again.',
    );
    this.projection = projection;
    this.eventStoreId = eventStoreId;
    this.aggregateId = aggregateId;
  }
}

/**
 * The place of a view: the fields that errors about one view have in common.
 *
 * @example
 * const describeView = ({ projection, key }: ViewLocation): string => `the view ${key} of ${projection}`;
 */
export interface ViewLocation {
  readonly projection: string;
  readonly key: string;
}

const describeView = ({ projection, key }: ViewLocation): string =>
  `view ${JSON.stringify(key)} of projection ${JSON.stringify(projection)}`;

/** The view that an event resulted in cannot be stored. Neither the message nor a field holds the value itself. */
export class UnstorableViewError extends CastoreDynamoDbError implements ViewLocation {
  declare readonly code: 'UnstorableViewError';
  readonly projection: string;
  readonly key: string;
  /** The value's place: `view.items[2].price`; `key` if the key itself is wrong. */
  readonly path: string;
  /** Why it cannot be stored, and what to do. */
  readonly reason: string;

  constructor(location: ViewLocation, path: string, reason: string) {
    super('UnstorableViewError', `Cannot store ${path} of ${describeView(location)}: ${reason}`);
    this.projection = location.projection;
    this.key = location.key;
    this.path = path;
    this.reason = reason;
  }
}

/** A view holds a value, written by somebody else, that JavaScript cannot hold exactly. */
export class UnreadableViewError extends CastoreDynamoDbError implements ViewLocation {
  declare readonly code: 'UnreadableViewError';
  readonly projection: string;
  readonly key: string;
  /** The value's place: `view.items[2].price`. */
  readonly path: string;

  constructor(location: ViewLocation, path: string, reason: string) {
    super('UnreadableViewError', `Cannot read ${path} of ${describeView(location)}: ${reason}`);
    this.projection = location.projection;
    this.key = location.key;
    this.path = path;
  }
}
