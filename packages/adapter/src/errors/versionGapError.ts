import { CastoreDynamoDbError } from './castoreDynamoDbError.js';
import { describeLocation, type EventLocation } from './eventLocation.js';

/** A `gapless` adapter refused an event, because the version before it is not there. Nothing was written. */
export class VersionGapError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'VersionGapError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;

  constructor(location: EventLocation) {
    super(
      'VersionGapError',
      `Cannot store ${describeLocation(location)}: there is no version ${location.version - 1} before it. ` +
        'Read the aggregate and push the version after its last one.',
    );
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
  }
}
