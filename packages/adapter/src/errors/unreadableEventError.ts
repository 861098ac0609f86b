import { CastoreDynamoDbError } from './castoreDynamoDbError.js';
import { describePath } from './describePath.js';
import { describeLocation, type EventLocation } from './eventLocation.js';

/**
 * A stored item, written by somebody else, holds a value that JavaScript cannot hold exactly.
 * The other events of the aggregate stay readable: leave this one out with `minVersion` and `maxVersion`.
 */
export class UnreadableEventError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'UnreadableEventError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /** The value's place in the event: `payload.items[2].price`. */
  readonly path: string;

  constructor(location: EventLocation, path: string, reason: string) {
    super('UnreadableEventError', `Cannot read ${describePath(path)} of ${describeLocation(location)}: ${reason}`);
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
    this.path = path;
  }
}
