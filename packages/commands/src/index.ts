export { type AppendEventsOptions, appendEvents, type EventToAppend } from './appendEvents.js';
export { type ConflictOptions, type RetryOnConflictOptions, retryOnConflict } from './retryOnConflict.js';
