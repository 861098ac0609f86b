import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventStore, EventStoreEventDetails, EventStoreId } from '@castore/core';
import { copyEvent } from '@castore-dynamodb/adapter';
import {
  checkList,
  checkOptions,
  InvalidArgumentError,
  isObject,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import type { CheckpointStore } from '../checkpoints/checkpointStore.js';
import {
  checkCheckpoints,
  checkEventStores,
  checkHandlers,
  checkName,
  checkSavePositionAfter,
  repeatedIn,
} from '../checks.js';
import { isBefore, parseSince } from '../eventFilter.js';
import { EventProjector, type SavePositionAfter } from './eventProjector.js';
import { listParked, type ParkedAggregate } from './parked.js';
import { type ProjectedAggregate, type ProjectedPosition, positionsOf } from './positionsOf.js';
import type { Projector } from './projector.js';
import { type ParkedPlace, type RetryParkedOptions, retryParked } from './retryParked.js';

/** Where a projection keeps its internals. */
export const PROJECTOR = Symbol.for('@castore-dynamodb/streams/projector');

/** Something that is made of events as they come: a read model, mails, messages. */
export interface Projection {
  readonly name: string;
  /** The event stores whose events it is made of. */
  readonly eventStoreIds: readonly string[];
  readonly [PROJECTOR]: Projector;
  /** The table in which its positions lie; undefined if they are not in DynamoDB. */
  readonly projectionTable: ProjectionTable | undefined;
  /**
   * How far it has come with aggregates, in their order. Costs a request for each 100 of them, and a read unit for each
   * position; with views that aggregates have for themselves, for each 4 KB of the view.
   *
   * @throws InvalidArgumentError for an unknown event store; UnreadablePositionError; the error of the request.
   */
  positionsOf(aggregates: readonly ProjectedAggregate[]): Promise<ProjectedPosition[]>;
  /** The aggregates whose events wait, because one of them could not be handled. Costs a Query for each MB of them. */
  listParked(): Promise<ParkedAggregate[]>;
  /**
   * Lets a parked aggregate go on, and handles the events that wait: `done`, or `parked` again. May be called again,
   * and for an aggregate that is not parked. With a `version`, as `listParked` returns it, `skip` skips that event and
   * no other.
   *
   * @throws InvalidArgumentError for an unknown event store; the error of a request that failed again and again.
   */
  retryParked(aggregate: ParkedPlace, options?: RetryParkedOptions): Promise<'done' | 'parked'>;
}

/**
 * A table made by `createProjectionTable`.
 *
 * @example
 * const { tableName, dynamoDbClient }: ProjectionTable = pokedex.projectionTable ?? fallback;
 */
export interface ProjectionTable {
  readonly tableName: string;
  readonly dynamoDbClient: DynamoDBClient;
}

/**
 * What a handler gets beside the event.
 *
 * @example
 * const caughtPokemons = projection({
 *   name: 'caught-pokemons',
 *   eventStores: [pokemons],
 *   checkpoints: new DynamoDbCheckpointStore({ tableName: 'views', dynamoDbClient }),
 *   on: {
 *     POKEMON_CAUGHT: async ({ aggregateId }, { replay }) => {
 *       if (!replay) await sendMail(`${aggregateId} was caught.`);
 *     },
 *   },
 *   savePositionAfter: 'batch',
 * });
 */
export interface HandlerContext<EVENT_STORE_ID extends string = string> {
  readonly eventStoreId: EVENT_STORE_ID;
  /** Whether the event comes from a replay. */
  readonly replay: boolean;
}

type Details<EVENT_STORE extends EventStore> = EventStoreEventDetails<EVENT_STORE>;

/** Handlers by event type. What is not listed needs no handling. */
export type EventHandlers<EVENT_STORE extends EventStore> = {
  readonly [TYPE in Details<EVENT_STORE>['type']]?: (
    event: Extract<Details<EVENT_STORE>, { type: TYPE }>,
    context: HandlerContext<EventStoreId<EVENT_STORE>>,
  ) => void | Promise<void>;
};

export interface ProjectionOptions<EVENT_STORE extends EventStore> {
  /** Its checkpoints are kept under this name: another name is another projection, which begins anew. Has no `#` in it. */
  name: string;
  eventStores: EVENT_STORE[];
  checkpoints: CheckpointStore;
  /** Handlers by event type; an event type without one is passed over. */
  on: EventHandlers<EVENT_STORE>;
  /**
   * Events from before this instant (ISO 8601; UTC without a zone, the beginning of a day without a time) are passed over.
   * Without it, the first event that arrives of an old aggregate is preceded by all of its history: right for a read model,
   * wrong for mails. An event whose own timestamp is no instant is handled.
   *
   * @default all events are handled
   */
  since?: string;
  /**
   * When the position of an aggregate is written, a write unit each time. `event`: after each event that was handled.
   * `batch`: after the last of its events in a batch of records or a page of a replay; and meanwhile after 500 events,
   * before an event that fails, and when a second has passed.
   *
   * It decides what comes again after a crash, or if a handler never ends: with `event`, the event that was being handled,
   * of each aggregate that was at work; with `batch`, also those that were handled in the second before it.
   *
   * @default `event`; in a replay `batch`
   */
  savePositionAfter?: SavePositionAfter;
}

const OPTIONS = {
  name: true,
  eventStores: true,
  checkpoints: true,
  on: true,
  since: true,
  savePositionAfter: true,
} satisfies OptionNames<ProjectionOptions<EventStore>>;

/**
 * Hands each event to its handler: of one aggregate in version order, at least once, and never before an event of a
 * lower version has been handled. After a crash, or if two processes run at the same time, an event may come again,
 * also after later ones: if that matters, remember `event.version` by aggregate and drop what is not above it.
 *
 * Costs a read of the position for each aggregate of a batch, and a write for each event that was handled, or for each
 * aggregate: see `savePositionAfter`.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const welcome = projection({
 *   name: 'welcome',
 *   eventStores: [pokemons],
 *   checkpoints: new DynamoDbCheckpointStore({ tableName: 'views', dynamoDbClient }),
 *   on: { POKEMON_CAUGHT: async ({ aggregateId }) => sendMail(`${aggregateId} was caught.`) },
 * });
 */
export const projection = <EVENT_STORE extends EventStore>(options: ProjectionOptions<EVENT_STORE>): Projection => {
  checkOptions(options, '', OPTIONS);
  const { name, eventStores, checkpoints, on, savePositionAfter } = options;
  checkName(name);
  checkEventStores(eventStores);
  checkCheckpoints(checkpoints);
  checkHandlers(on, 'on');
  const since = parseSince(options.since);
  checkSavePositionAfter(savePositionAfter);
  const handlers = new Map(Object.entries(on)) as Map<string, AnyHandler | undefined>;
  const projector = new EventProjector(name, eventStores, checkpoints, savePositionAfter, (event, { eventStoreId }) => {
    const handler = handlers.get(event.type);
    return handler === undefined || isBefore(event.timestamp, since)
      ? undefined
      : // What a handler changes in its event, neither other projections see nor it itself when it is called again.
        ({ replay }) => handler(copyEvent(event), { eventStoreId, replay });
  });
  return toProjection(projector);
};

type AnyHandler = (event: EventDetail, context: HandlerContext) => unknown;

export const toProjection = (projector: Projector): Projection => ({
  name: projector.name,
  eventStoreIds: projector.eventStores.map(({ eventStoreId }) => eventStoreId),
  [PROJECTOR]: projector,
  listParked: () => listParked(projector.name, projector.checkpoints),
  projectionTable: (projector.checkpoints as { readonly projectionTable?: ProjectionTable }).projectionTable,
  positionsOf: aggregates => positionsOf(projector, aggregates),
  retryParked: (aggregate, options = {}) => retryParked(projector, aggregate, options),
});

/** @throws InvalidArgumentError */
export const checkProjections = (projections: readonly Projection[]): void => {
  checkList(projections, 'projections', 'projection');
  for (const one of projections as readonly unknown[]) {
    const isProjection = isObject(one) && (one as { [PROJECTOR]?: unknown })[PROJECTOR] !== undefined;
    if (!isProjection) refuse('projections', 'what `projection` or `dynamoDbProjection` returns', one);
  }
  // Of two that share their positions, each would miss what the other was first to handle.
  const name = repeatedIn(projections.map(each => each.name));
  if (name !== undefined) {
    throw new InvalidArgumentError('projections', `two projections have the name ${JSON.stringify(name)}.`);
  }
};
