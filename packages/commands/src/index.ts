export { type AggregateCheck, pushEventsTransaction } from '@castore-dynamodb/adapter';

export { type AppendEventsOptions, appendEvents, type EventToAppend } from './appendEvents.js';
export { type ConflictOptions, type RetryOnConflictOptions, retryOnConflict } from './retryOnConflict.js';
export { unchanged } from './unchanged.js';
