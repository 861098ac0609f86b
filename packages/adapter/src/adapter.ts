import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type EventDetail,
  type EventStorageAdapter,
  type EventStoreContext,
  type EventsQueryOptions,
  GroupedEvent,
  type ListAggregateIdsOptions,
  type ListAggregateIdsOutput,
  type OptionalTimestamp,
  type PushEventOptions,
} from '@castore/core';
import {
  checkBoolean,
  checkClient,
  checkInteger,
  checkObject,
  checkOptions,
  checkString,
  describeValue,
  InvalidArgumentError,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import { EVENT_STORAGE, type EventStorage } from './eventStorage.js';
import { type Layout, singleTableLayout, tablePerStoreLayout } from './layout.js';
import { listAggregateIds } from './list/listAggregateIds.js';
import { checkListQuery } from './list/listQuery.js';
import { pushEvent } from './push/pushEvent.js';
import { type PushEventGroupOptions, pushEventGroup } from './push/pushEventGroup.js';
import { checkEventsQuery } from './read/eventsQuery.js';
import { getEvents, streamEvents } from './read/getEvents.js';
import type { EventTransformation } from './transformations/transformation.js';
import { type EventTransformer, type MakeTransformer, TRANSFORMER } from './transformations/transformer.js';

export interface DynamoDbEventStorageAdapterOptions {
  /** The table's name or ARN, or a function that returns it: it is asked on every call. */
  tableName: string | (() => string);
  /** Used as it is: its retries, credentials, middlewares and loggers apply. */
  dynamoDbClient: DynamoDBClient;
  /**
   * Refuses an event above version 1 whose predecessor is neither stored nor in the same group. Each such push then
   * costs one more request, which reads the predecessor: a read unit for each 4 KB of it.
   *
   * @default false
   */
  gapless?: boolean;
  /**
   * What happens to events between the code and the table, in this order; undone in reverse by every reader that finds
   * them through this adapter. Made by `@castore-dynamodb/events`, or by `defineTransformation`.
   *
   * All adapters of an event store need the same ones: an event that was stored with one is unreadable without it, and
   * Castore's own adapters do not know of them.
   *
   * @default none, which costs nothing
   */
  transformations?: readonly EventTransformation[];
}

export interface DynamoDbSingleTableEventStorageAdapterOptions extends DynamoDbEventStorageAdapterOptions {
  /**
   * Spreads new aggregates over this many keys of the index `initialEvents`, from 1 to 256. DynamoDB writes about 1,000
   * entries a second under one key, so without shards an event store creates at most about that many aggregates a second.
   * `listAggregateIds` then asks all keys for their share of a page, which costs a request for each of them and one for
   * the aggregates of before. So larger pages cost less; without a limit, a page has up to 50,000 aggregates.
   *
   * May be switched on and raised for a store with data. Never lower it or leave it out again: aggregates under the
   * keys that are then left out would not be listed. All adapters of an event store need the same number.
   *
   * @default no shards
   */
  initialEventShards?: number;
}

abstract class EventStorageAdapterOverLayout implements EventStorageAdapter {
  readonly [EVENT_STORAGE]: EventStorage;

  protected constructor(layout: Layout, options: DynamoDbEventStorageAdapterOptions) {
    this[EVENT_STORAGE] = toEventStorage(layout, options);
  }

  /**
   * The events of an aggregate in version order (or the reverse of it), as they were pushed; strongly consistent and
   * complete. An aggregate that is not there has no events.
   *
   * Costs a read unit for each 4 KB of stored events, and a request for each MB; with `limit`, not a byte more than
   * the events returned.
   *
   * @throws InvalidArgumentError before any request.
   * @throws UnreadableEventError if somebody else stored a value that JavaScript cannot hold.
   */
  async getEvents(
    aggregateId: string,
    context: EventStoreContext,
    options?: EventsQueryOptions,
  ): Promise<{ events: EventDetail[] }> {
    const storage = this[EVENT_STORAGE];
    return getEvents(storage, checkEventsQuery(storage, aggregateId, context, options));
  }

  /**
   * The same events as `getEvents`, one after the other as their pages arrive. Two pages are in memory at most: the
   * next one is requested before the current one is used up. A consumer that stops ends the requests.
   *
   * @throws what `getEvents` throws; for wrong arguments, when the iteration starts.
   */
  async *streamEvents(
    aggregateId: string,
    context: EventStoreContext,
    options?: EventsQueryOptions,
  ): AsyncGenerator<EventDetail, void, undefined> {
    const storage = this[EVENT_STORAGE];
    yield* streamEvents(storage, checkEventsQuery(storage, aggregateId, context, options));
  }

  /**
   * Stores one event at its version, unless there is one. Resolves with the event exactly as it was stored; a missing
   * timestamp becomes now. `force: true` overwrites what is there.
   *
   * Costs one request and a write unit for each KB of the event, and one more for a first event (its index entry).
   * Each event has a `pushId` of 15 bytes, by which a push recognises itself when its answer was lost.
   *
   * @throws DynamoDbEventAlreadyExistsError if another writer was first.
   * @throws VersionGapError if the adapter is `gapless` and the version before is missing.
   * @throws InvalidArgumentError, UnstorableValueError, EventTooLargeError before any request.
   */
  async pushEvent(event: OptionalTimestamp<EventDetail>, options: PushEventOptions): Promise<{ event: EventDetail }> {
    return pushEvent(this[EVENT_STORAGE], event, options);
  }

  /**
   * Stores the events of a group, all of them or none, at one timestamp: the one that is given, or now. The event stores
   * may lie in different tables and layouts, within one account and region. Usually called by
   * `EventStore.pushEventGroup`.
   *
   * Costs one request, and two write units for each KB of each event (one for a group of one).
   *
   * @throws DynamoDbEventAlreadyExistsError, for the event that lost, if another writer was first.
   * @throws VersionGapError if its adapter is `gapless` and the version before an event is missing.
   * @throws InvalidEventGroupError, InvalidArgumentError, UnstorableValueError, EventTooLargeError before any request.
   */
  async pushEventGroup(
    options: PushEventGroupOptions,
    ...groupedEvents: [GroupedEvent, ...GroupedEvent[]]
  ): Promise<{ eventGroup: { event: EventDetail }[] }> {
    return pushEventGroup(options, groupedEvents);
  }

  /** Prepares an event for `pushEventGroup`; usually called by the event store's `groupEvent`. Sends nothing. */
  groupEvent(event: OptionalTimestamp<EventDetail>): GroupedEvent {
    checkObject(event, 'event');
    return new GroupedEvent({ event, eventStorageAdapter: this });
  }

  /**
   * The ids of the event store's aggregates by the time of their first event; with `limit`, exactly that many if there
   * are so many. `nextPageToken` is there only if there is more (without a limit: if there may be). Options given with
   * a page token win over those that the token holds.
   *
   * Reads the index `initialEvents`, so a new aggregate shows after a moment (usually milliseconds). Costs a request for
   * each MB of keys (about 9,000 aggregates whose ids are UUIDs) and half a read unit for each 4 KB of them.
   *
   * @throws InvalidArgumentError, InvalidPageTokenError before any request.
   */
  async listAggregateIds(
    context: EventStoreContext,
    options?: ListAggregateIdsOptions,
  ): Promise<ListAggregateIdsOutput> {
    const storage = this[EVENT_STORAGE];
    return listAggregateIds(storage, checkListQuery(storage, context, options));
  }
}

/**
 * One event store a table (layout `table-per-store`).
 *
 * @example
 * const adapter = new DynamoDbEventStorageAdapter({ tableName: 'pokemons', dynamoDbClient: new DynamoDBClient({}) });
 */
export class DynamoDbEventStorageAdapter extends EventStorageAdapterOverLayout {
  /** @throws InvalidArgumentError */
  constructor(options: DynamoDbEventStorageAdapterOptions) {
    super(tablePerStoreLayout, options);
  }
}

/**
 * Any number of event stores in one table (layout `single-table`). An event store's id must not have `#` in it.
 *
 * @example
 * const adapter = new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient: new DynamoDBClient({}) });
 */
export class DynamoDbSingleTableEventStorageAdapter extends EventStorageAdapterOverLayout {
  /** @throws InvalidArgumentError */
  constructor(options: DynamoDbSingleTableEventStorageAdapterOptions) {
    checkOptions(options, 'options', SINGLE_TABLE_OPTIONS);
    const { initialEventShards, ...common } = options;
    if (initialEventShards !== undefined) checkInteger(initialEventShards, 'options.initialEventShards', 1, MAX_SHARDS);
    super(singleTableLayout(initialEventShards), common);
  }
}

const MAX_SHARDS = 256;

const OPTIONS = {
  tableName: true,
  dynamoDbClient: true,
  gapless: true,
  transformations: true,
} satisfies OptionNames<DynamoDbEventStorageAdapterOptions>;
const SINGLE_TABLE_OPTIONS = {
  ...OPTIONS,
  initialEventShards: true,
} satisfies OptionNames<DynamoDbSingleTableEventStorageAdapterOptions>;

/** The first transformation knows what to do with all of them. */
const transformerOf = (transformations: unknown): EventTransformer | undefined => {
  if (!Array.isArray(transformations)) {
    return refuse('options.transformations', 'an array of transformations', transformations);
  }
  if (transformations.length === 0) return undefined;
  const [first] = transformations as ({ [TRANSFORMER]?: MakeTransformer } | null | undefined)[];
  const make = first?.[TRANSFORMER];
  if (typeof make !== 'function') {
    const problem = `[0] is ${describeValue(first)}, which is not a transformation that defineTransformation made.`;
    throw new InvalidArgumentError('options.transformations', problem);
  }
  return make(transformations as EventTransformation[], 'options.transformations');
};

const toEventStorage = (layout: Layout, options: DynamoDbEventStorageAdapterOptions): EventStorage => {
  checkOptions(options, 'options', OPTIONS);
  const { tableName, dynamoDbClient, gapless = false, transformations = [] } = options;
  checkBoolean(gapless, 'options.gapless');
  if (typeof tableName !== 'function') checkString(tableName, 'options.tableName');
  checkClient(dynamoDbClient, 'options.dynamoDbClient');
  return {
    layout,
    dynamoDbClient,
    gapless,
    transformer: transformerOf(transformations),
    tableName: () => {
      if (typeof tableName === 'string') return tableName;
      const name = tableName();
      checkString(name, 'options.tableName()');
      return name;
    },
  };
};
