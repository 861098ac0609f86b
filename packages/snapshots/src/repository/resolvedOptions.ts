import type { Aggregate } from '@castore/core';
import type { ContentProtection } from '@castore-dynamodb/adapter';

import type { SnapshotError } from '../errors.js';
import type { SnapshotPolicy } from '../policies.js';
import type { SnapshotStorage, TransactionalSnapshotStorage } from '../snapshotStorage.js';

/** The options of `withSnapshots`, with every default in its place. */
export interface ResolvedOptions {
  readonly eventStoreId: string;
  readonly reducerVersion: string;
  /** Another text whenever stored events are read in another shape. */
  readonly schemaFingerprint: () => string;
  /** What encrypts snapshots, if the events are encrypted. */
  readonly protection: () => ContentProtection | undefined;
  /** Undefined if states are kept in memory only. */
  readonly storage: SnapshotStorage | undefined;
  /** The same storage, if its writes are to be part of the transactions that write the events. */
  readonly transactional: TransactionalSnapshotStorage | undefined;
  /** How many bytes the states may take that are kept in memory; undefined if none are. */
  readonly maxCacheBytes: number | undefined;
  readonly policy: SnapshotPolicy;
  readonly serialize: (aggregate: Aggregate) => unknown;
  readonly deserialize: (serialized: unknown) => Aggregate;
  readonly hasShape: (aggregate: unknown) => boolean;
  readonly onSnapshotError: (error: SnapshotError) => void;
}
