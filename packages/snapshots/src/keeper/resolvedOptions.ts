import type { Aggregate } from '@castore/core';

import type { SnapshotError } from '../errors/index.js';
import type { SnapshotPolicy } from '../policies/policy.js';
import type { SnapshotStorage, TransactionalSnapshotStorage } from '../snapshotStorage.js';

/** What `withSnapshots` was told, with every default in its place. */
export interface ResolvedOptions {
  readonly eventStoreId: string;
  readonly reducerVersion: string;
  readonly storage: SnapshotStorage;
  /** The same storage, where its writes are to be part of the transactions that write the events. */
  readonly transactional: TransactionalSnapshotStorage | undefined;
  readonly policy: SnapshotPolicy;
  readonly serialize: (aggregate: Aggregate) => unknown;
  readonly deserialize: (serialized: unknown) => Aggregate;
  readonly hasShape: (aggregate: unknown) => boolean;
  readonly onSnapshotError: (error: SnapshotError) => void;
}
