import {
  EventStore,
  type EventStoreAggregate,
  type EventStoreEventDetails,
  type GroupedEvent,
  type OptionalTimestamp,
} from '@castore/core';
import { refuse } from '@castore-dynamodb/commons';

import { InvalidEventGroupError } from '../errors.js';
import { refuseWrongCount, requireStorage, storageOf } from './checkEventGroup.js';
import { checkGroupOptions, type PushEventGroupOptions } from './pushEventGroup.js';

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
  requireStorage(
    eventStore.getEventStorageAdapter(),
    undefined,
    `event store ${JSON.stringify(eventStore.eventStoreId)}: `,
  );
  return eventStore.groupEvent(event);
};

/**
 * Stores events of one or several event stores in one DynamoDB transaction: all of them or none. The same as Castore's
 * `EventStore.pushEventGroup`, with the events in an array, in the words of Castore's first DynamoDB adapter.
 *
 * With `checks`, only if each of these aggregates still ends at its version.
 *
 * Costs one request, and two write units for each KB of each event (one for an event alone) and for each check.
 *
 * @throws DynamoDbEventAlreadyExistsError, for the event that lost, if another writer was first, or for the event that
 *   came after the version of a check.
 * @throws VersionGapError if its adapter is `gapless` and the version before an event is missing.
 * @throws InvalidEventGroupError, InvalidArgumentError, UnstorableValueError, EventTooLargeError before any request.
 *
 * @example
 * await pushEventsTransaction([
 *   pokemons.groupEvent({ aggregateId: 'pikachu-1', version: 2, type: 'POKEMON_CAUGHT', payload: { ball: 'great' } }),
 *   trainers.groupEvent({ aggregateId: 'ash', version: 7, type: 'POKEMON_ADDED' }),
 * ]);
 */
export const pushEventsTransaction = async <EVENTS extends [GroupedEvent, ...GroupedEvent[]]>(
  events: [...EVENTS],
  options: PushEventGroupOptions = {},
): ReturnType<typeof EventStore.pushEventGroup<EVENTS, PushEventGroupOptions>> => {
  if (!Array.isArray(events)) {
    throw new InvalidEventGroupError('no-events', 'expected an array of events.');
  }
  checkGroupOptions(options);
  refuseWrongCount(events);
  // Holes are visited too.
  Array.from<GroupedEvent, unknown>(events, storageOf);
  return EventStore.pushEventGroup<EVENTS, PushEventGroupOptions>(options, ...(events as unknown as EVENTS));
};
