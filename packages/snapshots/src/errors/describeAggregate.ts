import type { AggregateName } from '../snapshot.js';

export const describeAggregate = ({ eventStoreId, aggregateId }: AggregateName): string =>
  `aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}`;
