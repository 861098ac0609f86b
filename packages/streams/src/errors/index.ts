export { LostLockError } from './lostLockError.js';
export { MissingEventError } from './missingEventError.js';
export { StreamNotReadableError } from './streamNotReadableError.js';
export { TrimmedStreamError } from './trimmedStreamError.js';
export { UnreadableViewError } from './unreadableViewError.js';
export { UnstorableViewError } from './unstorableViewError.js';
export type { ViewLocation } from './viewLocation.js';
