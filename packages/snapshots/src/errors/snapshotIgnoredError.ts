import { CastoreDynamoDbError } from '@castore-dynamodb/commons';

import type { AggregateName } from '../snapshot.js';
import { describeAggregate } from './describeAggregate.js';

const EXPLANATIONS = {
  'ahead-of-events': 'the aggregate has no such event, as after its table was restored; the snapshot is deleted.',
  'other-events': 'the event at its version is another one than the snapshot was made of.',
  'not-asked-for': 'the storage answered with one of another aggregate, reducer version, or of a later version.',
  unreadable: 'it cannot be decoded.',
  'wrong-shape': 'hasShape refused it.',
} as const;

export type SnapshotIgnoredReason = keyof typeof EXPLANATIONS;

/** A snapshot was found and not used: the aggregate was built from its events. */
export class SnapshotIgnoredError extends CastoreDynamoDbError {
  declare readonly code: 'SnapshotIgnoredError';
  readonly reason: SnapshotIgnoredReason;
  readonly eventStoreId: string;
  readonly aggregateId: string;
  /** The snapshot's. */
  readonly version: number;

  constructor(reason: SnapshotIgnoredReason, snapshot: AggregateName & { version: number }, options?: ErrorOptions) {
    super(
      'SnapshotIgnoredError',
      `Did not use the snapshot at version ${snapshot.version} of ${describeAggregate(snapshot)}: ${EXPLANATIONS[reason]}`,
      options,
    );
    this.reason = reason;
    this.eventStoreId = snapshot.eventStoreId;
    this.aggregateId = snapshot.aggregateId;
    this.version = snapshot.version;
  }
}
