import type { EventDetail, EventStore } from '@castore/core';
import { copyEvent } from '@castore-dynamodb/adapter';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { formatPosition, type Position, positionAfter } from '../projections/position.js';
import type { Unfinished } from '../projections/projector.js';
import { decodeView, type EncodedView, encodeView } from './viewItem.js';
import type { StoredViews } from './viewTable.js';

/**
 * What a handler gets beside the view and the event.
 *
 * @example
 * const pokedexOf = dynamoDbProjection({
 *   name: 'pokedex',
 *   eventStores: [pokemons],
 *   tableName: 'views',
 *   dynamoDbClient,
 *   key: 'aggregateId',
 *   project: {
 *     POKEMON_CAUGHT: (view, { timestamp }, { key }) => ({ ...view, name: key, caughtAt: timestamp }),
 *   },
 * });
 */
export interface ViewContext<EVENT_STORE_ID extends string = string> {
  /** The view's key. */
  readonly key: string;
  readonly eventStoreId: EVENT_STORE_ID;
}

/** What a projection makes of events. */
export interface ViewDefinition {
  readonly name: string;
  /** Whether each view is of one aggregate, whose position is in it. */
  readonly isOwn: boolean;
  /** The views that an event touches, each once; none if it needs no handling. May throw. */
  keysOf(event: EventDetail, eventStore: EventStore): readonly string[];
  /** A view before its first event. */
  initialView(): unknown;
  /** The view after an event; undefined if there is none any more. May throw. */
  project(view: unknown, event: EventDetail, context: ViewContext): unknown;
}

/** The next events of an aggregate, in version order. */
export interface Work<EVENT = EventDetail> {
  readonly aggregate: PendingAggregate;
  readonly position: Position;
  readonly events: readonly EVENT[];
}

export interface PlannedEvent {
  readonly event: EventDetail;
  readonly keys: readonly string[];
}

export const touchesViews = ({ events }: Work<PlannedEvent>): boolean => events.some(({ keys }) => keys.length > 0);

/** The position after the events, as it is stored. */
export const positionValue = ({ position, events }: Work<PlannedEvent>): string =>
  formatPosition(
    positionAfter(
      position,
      events.map(({ event }) => event),
    ),
  );

/** Views after the planned events, encoded; undefined if there is none any more. */
export type ViewsAfter = ReadonlyMap<string, EncodedView | undefined>;

/**
 * Applies the planned events to the views, aggregate by aggregate; or the first event that cannot be applied, or whose view
 * cannot be stored. Then nothing of what was done counts: a handler may have changed a view before it threw.
 */
export const applyEvents = (
  definition: ViewDefinition,
  works: readonly Work<PlannedEvent>[],
  stored: StoredViews,
): ViewsAfter | Unfinished => {
  const views = project(definition, works, stored, () => {});
  if ('cause' in views) return views;
  try {
    return new Map([...views].map(([key, view]) => [key, encode(definition, key, view)]));
  } catch {
    // Which event is to blame shows when the view is encoded after each.
    const blamed = project(definition, works, stored, (key, view) => void encode(definition, key, view));
    if ('cause' in blamed) return blamed;
    throw new Error(
      'The handlers of a projection returned different views for the same events. They must depend on nothing but view and event.',
    );
  }
};

const encode = ({ name, isOwn }: ViewDefinition, key: string, view: unknown): EncodedView | undefined =>
  view === undefined ? undefined : encodeView(name, key, view, isOwn);

const project = (
  definition: ViewDefinition,
  works: readonly Work<PlannedEvent>[],
  stored: StoredViews,
  check: (key: string, view: unknown) => void,
): Map<string, unknown> | Unfinished => {
  const views = new Map<string, unknown>();
  const viewOf = (key: string): unknown => {
    const item = stored.get(key);
    const known = views.has(key) ? views.get(key) : item && decodeView(definition.name, key, item);
    return known === undefined ? definition.initialView() : known;
  };
  for (const { aggregate, events } of works) {
    const { eventStoreId } = aggregate.eventStore;
    for (const { event, keys } of events) {
      try {
        for (const key of keys) {
          // A copy for each call: a handler may make a view of the event's parts, and change that with the next event.
          const view = definition.project(viewOf(key), copyEvent(event), { key, eventStoreId });
          check(key, view);
          views.set(key, view);
        }
      } catch (error) {
        return { aggregate, version: event.version, cause: { kind: 'event', error } };
      }
    }
  }
  return views;
};
