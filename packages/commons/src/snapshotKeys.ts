import { fitKey } from './keys.js';
import { MAX_PARTITION_KEY_SIZE } from './limits.js';

/**
 * Where snapshots lie in a table that may hold events as well.
 *
 * All snapshots of an aggregate share a partition. In a single table its key begins with the `#` that ends an event
 * store's id elsewhere, so it is no event store's. In a table of one event store any key may be an aggregate's, so
 * there the sort key alone has to distinguish snapshots from events, for every adapter. It is a number that no
 * JavaScript number or bigint equals, and larger than any version. So no event can be written there, and no snapshot is
 * read as an event.
 */
const PREFIX = '#snapshots#';

/** More than any version, so that the snapshots of each reducer version have a range of their own. */
export const SNAPSHOT_RANGE = 10n ** 16n;

/** Below every snapshot's sort key, and above every event's. */
export const FIRST_SNAPSHOT_SORT_KEY = String(SNAPSHOT_RANGE);

/** With what the partition keys of an event store's snapshots begin, but for those that are hashed. */
export const snapshotKeyPrefix = (eventStoreId: string): string => `${PREFIX}${encodeURIComponent(eventStoreId)}#`;

/** An id may have as many bytes as a key; then a hash stands for it, after an event store's id that none has. */
export const snapshotPartitionKey = (eventStoreId: string, aggregateId: string): string =>
  fitKey(PREFIX, snapshotKeyPrefix(eventStoreId).slice(PREFIX.length) + aggregateId, MAX_PARTITION_KEY_SIZE, '#');
