export { MissingEventError } from './missingEventError.js';
export { UnreadableViewError } from './unreadableViewError.js';
export { UnstorableViewError } from './unstorableViewError.js';
export type { ViewLocation } from './viewLocation.js';
