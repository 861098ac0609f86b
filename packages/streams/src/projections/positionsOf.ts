import { checkObject, checkString, InvalidArgumentError, refuse } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { parsePosition } from './position.js';
import type { Projector } from './projector.js';

export interface ProjectedAggregate {
  readonly eventStoreId: string;
  readonly aggregateId: string;
}

/**
 * How far a projection has come with an aggregate.
 *
 * @example
 * const [position] = await pokedex.positionsOf([{ eventStoreId: 'POKEMONS', aggregateId: 'pikachu-1' }]);
 * if (position !== undefined && !position.isParked && position.version >= 3) console.log('The view has version 3.');
 */
export interface ProjectedPosition {
  /** The version of the last event that it has handled or passed over; 0 before the first. */
  readonly version: number;
  /** Whether the later events wait until somebody calls `retryParked`. */
  readonly isParked: boolean;
}

/** @throws InvalidArgumentError, UnreadablePositionError */
export const positionsOf = async (
  projector: Projector,
  places: readonly ProjectedAggregate[],
): Promise<ProjectedPosition[]> => {
  const { name, checkpoints, eventStores } = projector;
  if (!Array.isArray(places)) refuse('aggregates', 'an array of aggregates', places);
  const aggregates = places.map((place, index) => {
    checkObject(place, `aggregates[${index}]`);
    checkString(place.aggregateId, `aggregates[${index}].aggregateId`);
    const eventStore = eventStores.find(({ eventStoreId }) => eventStoreId === place.eventStoreId);
    if (eventStore !== undefined) return { eventStore, aggregateId: place.aggregateId };
    throw new InvalidArgumentError(
      `aggregates[${index}].eventStoreId`,
      `projection ${JSON.stringify(name)} has no such event store.`,
    );
  });
  // Each key once, as DynamoDB wants it.
  const keys = new Map(aggregates.map(aggregate => [nameOf(aggregate), projector.positionKey(aggregate)]));
  const read = await checkpoints.read([...keys.values()]);
  const checkpointOf = new Map([...keys.keys()].map((key, index) => [key, read[index]]));
  return aggregates.map(aggregate => {
    const { version, isParked } = parsePosition(name, aggregate, checkpointOf.get(nameOf(aggregate)));
    return { version, isParked };
  });
};

const nameOf = ({ eventStore, aggregateId }: Pick<PendingAggregate, 'eventStore' | 'aggregateId'>): string =>
  JSON.stringify([eventStore.eventStoreId, aggregateId]);
