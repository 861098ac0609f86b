import { type EventAlreadyExistsError, type EventDetail, isEventAlreadyExistsError } from '@castore/core';
import { expectTypeOf } from 'expect-type';

import {
  CastoreDynamoDbError,
  DynamoDbEventAlreadyExistsError,
  type EventLocation,
  type EventTableDifference,
  type EventTableMismatchError,
  type EventTooLargeError,
  type InvalidArgumentError,
  type InvalidEventGroupError,
  type InvalidPageTokenError,
  type UnreadableEventError,
  type UnstorableValueError,
  type UnsupportedSdkError,
  type VersionGapError,
} from '../../src/index.js';

declare const error: unknown;

if (error instanceof CastoreDynamoDbError) {
  expectTypeOf(error.code).toEqualTypeOf<string>();
  // @ts-expect-error: what an error says does not change
  error.code = 'other';
}

// A conflict is Castore's own error, with a place that is always known and a winner that may not be.
if (error instanceof DynamoDbEventAlreadyExistsError) {
  expectTypeOf(error).toExtend<EventAlreadyExistsError>();
  expectTypeOf(error).toExtend<EventLocation>();
  expectTypeOf(error.code).toEqualTypeOf<'EventAlreadyExistsError'>();
  expectTypeOf(error.winningEvent).toEqualTypeOf<EventDetail | undefined>();
  // @ts-expect-error: it may not be known
  void error.winningEvent.type;
}
if (isEventAlreadyExistsError(error)) expectTypeOf(error.eventStoreId).toEqualTypeOf<string | undefined>();

// Codes tell the kinds apart, fields and all.
type OurError =
  | DynamoDbEventAlreadyExistsError
  | EventTableMismatchError
  | EventTooLargeError
  | InvalidArgumentError
  | InvalidEventGroupError
  | InvalidPageTokenError
  | UnreadableEventError
  | UnstorableValueError
  | UnsupportedSdkError
  | VersionGapError;

export const describe = (ours: OurError): unknown => {
  switch (ours.code) {
    case 'EventAlreadyExistsError':
      return ours.winningEvent;
    case 'VersionGapError':
      return ours.version;
    case 'InvalidArgumentError':
      return ours.argument;
    case 'UnstorableValueError':
      return `${ours.path}: ${ours.reason}`;
    case 'UnreadableEventError':
      return ours.path;
    case 'EventTooLargeError':
      return ours.size - ours.limit;
    case 'InvalidEventGroupError':
      expectTypeOf(ours.eventIndex).toEqualTypeOf<number | undefined>();
      return ours.reason === 'foreign-adapter';
    case 'EventTableMismatchError':
      expectTypeOf(ours.differences).toEqualTypeOf<readonly EventTableDifference[]>();
      return ours.differences;
    case 'InvalidPageTokenError':
    case 'UnsupportedSdkError':
      return ours.message;
    default:
      // Nothing is left: a new kind of error must come into this list.
      return ours satisfies never;
  }
};

export const isForeign = ({ reason }: InvalidEventGroupError): boolean =>
  // @ts-expect-error: no such reason
  reason === 'foreign adapter';
