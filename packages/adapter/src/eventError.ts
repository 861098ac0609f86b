import { CastoreDynamoDbError, cutText } from '@castore-dynamodb/commons';

/**
 * The place of an event: the fields that errors about one event have in common.
 *
 * @example
 * const place: EventLocation = { eventStoreId: 'POKEMONS', aggregateId: 'pikachu-1', version: 3 };
 * for await (const { event } of readAllEvents({ eventStores: [pokemons], after: place })) console.log(event.type);
 */
export interface EventLocation {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
}

const describeLocation = ({ eventStoreId, aggregateId, version }: EventLocation): string =>
  `version ${version} of aggregate ${JSON.stringify(aggregateId)} in event store ${JSON.stringify(eventStoreId)}`;

/** The keys in a path are data: a message shows the beginning of a longer one. */
export const describePath = (path: string): string => cutText(path, 200);

/** What errors about one event have in common. */
export abstract class EventError extends CastoreDynamoDbError implements EventLocation {
  declare readonly eventStoreId: string;
  declare readonly aggregateId: string;
  declare readonly version: number;

  /** @param message what stands before and after the event's place */
  constructor(
    code: string,
    { eventStoreId, aggregateId, version }: EventLocation,
    [before, after]: readonly [before: string, after: string],
    fields?: object,
    options?: ErrorOptions,
  ) {
    const location = { eventStoreId, aggregateId, version };
    super(code, `${before} ${describeLocation(location)}: ${after}`, options, { ...location, ...fields });
  }
}
