import { EVENT_TABLE_IS_INITIAL_EVENT_KEY } from '@castore-dynamodb/table';

import type { Layout } from './layout.js';

/** One event store a table: the partition key is the aggregate's id as it is. */
export const tablePerStoreLayout: Layout = {
  name: 'table-per-store',
  refuseEventStoreId: () => undefined,
  partitionKey: (_, aggregateId) => aggregateId,
  isPartitionKeyOf: () => true,
  aggregateId: (_, partitionKey) => partitionKey,
  initialEventKey: {
    name: EVENT_TABLE_IS_INITIAL_EVENT_KEY,
    ofAggregate: () => ({ N: '1' }),
    ofEventStore: () => [{ N: '1' }],
  },
};
