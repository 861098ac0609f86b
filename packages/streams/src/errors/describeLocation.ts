import type { EventLocation } from '@castore-dynamodb/adapter';

export const describeLocation = ({ eventStoreId, aggregateId, version }: EventLocation): string =>
  `version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}`;
