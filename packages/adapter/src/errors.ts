import { type EventAlreadyExistsError, type EventDetail, eventAlreadyExistsErrorCode } from '@castore/core';
import { CastoreDynamoDbError, hasCode, MAX_ITEM_SIZE } from '@castore-dynamodb/commons';

import { describePath, EventError, type EventLocation } from './eventError.js';

export {
  CastoreDynamoDbError,
  DeadlineExceededError,
  IncompleteAnswerError,
  InvalidArgumentError,
} from '@castore-dynamodb/commons';

export type { EventLocation } from './eventError.js';

/**
 * A conflict: another writer stored an event at this version first. Nothing of the refused push was written.
 *
 * Castore's `isEventAlreadyExistsError` recognises it, and its `Command` retries on it: read the aggregate again
 * and decide anew.
 */
export class DynamoDbEventAlreadyExistsError extends EventError implements EventAlreadyExistsError {
  declare readonly code: typeof eventAlreadyExistsErrorCode;
  /**
   * The event that won. Not enumerable, so that loggers which print an error's members do not print a payload.
   * Undefined if the conflict was with a write that was still under way after all retries, or if the stored item cannot
   * be read (`cause` then says why).
   */
  declare readonly winningEvent: EventDetail | undefined;

  constructor(location: EventLocation, winningEvent: EventDetail | undefined, options?: ErrorOptions) {
    super(
      eventAlreadyExistsErrorCode,
      location,
      [
        'There is an event already at',
        'read the aggregate again and decide again, as a Castore Command does by itself.',
      ],
      undefined,
      options,
    );
    Object.defineProperty(this, 'winningEvent', { value: winningEvent, enumerable: false });
  }
}

/** A `gapless` adapter refused an event, because the version before it is not there. Nothing was written. */
export class VersionGapError extends EventError {
  declare readonly code: 'VersionGapError';

  constructor(location: EventLocation) {
    super('VersionGapError', location, [
      'Cannot store',
      `there is no version ${location.version - 1}. Read the aggregate and push the version after its last one.`,
    ]);
  }
}

/**
 * An event was refused before any request was sent, because its item would be larger than DynamoDB stores; or, with
 * transformations that make events smaller, because it is larger than they take.
 */
export class EventTooLargeError extends EventError {
  declare readonly code: 'EventTooLargeError';
  /** The item's size in bytes, attribute names included; of one above 4 MiB, at least that. */
  declare readonly size: number;
  /** The largest that is taken, in bytes: what DynamoDB stores, or what the adapter's transformations take. */
  declare readonly limit: number;

  constructor(location: EventLocation, size: number, limit: number) {
    super(
      'EventTooLargeError',
      location,
      [
        'Cannot store',
        `it has ${size} bytes, and ${limit === MAX_ITEM_SIZE ? 'DynamoDB stores' : "the adapter's transformations take"} ${limit} at most. ` +
          'Keep large content in S3, as largeEvents of @castore-dynamodb/events does up to its maxSize.',
      ],
      { size, limit },
    );
  }
}

/**
 * An event was refused before any request was sent, because DynamoDB could not keep one of its values exactly.
 * Neither the message nor a field holds the value itself.
 */
export class UnstorableValueError extends EventError {
  declare readonly code: 'UnstorableValueError';
  /** The value's place in the event: `payload.items[2].price`. */
  declare readonly path: string;
  /** Why it cannot be stored, and what to do. */
  declare readonly reason: string;

  constructor(location: EventLocation, path: string, reason: string) {
    super('UnstorableValueError', location, [`Cannot store ${describePath(path)} of`, reason], { path, reason });
  }
}

/**
 * A stored item, written by somebody else, holds a value that JavaScript cannot hold exactly; or this reader lacks a
 * transformation that it was stored with.
 * The other events of the aggregate stay readable: leave this one out with `minVersion` and `maxVersion`.
 */
export class UnreadableEventError extends EventError {
  declare readonly code: 'UnreadableEventError';
  /** The value's place in the event: `payload.items[2].price`; `encoding` if a transformation is missing. */
  declare readonly path: string;

  constructor(location: EventLocation, path: string, reason: string, options?: ErrorOptions) {
    super('UnreadableEventError', location, [`Cannot read ${describePath(path)} of`, reason], { path }, options);
  }
}

/** An event was to be read at once, and one of its transformations has to wait for something (a key, an object in S3). */
export class AsynchronousTransformationError extends EventError {
  declare readonly code: 'AsynchronousTransformationError';
  declare readonly transformation: string;

