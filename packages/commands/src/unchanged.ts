import type { EventStore } from '@castore/core';
import { type AggregateCheck, eventTableOf, InvalidEventGroupError } from '@castore-dynamodb/adapter';
import { checkInteger, checkString, memberOf, refuse } from '@castore-dynamodb/commons';

/**
 * For the `checks` of `pushEventsTransaction`: the events are written only if this aggregate still ends at `version`, as
 * seen in the same transaction. So a decision about two aggregates holds for both, without an event for the second.
 *
 * It costs two write units, counts towards the 100 items of a transaction, and sends nothing by itself. It looks at the
 * very next version: an event after a gap, which an adapter with `gapless: true` does not store, is not seen.
 *
 * @param version of the aggregate's last event, as it was read; 0 for an aggregate that has none
 * @throws InvalidArgumentError; InvalidEventGroupError if the event store is not connected to an adapter of
 *   `@castore-dynamodb/adapter`.
 *
 * @example
 * await pushEventsTransaction([pokemons.groupEvent(caught)], { checks: [unchanged(trainers, 'ash', ash.version)] });
 */
export const unchanged = (eventStore: EventStore, aggregateId: string, version: number): AggregateCheck => {
  if (typeof memberOf(eventStore, 'getEventStorageAdapter') !== 'function') {
    refuse('eventStore', 'an EventStore of Castore', eventStore);
  }
  checkString(aggregateId, 'aggregateId');
  checkInteger(version, 'version', 0, Number.MAX_SAFE_INTEGER - 1);
  const { eventStoreId } = eventStore;
  const eventStorageAdapter = eventStore.getEventStorageAdapter();
  if (eventTableOf(eventStorageAdapter) === undefined) {
    throw new InvalidEventGroupError(
      'foreign-adapter',
      `event store ${JSON.stringify(eventStoreId)} has no adapter of @castore-dynamodb/adapter, so a DynamoDB transaction cannot check its aggregates.`,
    );
  }
  return { eventStoreId, aggregateId, version, eventStorageAdapter };
};
