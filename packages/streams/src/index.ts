export { type ReadAllEventsOptions, readAllEvents } from './allEvents/readAllEvents.js';
export type { Checkpoint, CheckpointKey, CheckpointStore } from './checkpoints/checkpointStore.js';
export { type CreateProjectionTableOptions, createProjectionTable } from './checkpoints/createProjectionTable.js';
export { DynamoDbCheckpointStore, type DynamoDbCheckpointStoreOptions } from './checkpoints/dynamoDbCheckpointStore.js';
export { InMemoryCheckpointStore } from './checkpoints/inMemoryCheckpointStore.js';
export {
  LostLockError,
  MissingEventError,
  NotAStreamEventError,
  RewrittenHistoryError,
  StreamNotReadableError,
  TrimmedStreamError,
  UnknownTableError,
  UnreadablePositionError,
  UnreadableViewError,
  UnstorableViewError,
  type ViewLocation,
} from './errors.js';
export { ImageParser } from './images/imageParser.js';
export type { StreamRecord } from './images/streamRecord.js';
export {
  createStreamHandler,
  type StreamHandler,
  type StreamHandlerOptions,
  type StreamHandlerResponse,
} from './lambda/createStreamHandler.js';
export type { StreamHandlerContext } from './lambda/remainingTime.js';
export type { StreamEvent } from './lambda/streamEvent.js';
export { type MessageChannelOf, type MessageChannelOptions, toMessageChannel } from './messages/toMessageChannel.js';
export {
  type FollowedRecord,
  type FollowedShard,
  type FollowOptions,
  followStreams,
  type ListedShard,
  type ShardStart,
} from './poller/followStreams.js';
export {
  type DynamoDBStreamsClientLike,
  StreamPoller,
  type StreamPollerOptions,
  type StreamPollerState,
} from './poller/streamPoller.js';
export { type BatchProjectionOptions, batchProjection } from './projections/batchProjection.js';
export type { BatchWork, EventBatch, EventRun } from './projections/batchProjector.js';
export { type DeleteProjectionOptions, deleteProjection } from './projections/deleteProjection.js';
export type { SavePositionAfter } from './projections/eventProjector.js';
export type { FailureDecision, OnFailure, ProjectionFailure } from './projections/failure.js';
export type { ParkedAggregate } from './projections/parked.js';
export type { ProjectedAggregate, ProjectedPosition } from './projections/positionsOf.js';
export {
  type EventHandlers,
  type HandlerContext,
  type Projection,
  type ProjectionOptions,
  type ProjectionTable,
  projection,
} from './projections/projection.js';
export type { OnParked } from './projections/reportParked.js';
export type { RetryParkedOptions } from './projections/retryParked.js';
export { replayEvents } from './replay/replayEvents.js';
export type { ReplayOptions, ReplayProgress } from './replay/replayOptions.js';
export type { ViewContext } from './views/applyEvents.js';
export {
  type DynamoDbProjection,
  type DynamoDbProjectionOptions,
  dynamoDbProjection,
  type View,
  type ViewHandlers,
} from './views/dynamoDbProjection.js';
