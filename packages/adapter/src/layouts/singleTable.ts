import { EVENT_TABLE_EVENT_STORE_ID_KEY } from '@castore-dynamodb/table';

import type { Layout } from './layout.js';

const SEPARATOR = '#';

/** Many event stores in one table: partition key `<eventStoreId>#<aggregateId>`. */
export const singleTableLayout: Layout = {
  name: 'single-table',
  // The first separator ends the event store's id, so an aggregate's id may hold any number of them.
  refuseEventStoreId: eventStoreId =>
    eventStoreId.includes(SEPARATOR)
      ? `an event store in a single table must not have "${SEPARATOR}" in its id, or its aggregates could share a key with another event store's.`
      : undefined,
  partitionKey: (eventStoreId, aggregateId) => eventStoreId + SEPARATOR + aggregateId,
  aggregateId: (eventStoreId, partitionKey) => partitionKey.slice(eventStoreId.length + SEPARATOR.length),
  initialEventKey: eventStoreId => ({ name: EVENT_TABLE_EVENT_STORE_ID_KEY, value: { S: eventStoreId } }),
};