  constructor(location: EventLocation, transformation: string) {
    super(
      'AsynchronousTransformationError',
      location,
      [
        'Cannot read at once',
        `the transformation ${JSON.stringify(transformation)} works asynchronously. Read it with ImageParser's parseRecords or with getEvents.`,
      ],
      { transformation },
    );
  }
}

/**
 * Whether an error is an `UnreadableEventError`, of whatever copy of this package threw it.
 *
 * @example
 * try {
 *   await pokemons.getEvents('pikachu-1');
 * } catch (error) {
 *   if (!isUnreadableEventError(error)) throw error;
 *   console.error(`Version ${error.version} of ${error.aggregateId} cannot be read: ${error.path}`);
 * }
 */
export const isUnreadableEventError = (error: unknown): error is UnreadableEventError =>
  hasCode(error, 'UnreadableEventError');

/** A value cannot be stored so that it comes back as it is, or read as it was stored. */
export class InexactValueError extends CastoreDynamoDbError {
  declare readonly code: 'InexactValueError';
  /** The value's place, from the name that was given: `view.items[2].price`. */
  declare readonly path: string;
  /** Why, and what to do. */
  declare readonly reason: string;

  constructor(path: string, reason: string) {
    super('InexactValueError', `Cannot convert ${describePath(path)} exactly: ${reason}`, undefined, { path, reason });
  }
}

/**
 * Whether an error is an `InexactValueError`, of whatever copy of this package threw it.
 *
 * @example
 * try {
 *   toStoredValue({ level: Number.NaN }, 'state');
 * } catch (error) {
 *   if (isInexactValueError(error)) console.error(error.path, error.reason);
 * }
 */
export const isInexactValueError = (error: unknown): error is InexactValueError => hasCode(error, 'InexactValueError');

/** What is wrong with a refused event group. */
export type InvalidEventGroupReason =
  | 'different-accounts-or-regions'
  | 'different-timestamps'
  | 'duplicate-event'
  | 'foreign-adapter'
  | 'missing-context'
  | 'no-events'
  | 'not-a-grouped-event'
  | 'too-large'
  | 'too-many-events';

/** An event group was refused before any event was written. */
export class InvalidEventGroupError extends CastoreDynamoDbError {
  declare readonly code: 'InvalidEventGroupError';
  declare readonly reason: InvalidEventGroupReason;
  /** The offending event's position in the group, from 0; undefined if the group as a whole is wrong. */
  declare readonly eventIndex: number | undefined;

  constructor(reason: InvalidEventGroupReason, explanation: string, eventIndex?: number) {
    const place = eventIndex === undefined ? '' : `, event at index ${eventIndex}`;
    super('InvalidEventGroupError', `Invalid event group${place}: ${explanation}`, undefined, { reason, eventIndex });
  }
}

/** A page token was refused: `listAggregateIds` of this event store did not return it, or it was altered. */
export class InvalidPageTokenError extends CastoreDynamoDbError {
  declare readonly code: 'InvalidPageTokenError';

  constructor(explanation: string, options?: ErrorOptions) {
    super(
      'InvalidPageTokenError',
      `Invalid page token: ${explanation} Pass nextPageToken back as it came, or list from the first page.`,
      options,
    );
  }
}

/** One way in which a deployed table is not the event table that an adapter expects. */
export interface EventTableDifference {
  /** What differs: `partition key`, `index initialEvents, projection`. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

/** A table of that name exists, but an adapter could not use it. The table was left as it is. */
export class EventTableMismatchError extends CastoreDynamoDbError {
  declare readonly code: 'EventTableMismatchError';
  declare readonly tableName: string;
  declare readonly differences: readonly EventTableDifference[];

  constructor(tableName: string, layout: string, differences: readonly EventTableDifference[]) {
    const list = differences.map(({ what, expected, actual }) => `${what} is ${actual} instead of ${expected}`);
    super(
      'EventTableMismatchError',
      `Table ${JSON.stringify(tableName)} exists, but is not an event table of layout ${layout}: ${list.join('; ')}. ` +
        'Choose another table name or layout.',
      undefined,
      { tableName, differences },
    );
  }
}

/**
 * An event with a member named `__proto__` was refused before any request was sent, because the installed version of
 * `@aws-sdk/client-dynamodb` makes its requests in a way that this package does not know, and might leave the member
 * out.
 */
export class UnsupportedSdkError extends CastoreDynamoDbError {
  declare readonly code: 'UnsupportedSdkError';

  constructor(cause: unknown) {
    super(
      'UnsupportedSdkError',
      'This version of @aws-sdk/client-dynamodb might lose the member "__proto__". Nothing was sent. ' +
        'Please report the version to castore-dynamodb.',
      { cause },
    );
  }
}
