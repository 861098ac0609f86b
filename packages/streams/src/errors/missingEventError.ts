import { CastoreDynamoDbError, type EventLocation } from '@castore-dynamodb/adapter';

import { describeLocation } from './describeLocation.js';

/**
 * A later event of the aggregate was seen, but at this version there is none, though the table was asked: it was never
 * pushed, it was deleted, or the transaction that it is part of is still under way.
 */
export class MissingEventError extends CastoreDynamoDbError implements EventLocation {
  declare readonly code: 'MissingEventError';
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;

  constructor(location: EventLocation) {
    super(
      'MissingEventError',
      `There is no event at ${describeLocation(location)}, but there are later ones. They wait for it; ` +
        'where it will never come, `retryParked` with `skip: true` goes on behind it.',
    );
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
  }
}
