import type { EventLocation } from '@castore-dynamodb/adapter';
import { CastoreDynamoDbError, cutText } from '@castore-dynamodb/commons';

/**
 * An event was refused, and nothing was stored, because it is about a subject that was forgotten. If it has to be stored,
 * it must be about nobody (`subjectOf` returns undefined), or the person is a new subject with another id.
 */
export class SubjectForgottenError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'SubjectForgottenError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /** Not enumerable, and not in the message: it may be somebody's name. */
  declare readonly subjectId: string;

  constructor({ eventStoreId, aggregateId, version }: EventLocation, subjectId: string) {
    super(
      'SubjectForgottenError',
      `Cannot store version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}: ` +
        'its subject was forgotten, and gets no new key. Let subjectOf return undefined for an event about nobody, and a new id for a person who comes back.',
    );
    this.eventStoreId = eventStoreId;
    this.aggregateId = aggregateId;
    this.version = version;
    Object.defineProperty(this, 'subjectId', { value: subjectId, enumerable: false });
  }
}

/**
 * A redaction was refused, and the event is as it was: something that is encrypted in it, or what an upcaster has made of
 * that, would have been stored in clear. The fields of `encryption` do not lead to it, for instance since an upcaster has moved
 * it, or a type was renamed.
 */
export class UnencryptedValueError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'UnencryptedValueError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /** The event's type of today, by which its fields are found. */
  readonly type: string;
  /** Where in the redacted event: `payload.profile.name`. */
  readonly paths: readonly string[];

  constructor({ eventStoreId, aggregateId, version }: EventLocation, type: string, paths: readonly string[]) {
    super(
      'UnencryptedValueError',
      `Cannot redact version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}: ` +
        `what is encrypted in it would be stored unencrypted as ${cutText(paths.join(', '), 400)}. ` +
        `Add it to the fields of encryption, for the type ${JSON.stringify(type)}, or leave it out.`,
    );
    this.eventStoreId = eventStoreId;
    this.aggregateId = aggregateId;
    this.version = version;
    this.type = type;
    this.paths = paths;
  }
}

const KEY_EXPLANATIONS = {
  missing:
    'it is not there, and no tombstone either. Look for a wrong table, or one that was restored to before the key was made.',
  forgotten: 'its subject was forgotten.',
  altered: 'it is not what this package wrote, or it belongs to another subject.',
  'other-wrapping': 'none of the wrappings given is the one that wrapped it. Add that one to formerWrappings.',
} as const;

/**
 * @example
 * const isForGood = (reason: SubjectKeyErrorReason): boolean => reason === 'forgotten';
 */
export type SubjectKeyErrorReason = keyof typeof KEY_EXPLANATIONS;

/** The key of a subject cannot be used. Unless `reason` says so, the subject is not taken for a forgotten one. */
export class SubjectKeyError extends CastoreDynamoDbError {
  declare readonly code: 'SubjectKeyError';
  readonly reason: SubjectKeyErrorReason;
  /** A hash of the subject's id. */
  readonly keyId: string;
  readonly tableName: string | undefined;

  constructor(
    reason: SubjectKeyErrorReason,
    keyId: string,
    { tableName, ...options }: ErrorOptions & { tableName?: string } = {},
  ) {
    super(
      'SubjectKeyError',
      `Cannot use the key ${keyId}${tableName === undefined ? '' : ` in table ${JSON.stringify(tableName)}`}: ${KEY_EXPLANATIONS[reason]}`,
      options,
    );
    this.reason = reason;
    this.keyId = keyId;
    this.tableName = tableName;
  }
}

/** What is made of events of so many subjects, such as a snapshot, is not encrypted: reading it would ask for each of their keys. */
export class TooManySubjectsError extends CastoreDynamoDbError {
  declare readonly code: 'TooManySubjectsError';
  readonly subjects: number;
  readonly limit: number;

  constructor(subjects: number, limit: number) {
    super('TooManySubjectsError', `It holds data of ${subjects} subjects; the limit is ${limit}.`);
    this.subjects = subjects;
    this.limit = limit;
  }
}
