import { CastoreDynamoDbError } from '@castore-dynamodb/commons';

/** An aggregate holds something that would not come back from a snapshot as it is; no snapshot of it was written. */
export class UnstorableStateError extends CastoreDynamoDbError {
  declare readonly code: 'UnstorableStateError';
  /** Where in the aggregate: `moves[2].learnedAt`; empty for the aggregate itself. */
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(
      'UnstorableStateError',
      `Cannot store ${path === '' ? 'the aggregate' : path}: ${reason} Give serialize and deserialize to say how.`,
    );
    this.path = path;
    this.reason = reason;
  }
}
