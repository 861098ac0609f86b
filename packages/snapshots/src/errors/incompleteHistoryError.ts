import { CastoreDynamoDbError } from '@castore-dynamodb/commons';

/**
 * An aggregate lacks a version before its last one. Another writer may still store that event, which no snapshot would
 * know of, so none was written.
 */
export class IncompleteHistoryError extends CastoreDynamoDbError {
  declare readonly code: 'IncompleteHistoryError';
  /** The version that is missing. */
  readonly version: number;

  constructor(version: number) {
    super(
      'IncompleteHistoryError',
      `There is no event at version ${version}, and one might still be stored. The adapter's option gapless prevents that.`,
    );
    this.version = version;
  }
}
