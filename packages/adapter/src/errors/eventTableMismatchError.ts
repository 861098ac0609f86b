import { CastoreDynamoDbError } from './castoreDynamoDbError.js';

/** One way in which a deployed table is not the event table that an adapter expects. */
export interface EventTableDifference {
  /** What differs: `partition key`, `index initialEvents, projection`. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

/** A table of that name exists, and an adapter could not use it. It was left as it is. */
export class EventTableMismatchError extends CastoreDynamoDbError {
  declare readonly code: 'EventTableMismatchError';
  readonly tableName: string;
  readonly differences: readonly EventTableDifference[];

  constructor(tableName: string, layout: string, differences: readonly EventTableDifference[]) {
    const list = differences.map(({ what, expected, actual }) => `${what} is ${actual} instead of ${expected}`);
    super(
      'EventTableMismatchError',
      `Table ${JSON.stringify(tableName)} exists, but is no event table of layout ${layout}: ${list.join('; ')}. ` +
        'Choose another table name or layout.',
    );
    this.tableName = tableName;
    this.differences = differences;
  }
}
