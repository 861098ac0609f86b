import type { EventDetail, EventsQueryOptions, ListAggregateIdsOptions } from '@castore/core';

/** Where an event is or shall be: an event store of the program, by its position, an aggregate and a version. */
export interface Place {
  store: number;
  aggregateId: string;
  version: number;
}

export interface ListedAggregate {
  aggregateId: string;
  initialEventTimestamp: string;
}

/** Bounds of a listing in any form of ISO 8601: what each means as the lower and as the upper one. */
export const BOUNDS: Record<string, [after: string, before: string]> = {
  '2025': ['2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
  '2026-01-01': ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  '2026-01-01T01:00+01:00': ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  '2026-01-02T00:00:00': ['2026-01-02T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
  '2026-01-02T00:00:00.0005Z': ['2026-01-02T00:00:00.001Z', '2026-01-02T00:00:00.000Z'],
  '2026-02': ['2026-02-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
  '2028': ['2028-01-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'],
};

type Range = Pick<ListAggregateIdsOptions, 'initialEventAfter' | 'initialEventBefore'>;

const keyOf = ({ store, aggregateId, version }: Place): string => JSON.stringify([store, aggregateId, version]);

/** What an event storage is, without a database: a map from places to events. */
export class EventsModel {
  readonly #events: Map<string, Place & { event: EventDetail }>;

  constructor(model?: EventsModel) {
    this.#events = new Map(model === undefined ? [] : model.#events);
  }

  at(place: Place): EventDetail | undefined {
    return this.#events.get(keyOf(place))?.event;
  }

  put(place: Place, event: EventDetail): void {
    this.#events.set(keyOf(place), { ...place, event });
  }

  places(): Place[] {
    return [...this.#events.values()].map(({ store, aggregateId, version }) => ({ store, aggregateId, version }));
  }

  read(store: number, aggregateId: string, options: EventsQueryOptions = {}): EventDetail[] {
    const { minVersion = 1, maxVersion = Number.MAX_SAFE_INTEGER, limit, reverse = false } = options;
    const events = [...this.#events.values()]
      .filter(place => place.store === store && place.aggregateId === aggregateId)
      .map(({ event }) => event)
      .filter(({ version }) => version >= minVersion && version <= maxVersion)
      .toSorted((left, right) => (reverse ? right.version - left.version : left.version - right.version));
    return events.slice(0, limit);
  }

  /** The aggregates whose first event is within the range, in no order: equal timestamps have none. */
  list(store: number, { initialEventAfter, initialEventBefore }: Range = {}): ListedAggregate[] {
    const after = initialEventAfter === undefined ? '' : BOUNDS[initialEventAfter]?.[0];
    const before = initialEventBefore === undefined ? '\uffff' : BOUNDS[initialEventBefore]?.[1];
    return [...this.#events.values()]
      .filter(place => place.store === store && place.version === 1)
      .map(({ aggregateId, event }) => ({ aggregateId, initialEventTimestamp: event.timestamp }))
      .filter(
        ({ initialEventTimestamp: time }) =>
          after !== undefined && before !== undefined && time >= after && time <= before,
      );
  }
}
