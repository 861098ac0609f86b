import type { EventLocation } from '@castore-dynamodb/adapter';
import { CastoreDynamoDbError, cutText, describeErrorInWords, isNamed } from '@castore-dynamodb/commons';

/**
 * One thing that is wrong with an event.
 *
 * @example
 * const describeIssue = ({ path, message }: EventIssue): string => `${path.map(String).join('.')}: ${message}`;
 */
export interface EventIssue {
  /** Where: `['payload', 'items', 2, 'price']`. */
  readonly path: readonly PropertyKey[];
  /** What the schema's library says. It may quote the value. */
  readonly message: string;
}

/** An event is not what its schema says: pushed, so that nothing was sent; or stored, if reads are validated. */
export class InvalidEventError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'InvalidEventError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /** The event's type. */
  readonly type: string;
  readonly issues: readonly EventIssue[];

  /** The message has the paths, and none of the libraries' messages, which may quote a payload. */
  constructor(location: EventLocation, type: string, issues: readonly EventIssue[]) {
    const paths = [...new Set(issues.map(({ path }) => path.map(String).join('.')))];
    super(
      'InvalidEventError',
      `Version ${location.version} of aggregate ${JSON.stringify(location.aggregateId)} in event store ${JSON.stringify(location.eventStoreId)} ` +
        `is not a valid ${JSON.stringify(type)}: ${cutText(paths.join(', '), 400)}. See its issues.`,
    );
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
    this.type = type;
    this.issues = issues;
  }
}

/**
 * A function that a transformation was given failed for an event that was pushed: a schema, or `subjectOf`. Nothing was
 * stored. `cause` is what it threw, unchanged; the message has nothing of it, as it may quote a payload.
 */
export class EventTransformationError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'EventTransformationError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /** What failed: `options.subjectOf of encryption`, `the schema of "POKEMON_CAUGHT"`. */
  readonly what: string;

  constructor({ eventStoreId, aggregateId, version }: EventLocation, what: string, cause: unknown) {
    super(
      'EventTransformationError',
      `Cannot store version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}: ` +
        `${what} failed. See its cause.`,
      { cause },
    );
    this.eventStoreId = eventStoreId;
    this.aggregateId = aggregateId;
    this.version = version;
    this.what = what;
  }
}

/** There is no event to redact: no such aggregate, or no such version of it. */
export class EventNotFoundError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'EventNotFoundError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;

  constructor({ eventStoreId, aggregateId, version }: EventLocation) {
    super(
      'EventNotFoundError',
      `There is no version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}.`,
    );
    this.eventStoreId = eventStoreId;
    this.aggregateId = aggregateId;
    this.version = version;
  }
}

/** An event was redacted so often that its item keeps no more records of it. It can still be erased. Nothing was changed. */
export class TooManyRedactionsError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'TooManyRedactionsError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly limit: number;

  constructor({ eventStoreId, aggregateId, version }: EventLocation, limit: number) {
    super(
      'TooManyRedactionsError',
      `Version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)} ` +
        `was redacted ${limit} times already, and its item keeps when and why. Delete it instead.`,
    );
    this.eventStoreId = eventStoreId;
    this.aggregateId = aggregateId;
    this.version = version;
    this.limit = limit;
  }
}

/** Other writers changed an aggregate each time that something was to be done to what was read. */
export class AggregateBusyError extends CastoreDynamoDbError {
  declare readonly code: 'AggregateBusyError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly attempts: number;

  constructor(eventStoreId: string, aggregateId: string, attempts: number) {
    super(
      'AggregateBusyError',
      `Other writers changed aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)} in each of ${attempts} attempts. ` +
        'Stop them, and call this again: it goes on from there.',
    );
    this.eventStoreId = eventStoreId;
    this.aggregateId = aggregateId;
    this.attempts = attempts;
  }
}

/**
 * The object in S3 that an event's content is in, or was to be in.
 *
 * @example
 * const addressOf = ({ bucketName, key }: EventObject): string => `s3://${bucketName}/${key}`;
 */
export interface EventObject {
  readonly operation: 'GetObject' | 'PutObject';
  readonly bucketName: string;
  readonly key: string;
}

/**
 * S3 did not do what was asked for a large event: it gave no answer in time, denied it, or failed. If it was pushed, nothing
 * of it is in the table. `cause` has what the SDK said.
 */
export class EventObjectError extends CastoreDynamoDbError implements EventLocation, EventObject {
  declare readonly code: 'EventObjectError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly operation: 'GetObject' | 'PutObject';
  readonly bucketName: string;
  readonly key: string;
  /** The message without the event's place. */
  readonly reason: string;

  constructor(location: EventLocation, object: EventObject, what: string, options: ErrorOptions = {}) {
    const { operation, bucketName, key } = object;
    const { cause } = options;
    const reason =
      `the object ${JSON.stringify(key)} in bucket ${JSON.stringify(bucketName)} ${what}` +
      `${cause === undefined ? '' : ` (${describeErrorInWords(cause)})`}.${isDenied(cause) ? ` ${HINTS[operation]}` : ''}`;
    super(
      'EventObjectError',
      `Cannot ${operation === 'GetObject' ? 'read' : 'store'} version ${location.version} of aggregate ` +
        `${JSON.stringify(location.aggregateId)} in event store ${JSON.stringify(location.eventStoreId)}: ${reason}`,
      options,
    );
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
    this.operation = operation;
    this.bucketName = bucketName;
    this.key = key;
    this.reason = reason;
  }
}

const isDenied = (cause: unknown): boolean => isNamed(cause, 'AccessDenied');

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html ("Permissions") */
const HINTS = {
  GetObject:
    'It needs s3:GetObject on the object, and s3:ListBucket on the bucket: without that, S3 says the same of an object that does not exist.',
  PutObject: 'It needs s3:PutObject on the object.',
};
