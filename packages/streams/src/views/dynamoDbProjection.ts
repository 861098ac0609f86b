import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStore, EventStoreEventDetails, EventStoreId } from '@castore/core';
import { checkOptions, InvalidArgumentError, type OptionNames, refuse } from '@castore-dynamodb/commons';

import { itemKey } from '../checkpoints/dynamoDbCheckpointStore.js';
import { batchGet } from '../checkpoints/tableRequests.js';
import { checkEventStores, checkHandlers, checkName } from '../checks.js';
import { type Projection, toProjection } from '../projections/projection.js';
import type { ViewContext, ViewDefinition } from './applyEvents.js';
import { OwnViewProjector } from './ownViewProjector.js';
import { checkViewKey, decodeView, hasView, type RESERVED_MEMBERS, viewKey } from './viewItem.js';
import { ViewProjector } from './viewProjector.js';

type Details<EVENT_STORE extends EventStore> = EventStoreEventDetails<EVENT_STORE>;

/**
 * What can be a view: an object without these members, or undefined if there is none.
 *
 * @example
 * interface Pokedex {
 *   caught: number;
 * }
 * const pokedexView: Pokedex = { caught: 0 };
 * const view: View = pokedexView;
 */
export type View = ({ readonly [TAKEN in (typeof RESERVED_MEMBERS)[number]]?: never } & object) | undefined;

/** Handlers by event type. What is not listed needs no handling. */
export type ViewHandlers<EVENT_STORE extends EventStore, VIEW extends View> = {
  readonly [TYPE in Details<EVENT_STORE>['type']]?: (
    view: VIEW,
    event: Extract<Details<EVENT_STORE>, { type: TYPE }>,
    context: ViewContext<EventStoreId<EVENT_STORE>>,
  ) => VIEW | undefined;
};

export interface DynamoDbProjectionOptions<EVENT_STORE extends EventStore, VIEW extends View> {
  /** Views and positions are kept under this name: another name is another projection, which begins anew. Has no `#`. */
  name: string;
  eventStores: EVENT_STORE[];
  /** A table with the string keys `pk` (partition key) and `sk` (sort key). Several projections may share it. */
  tableName: string;
  dynamoDbClient: DynamoDBClient;
  /**
   * The key of the view that an event touches: one, several, or undefined. Asked for handled types only.
   *
   * With `'aggregateId'`, each aggregate has a view of its own, by its id. The position then lies in the view's item, so
   * that both are one write, at a write unit for each KB of the view: a fraction of what `event => event.aggregateId` costs.
   * Of one event store only; a projection cannot change from one way to the other under its name.
   */
  key: 'aggregateId' | ((event: Details<EVENT_STORE>) => string | readonly string[] | undefined);
  /**
   * The view after an event, by event type; undefined deletes it. An event type without a handler is passed over. Handlers
   * may change the view and the event they are given, and are called again for the same event, as it is stored, if somebody
   * else wrote the view meanwhile: they must do nothing else.
   */
  project: ViewHandlers<EVENT_STORE, VIEW>;
  /** A view before its first event; handlers get a copy. @default undefined */
  initialView?: VIEW;
}

export interface DynamoDbProjection<VIEW extends View> extends Projection {
  /**
   * The view of this key, as of the last event applied; undefined if there is none. Costs a read unit for each 4 KB.
   *
   * @throws UnstorableViewError if it cannot be a key; UnreadableViewError if somebody else has written to the view.
   */
  getView(key: string): Promise<Exclude<VIEW, undefined> | undefined>;
}

const OPTIONS = {
  name: true,
  eventStores: true,
  tableName: true,
  dynamoDbClient: true,
  key: true,
  project: true,
  initialView: true,
} satisfies OptionNames<DynamoDbProjectionOptions<EventStore, undefined>>;

/**
 * A read model in DynamoDB, each event applied exactly once: the view and the position are written in one transaction.
 *
 * Costs, for each 50 to 99 aggregates of a batch: a request that reads their positions, one that reads the views they touch,
 * one that writes both. Two write units for each KB of each view, two for each position; one for a position alone. Many
 * events that touch one view are written at once. With `key: 'aggregateId'`: a request that reads 100 views, and one for
 * each view that is written, with a write unit for each KB.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const pokedex = dynamoDbProjection({
 *   name: 'pokedex',
 *   eventStores: [pokemons],
 *   tableName: 'views',
 *   dynamoDbClient,
 *   key: 'aggregateId',
 *   project: { POKEMON_CAUGHT: (view, { payload }) => ({ ...view, ball: payload.ball }) },
 * });
 * const view = await pokedex.getView('pikachu-1');
 */
export const dynamoDbProjection = <
  EVENT_STORE extends EventStore,
  VIEW extends View = Record<string, unknown> | undefined,
>(
  options: DynamoDbProjectionOptions<EVENT_STORE, VIEW>,
): DynamoDbProjection<VIEW> => {
  checkOptions(options, '', OPTIONS);
  const { name, eventStores, tableName, dynamoDbClient } = options;
  checkName(name);
  checkEventStores(eventStores);
  const isOwn = checkKey(options);
  checkHandlers(options.project, 'project');
  const Projector = isOwn ? OwnViewProjector : ViewProjector;
  const projector = new Projector(toDefinition(options), eventStores, tableName, dynamoDbClient);
  return {
    ...toProjection(projector),
    getView: async key => {
      checkViewKey(name, key, isOwn);
      const [item] = await batchGet(dynamoDbClient, tableName, [itemKey(viewKey(name, key))]);
      if (item === undefined || !hasView(item)) return undefined;
      return decodeView(name, key, item) as Exclude<VIEW, undefined>;
    },
  };
};

/** Whether each aggregate has a view of its own. @throws InvalidArgumentError */
const checkKey = ({ key, eventStores }: { key: unknown; eventStores: readonly EventStore[] }): boolean => {
  if (key !== 'aggregateId') {
    if (typeof key !== 'function') refuse('key', "a function, or 'aggregateId'", key);
    return false;
  }
  if (eventStores.length === 1) return true;
  throw new InvalidArgumentError(
    'key',
    "'aggregateId' is for one event store only: two event stores may have aggregates of the same id. Use a function.",
  );
};

type AnyHandler = (view: unknown, event: EventDetail, context: ViewContext) => unknown;

const toDefinition = <EVENT_STORE extends EventStore, VIEW extends View>({
  name,
  key,
  project,
  initialView,
}: DynamoDbProjectionOptions<EVENT_STORE, VIEW>): ViewDefinition => {
  const handlers = new Map(Object.entries(project)) as Map<string, AnyHandler | undefined>;
  return {
    name,
    isOwn: key === 'aggregateId',
    keysOf: event => {
      if (handlers.get(event.type) === undefined) return [];
      if (key === 'aggregateId') return [event.aggregateId];
      const keys = [...new Set([key(event as Details<EVENT_STORE>) ?? []].flat())];
      for (const one of keys) checkViewKey(name, one, false);
      return keys;
    },
    initialView: () => structuredClone(initialView),
    project: (view, event, context) => handlers.get(event.type)?.(view, event, context),
  };
};
