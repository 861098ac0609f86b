import { CastoreDynamoDbError } from '@castore-dynamodb/commons';

import type { AggregateName } from '../snapshot.js';
import { describeAggregate } from './describeAggregate.js';

export type SnapshotOperation = 'read' | 'write' | 'delete';

/** A snapshot could not be read, written or deleted; `cause` says why. */
export class SnapshotFailedError extends CastoreDynamoDbError {
  declare readonly code: 'SnapshotFailedError';
  readonly operation: SnapshotOperation;
  readonly eventStoreId: string;
  readonly aggregateId: string;

  constructor(operation: SnapshotOperation, aggregate: AggregateName, consequence: string, cause: unknown) {
    const reason = (cause as Partial<Error> | undefined)?.message ?? String(cause);
    super(
      'SnapshotFailedError',
      `Could not ${operation} a snapshot of ${describeAggregate(aggregate)}: ${reason.replace(/\.?$/, '.')} ${consequence}`,
      { cause },
    );
    this.operation = operation;
    this.eventStoreId = aggregate.eventStoreId;
    this.aggregateId = aggregate.aggregateId;
  }
}
