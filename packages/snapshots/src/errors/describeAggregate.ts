export const describeAggregate = ({ eventStoreId, aggregateId }: { eventStoreId: string; aggregateId: string }) =>
  `aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}`;
