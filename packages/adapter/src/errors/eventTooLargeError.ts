import { CastoreDynamoDbError } from './castoreDynamoDbError.js';
import { describeLocation, type EventLocation } from './eventLocation.js';

/** An event was refused before any request was sent, because its item would be larger than DynamoDB stores. */
export class EventTooLargeError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'EventTooLargeError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /** The item's size in bytes, attribute names included; of one above 4 MiB, at least that. */
  readonly size: number;
  /** The largest item that DynamoDB stores, in bytes. */
  readonly limit: number;

  constructor(location: EventLocation, size: number, limit: number) {
    super(
      'EventTooLargeError',
      `Cannot store ${describeLocation(location)}: its item has ${size} bytes, DynamoDB stores ${limit} at most. ` +
        'Keep large content elsewhere (in S3, for example) and store a reference to it.',
    );
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
    this.size = size;
    this.limit = limit;
  }
}
