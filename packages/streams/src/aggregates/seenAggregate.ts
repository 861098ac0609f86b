import type { EventDetail, EventStore } from '@castore/core';
import { UnreadableEventError } from '@castore-dynamodb/adapter';

import { readImage } from '../images/readImage.js';
import type { StreamRecord } from '../images/streamRecord.js';

/** An aggregate of which events were seen, in any order, maybe with holes and some of them not for the first time. */
export interface SeenAggregate {
  readonly eventStore: EventStore;
  readonly aggregateId: string;
  /** The latest version that was seen. */
  readonly latest: number;
  /** What was seen of it, by version; an event that could not be read from its image is not among them. */
  readonly events: ReadonlyMap<number, EventDetail>;
}

/** One event that was seen. */
export interface Sighting {
  readonly eventStore: EventStore;
  readonly aggregateId: string;
  readonly version: number;
  /** Undefined where the image could not be read: the event store is then asked for it. */
  readonly event: EventDetail | undefined;
}

/** The event of these event stores that a stream record tells of, if it does. */
export const sightingIn = (
  eventStores: readonly EventStore[],
  { dynamodb, eventSourceARN }: StreamRecord,
): Sighting | undefined => {
  const image = dynamodb?.NewImage;
  if (image === undefined) return undefined;
  try {
    const found = readImage(eventStores, image, eventSourceARN);
    if (found === undefined) return undefined;
    const { eventStore, event } = found;
    return { eventStore, aggregateId: event.aggregateId, version: event.version, event };
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    const { eventStoreId, aggregateId, version } = error;
    const eventStore = eventStores.find(candidate => candidate.eventStoreId === eventStoreId) as EventStore;
    return { eventStore, aggregateId, version, event: undefined };
  }
};

/** Tells aggregates apart, whatever their ids hold. */
export const aggregateKey = ({ eventStore, aggregateId }: Pick<Sighting, 'eventStore' | 'aggregateId'>): string =>
  JSON.stringify([eventStore.eventStoreId, aggregateId]);

/** The aggregates that were seen, by their keys, in the order in which they appeared. */
export const groupByAggregate = (sightings: Iterable<Sighting>): Map<string, SeenAggregate> => {
  const aggregates = new Map<string, SeenAggregate & { latest: number; events: Map<number, EventDetail> }>();
  for (const sighting of sightings) {
    const { eventStore, aggregateId, version, event } = sighting;
    const key = aggregateKey(sighting);
    const known = aggregates.get(key) ?? { eventStore, aggregateId, latest: 0, events: new Map() };
    known.latest = Math.max(known.latest, version);
    if (event !== undefined) known.events.set(version, event);
    aggregates.set(key, known);
  }
  return aggregates;
};
