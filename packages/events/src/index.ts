export { DynamoDbSubjectKeys, type RewrapProgress } from './encryption/dynamoDbSubjectKeys.js';
export { encryption } from './encryption/encryption.js';
export {
  SubjectForgottenError,
  SubjectKeyError,
  type SubjectKeyErrorReason,
  TooManySubjectsError,
  UnencryptedValueError,
} from './encryption/encryptionErrors.js';
export type { EncryptionOptions } from './encryption/encryptionOptions.js';
export type { KeyWrapping } from './encryption/keyWrapping.js';
export { type KmsClientLike, type KmsWrappingOptions, kmsWrapping } from './encryption/kmsWrapping.js';
export { localWrapping } from './encryption/localWrapping.js';
export type { SubjectKey, SubjectKeys } from './encryption/subjectKeys.js';
export type { DynamoDbSubjectKeysOptions, SubjectKeyCacheOptions } from './encryption/subjectKeysOptions.js';
export {
  AggregateBusyError,
  type EventIssue,
  EventNotFoundError,
  type EventObject,
  EventObjectError,
  EventTransformationError,
  InvalidEventError,
  TooManyRedactionsError,
} from './errors.js';
export {
  type EventStoreShapes,
  type OldEvent,
  shapesOf,
  type TypeShape,
  type Upcast,
  type Upcaster,
} from './eventStoreShapes.js';
export { type EvolutionOptions, evolution } from './evolution.js';
export { largeEvents } from './largeEvents/largeEvents.js';
export type { LargeEventsOptions, OffloadOptions } from './largeEvents/options.js';
export { schemasOf } from './schemasOf.js';
export type { SchemaIssue, SchemaResult, StandardSchema } from './standardSchema.js';
export type { StoredEventsResult } from './stored/aggregateWork.js';
export {
  type AggregateDeletionProgress,
  type DeleteAggregateOptions,
  deleteAggregate,
} from './stored/deleteAggregate.js';
export {
  type DeleteEventStoreOptions,
  deleteEventStore,
  type EventStoreDeletionProgress,
} from './stored/deleteEventStore.js';
export { type EraseAggregateOptions, type ErasureProgress, eraseAggregate } from './stored/eraseAggregate.js';
export { type RedactEventOptions, redactEvent } from './stored/redactEvent.js';
export { type RedactedEvent, redactionsOf } from './stored/redactionsOf.js';
export type { RemainingCopy } from './stored/remainingCopies.js';
export type { DeletesSnapshots, StoredEventsOptions } from './stored/storedOptions.js';
