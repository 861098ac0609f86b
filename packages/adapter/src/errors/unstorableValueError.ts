import { CastoreDynamoDbError } from './castoreDynamoDbError.js';
import { describePath } from './describePath.js';
import { describeLocation, type EventLocation } from './eventLocation.js';

/**
 * An event was refused before any request was sent, because DynamoDB could not keep one of its values exactly.
 * Neither the message nor a field holds the value itself.
 */
export class UnstorableValueError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'UnstorableValueError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /** The value's place in the event: `payload.items[2].price`. */
  readonly path: string;
  /** Why it cannot be stored, and what to do. */
  readonly reason: string;

  constructor(location: EventLocation, path: string, reason: string) {
    super('UnstorableValueError', `Cannot store ${describePath(path)} of ${describeLocation(location)}: ${reason}`);
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
    this.path = path;
    this.reason = reason;
  }
}
