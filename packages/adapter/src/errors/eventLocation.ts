/** Where an event lives: what errors about one event have in common. */
export interface EventLocation {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
}

export const describeLocation = ({ eventStoreId, aggregateId, version }: EventLocation): string =>
  `version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}`;
