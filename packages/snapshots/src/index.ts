export type { S3BucketOptions, S3ClientLike } from '@castore-dynamodb/commons';

export {
  IncompleteHistoryError,
  type SnapshotError,
  SnapshotFailedError,
  SnapshotIgnoredError,
  type SnapshotIgnoredReason,
  type SnapshotOperation,
  SnapshotTooLargeError,
  TooManySnapshotsError,
  UnprotectedStateError,
  UnstorableStateError,
} from './errors.js';
export type {
  BuildOptions,
  BuildProgress,
  InspectedSnapshot,
  MaintenanceOptions,
  MaintenanceProgress,
  Snapshots,
} from './eventStore/snapshots.js';
export type {
  AggregateWithSnapshot,
  EventStoreWithSnapshots,
  ExistingAggregateWithSnapshot,
  UsedSnapshot,
} from './eventStore/types.js';
export type { GetAggregateOptions } from './load/loadedAggregate.js';
export {
  everyNEvents,
  type LoadOccasion,
  type PushOccasion,
  type SnapshotOccasion,
  type SnapshotPolicy,
  type TailLength,
  whenLoadCosts,
} from './policies.js';
export type {
  AggregateName,
  Snapshot,
  SnapshotSelection,
  SnapshotSeries,
  SnapshotStorage,
  TransactionalSnapshotStorage,
} from './snapshotStorage.js';
export {
  DynamoDbSnapshotStorage,
  type DynamoDbSnapshotStorageOptions,
} from './storages/dynamoDb/dynamoDbSnapshotStorage.js';
export type { KeepDays, SnapshotRetention } from './storages/dynamoDb/retention.js';
export { InMemorySnapshotStorage } from './storages/inMemorySnapshotStorage.js';
export { S3SnapshotStorage, type S3SnapshotStorageOptions } from './storages/s3/s3SnapshotStorage.js';
export type { KeepNewest } from './storages/selection.js';
export { type CacheOptions, type SnapshotsOptions, withSnapshots } from './withSnapshots.js';
