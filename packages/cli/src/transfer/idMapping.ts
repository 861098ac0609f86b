import { EVENT_TABLE_ENCODING_KEY } from '@castore-dynamodb/table';

import { UntransferableEventError } from './errors.js';
import type { StoredEvent } from './storedEvent.js';

/**
 * Another id for an aggregate: the same at each call, also in the next run. It is called twice for each event. For an
 * aggregate that keeps its id it returns that id, or undefined.
 */
export type MapAggregateId = (aggregate: {
  readonly eventStoreId: string;
  readonly aggregateId: string;
}) => string | undefined;

export interface IdMapping {
  readonly eventStores: ReadonlyMap<string, string>;
  readonly mapAggregateId?: MapAggregateId | undefined;
}

/** Transformations whose result does not depend on the ids of the event. `encryption` binds what it encrypts to them. */
const INDEPENDENT_OF_IDS = new Set(['largeEvents']);

/**
 * The event under its new ids.
 *
 * @throws UntransferableEventError if nobody could read it there, or the new id is none
 */
export const mapIds = ({ eventStores, mapAggregateId }: IdMapping, event: StoredEvent): StoredEvent => {
  const { eventStoreId: formerStore, aggregateId: formerId, listedUnder, attributes } = event;
  const eventStoreId = eventStores.get(formerStore) ?? formerStore;
  const newId = (): string => mapAggregateId?.({ eventStoreId: formerStore, aggregateId: formerId }) ?? formerId;
  const aggregateId = newId();
  if (aggregateId !== newId()) {
    throw new UntransferableEventError(
      event,
      'the mapping gives its aggregate a different id each time, which would separate its events. Derive the new id from the old one.',
    );
  }
  if (eventStoreId === formerStore && aggregateId === formerId) return event;
  checkId(event, aggregateId);
  refuseBound(event, attributes[EVENT_TABLE_ENCODING_KEY]?.S);
  return {
    ...event,
    eventStoreId,
    aggregateId,
    // The shard of the index is that of the former id, and any shard lists it.
    ...(listedUnder !== undefined && { listedUnder: eventStoreId + listedUnder.slice(formerStore.length) }),
  };
};

const checkId = (event: StoredEvent, aggregateId: unknown): void => {
  if (typeof aggregateId === 'string' && aggregateId !== '' && aggregateId.isWellFormed()) return;
  throw new UntransferableEventError(event, 'its new id is not a string, or is empty.');
};

const refuseBound = (event: StoredEvent, encoding = ''): void => {
  const bound = encoding.split(',').find(name => name !== '' && !INDEPENDENT_OF_IDS.has(name));
  if (bound === undefined) return;
  throw new UntransferableEventError(
    event,
    `it is stored with the transformation ${JSON.stringify(bound)}, which may be bound to its ids: with other ones, nobody could read it. Leave its ids, or push its events anew by their event store.`,
  );
};
