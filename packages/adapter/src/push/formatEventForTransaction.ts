import type {
  EventStore,
  EventStoreAggregate,
  EventStoreEventDetails,
  GroupedEvent,
  OptionalTimestamp,
} from '@castore/core';
import { refuse } from '@castore-dynamodb/commons';

import { InvalidEventGroupError } from '../errors.js';
import { findEventStorage } from '../eventStorage.js';

/**
 * Prepares an event for `pushEventsTransaction`. Sends nothing; an event that the event store would refuse does not
 * compile.
 *
 * @throws InvalidArgumentError; InvalidEventGroupError if the event store is not connected to an adapter of this package.
 */
export const formatEventForTransaction = <EVENT_STORE extends EventStore>(
  eventStore: EVENT_STORE,
  event: OptionalTimestamp<EventStoreEventDetails<EVENT_STORE>>,
): GroupedEvent<EventStoreEventDetails<EVENT_STORE>, EventStoreAggregate<EVENT_STORE>> => {
  if (typeof (eventStore as EventStore | null | undefined)?.getEventStorageAdapter !== 'function') {
    refuse('eventStore', 'an EventStore of Castore', eventStore);
  }
  if (findEventStorage(eventStore.getEventStorageAdapter()) === undefined) {
    throw new InvalidEventGroupError(
      'foreign-adapter',
      `event store ${JSON.stringify(eventStore.eventStoreId)} is not connected to an adapter of @castore-dynamodb/adapter, so a DynamoDB transaction cannot write its events.`,
    );
  }
  return eventStore.groupEvent(event);
};
