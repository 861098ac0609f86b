export {
  DynamoDbSubjectKeys,
  type DynamoDbSubjectKeysOptions,
  type RewrapProgress,
  type SubjectKeyCacheOptions,
} from './encryption/dynamoDbSubjectKeys.js';
export { type EncryptionOptions, encryption } from './encryption/encryption.js';
export type { KeyWrapping } from './encryption/keyWrapping.js';
export { type KmsClientLike, type KmsWrappingOptions, kmsWrapping } from './encryption/kmsWrapping.js';
export { localWrapping } from './encryption/localWrapping.js';
export type { SubjectKey, SubjectKeys } from './encryption/subjectKeys.js';
export {
  type EventIssue,
  InvalidEventError,
  SubjectForgottenError,
  SubjectKeyError,
  type SubjectKeyErrorReason,
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
export { schemasOf } from './schemasOf.js';
export type { SchemaIssue, SchemaResult, StandardSchema } from './standardSchema.js';
