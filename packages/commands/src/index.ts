export { type AggregateCheck, pushEventsTransaction } from '@castore-dynamodb/adapter';

export { type AppendEventsOptions, appendEvents, type EventToAppend } from './appendEvents.js';
export {
  CommandUnderWayError,
  DifferentInputError,
  ResultTooLargeError,
  UnreadableResultError,
  UnsupportedPushError,
  type UnsupportedPushReason,
} from './errors.js';
export { type ConflictOptions, type RetryOnConflictOptions, retryOnConflict } from './retryOnConflict.js';
export { type RunOnceOptions, runOnce } from './runOnce/runOnce.js';
export { unchanged } from './unchanged.js';
