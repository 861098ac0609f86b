import { MAX_ITEM_SIZE } from '@castore-dynamodb/commons';

import { type EventLocation, EventTooLargeError } from '../errors.js';

/**
 * DynamoDB stores items of 400 KB, attribute names included. What counts is the item that is sent, transformations and
 * all; before those, an event may be as large as they take.
 *
 * @throws EventTooLargeError
 */
export const checkEventSize = (location: EventLocation, size: number, maxSize = MAX_ITEM_SIZE): void => {
  if (size > maxSize) throw new EventTooLargeError(location, size, maxSize);
};
