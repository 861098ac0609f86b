export { IncompleteHistoryError } from './incompleteHistoryError.js';
export { SnapshotFailedError, type SnapshotOperation } from './snapshotFailedError.js';
export { SnapshotIgnoredError, type SnapshotIgnoredReason } from './snapshotIgnoredError.js';
export { SnapshotTooLargeError } from './snapshotTooLargeError.js';
export { UnstorableStateError } from './unstorableStateError.js';

import type { SnapshotFailedError } from './snapshotFailedError.js';
import type { SnapshotIgnoredError } from './snapshotIgnoredError.js';

/** What `onSnapshotError` is told. */
export type SnapshotError = SnapshotFailedError | SnapshotIgnoredError;
