import { type EventAlreadyExistsError, type EventDetail, eventAlreadyExistsErrorCode } from '@castore/core';

import { CastoreDynamoDbError } from './castoreDynamoDbError.js';
import { describeLocation, type EventLocation } from './eventLocation.js';

/**
 * A conflict: another writer stored an event at this version first. Nothing of the refused push was written.
 *
 * Castore's `isEventAlreadyExistsError` recognises it, and its `Command` retries on it: read the aggregate again
 * and decide anew.
 */
export class DynamoDbEventAlreadyExistsError
  extends CastoreDynamoDbError
  implements EventAlreadyExistsError, EventLocation
{
  declare readonly code: typeof eventAlreadyExistsErrorCode;
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
  /**
   * The event that won. Not enumerable, so that loggers which print an error's members do not print a payload.
   * Undefined where the conflict was with a transaction still under way that outlasted all retries,
   * or where the stored item cannot be read (`cause` then says why).
   */
  declare readonly winningEvent: EventDetail | undefined;

  constructor(location: EventLocation, winningEvent: EventDetail | undefined, options?: ErrorOptions) {
    super(
      eventAlreadyExistsErrorCode,
      `There is an event already at ${describeLocation(location)}: ` +
        'another writer was first. Read the aggregate again and decide anew, as a Castore Command does by itself.',
      options,
    );
    this.eventStoreId = location.eventStoreId;
    this.aggregateId = location.aggregateId;
    this.version = location.version;
    Object.defineProperty(this, 'winningEvent', { value: winningEvent, enumerable: false });
  }
}
