import { CastoreDynamoDbError } from '@castore-dynamodb/commons';

/** A snapshot is larger than a DynamoDB item can be, and its storage has no overflow. */
export class SnapshotTooLargeError extends CastoreDynamoDbError {
  declare readonly code: 'SnapshotTooLargeError';
  /** The item's size in bytes, attribute names included. */
  readonly size: number;
  /** The largest item that DynamoDB stores, in bytes. */
  readonly limit: number;

  constructor(size: number, limit: number) {
    super(
      'SnapshotTooLargeError',
      `Its item would have ${size} bytes, DynamoDB stores ${limit} at most. Give the storage an overflow to S3.`,
    );
    this.size = size;
    this.limit = limit;
  }
}
