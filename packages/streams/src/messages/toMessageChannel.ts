import type {
  EventDetail,
  EventStore,
  EventStoreAggregate,
  EventStoreAggregateExistsMessage,
  EventStoreNotificationMessage,
  EventStoreStateCarryingMessage,
} from '@castore/core';
import { InvalidArgumentError } from '@castore-dynamodb/adapter';
import {
  checkOptions,
  isDeadlineExceeded,
  isIncompleteAnswer,
  memberOf,
  type OptionNames,
  withDeadline,
} from '@castore-dynamodb/commons';

import type { CheckpointStore } from '../checkpoints/checkpointStore.js';
import { checkCheckpoints, checkEventStores, checkName, checkSavePositionAfter } from '../checks.js';
import { MissingEventError } from '../errors.js';
import { isBefore, parseSince } from '../eventFilter.js';
import { EventProjector, type SavePositionAfter } from '../projections/eventProjector.js';
import { type Projection, toProjection } from '../projections/projection.js';
import { passingFailure } from '../projections/projector.js';
import { TIMEOUTS } from '../timeouts.js';

interface Channel<MESSAGE_TYPE extends string, MESSAGE> {
  readonly messageType: MESSAGE_TYPE;
  readonly sourceEventStores: readonly EventStore[];
  readonly publishMessage: (message: MESSAGE, options?: { replay?: boolean }) => Promise<void>;
}

/** One of Castore's queues or buses that takes the messages of these event stores, and maybe those of others too. */
export type MessageChannelOf<EVENT_STORE extends EventStore> =
  | Channel<'notification', EventStoreNotificationMessage<EVENT_STORE>>
  | Channel<'stateCarrying', EventStoreStateCarryingMessage<EVENT_STORE>>
  | Channel<'aggregateExists', EventStoreAggregateExistsMessage<EVENT_STORE>>;

export interface MessageChannelOptions<EVENT_STORE extends EventStore> {
  /** Its checkpoints are kept under this name: another name is another projection, which begins anew. Has no `#` in it. */
  name: string;
  /** Whose events are forwarded. */
  eventStores: EVENT_STORE[];
  checkpoints: CheckpointStore;
  /** A queue or a bus of Castore. Each of the event stores must be one of its `sourceEventStores`. */
  messageChannel: MessageChannelOf<EVENT_STORE>;
  /**
   * Events from before this instant (ISO 8601; UTC without a zone, the beginning of a day without a time) are passed over.
   * Without it, the first event that arrives of an old aggregate is preceded by all of its history. An event whose own
   * timestamp is no instant is forwarded.
   *
   * @default all events are forwarded
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
  messageChannel: true,
  since: true,
  savePositionAfter: true,
} satisfies OptionNames<MessageChannelOptions<EventStore>>;

/**
 * Forwards events to one of Castore's message queues or buses: of one aggregate in version order, each at least once, and
 * never before its predecessor was published. An event of a replay is published with `{ replay: true }`.
 *
 * - `notification`: the event.
 * - `stateCarrying`: the event and its aggregate at the event's version, which is read from the event store for each event.
 * - `aggregateExists`: for the first event of each aggregate.
 *
 * Costs a request of the channel for each event, and a write of the position as `savePositionAfter` says; for `stateCarrying`, a read unit for each 4 KB
 * of the aggregate's events until then.
 *
 * @throws InvalidArgumentError
 *
 * @example
 * const toGameQueue = toMessageChannel({
 *   name: 'to-game-queue',
 *   eventStores: [pokemons],
 *   checkpoints: new DynamoDbCheckpointStore({ tableName: 'views', dynamoDbClient }),
 *   messageChannel: new NotificationMessageQueue({ messageQueueId: 'GAME_QUEUE', sourceEventStores: [pokemons] }),
 * });
 * export const handler = createStreamHandler({ projections: [toGameQueue] });
 */
export const toMessageChannel = <EVENT_STORE extends EventStore>(
  options: MessageChannelOptions<EVENT_STORE>,
): Projection => {
  checkOptions(options, '', OPTIONS);
  const { name, eventStores, checkpoints, messageChannel, savePositionAfter } = options;
  checkName(name);
  checkEventStores(eventStores);
  checkCheckpoints(checkpoints);
  checkChannel(messageChannel, eventStores);
  const since = parseSince(options.since);
  checkSavePositionAfter(savePositionAfter);
  const publish = publisherFor(messageChannel as AnyChannel);
  const isFirstOnly = messageChannel.messageType === 'aggregateExists';
  const projector = new EventProjector(name, eventStores, checkpoints, savePositionAfter, (event, eventStore) => {
    if (isBefore(event.timestamp, since)) return undefined;
    if (isFirstOnly && event.version > 1) return undefined;
    return ({ replay }) => publish(event, eventStore, { replay });
  });
  return toProjection(projector);
};

type Publish = (event: EventDetail, eventStore: EventStore, options: { replay: boolean }) => Promise<void>;

/** What the types have checked is forgotten: the messages are built of the events of its own event stores. */
type AnyChannel = MessageChannelOf<EventStore>;

const publisherFor = (channel: AnyChannel): Publish => {
  switch (channel.messageType) {
    case 'notification':
      return (event, { eventStoreId }, options) => channel.publishMessage({ eventStoreId, event }, options);
    case 'stateCarrying':
      return async (event, eventStore, options) => {
        const aggregate = await aggregateAt(eventStore, event);
        await channel.publishMessage({ eventStoreId: eventStore.eventStoreId, event, aggregate }, options);
      };
    case 'aggregateExists':
      return ({ aggregateId, timestamp }, { eventStoreId }, options) =>
        channel.publishMessage({ eventStoreId, aggregateId, initialEventTimestamp: timestamp }, options);
  }
};

/** A request that failed is tried again; what the reducer throws is about the event. */
const readAggregate = async (eventStore: EventStore, aggregateId: string, maxVersion: number) => {
  const operation = `getAggregate of event store ${JSON.stringify(eventStore.eventStoreId)}`;
  try {
    const read = () => eventStore.getAggregate(aggregateId, { maxVersion });
    return await withDeadline({ operation, milliseconds: TIMEOUTS.request }, read);
  } catch (error) {
    throw isOfARequest(error) ? passingFailure(error) : error;
  }
};

/** Every error that the AWS SDK gives up with has metadata, those of the network too. */
const isOfARequest = (error: unknown): boolean =>
  memberOf(error, '$metadata') !== undefined || isDeadlineExceeded(error) || isIncompleteAnswer(error);

/** The aggregate right after the event, whatever has happened to it since. @throws MissingEventError */
const aggregateAt = async (
  eventStore: EventStore,
  { aggregateId, version }: EventDetail,
): Promise<EventStoreAggregate<EventStore>> => {
  const { aggregate } = await readAggregate(eventStore, aggregateId, version);
  if (aggregate !== undefined && aggregate.version >= version) return aggregate;
  throw new MissingEventError({ eventStoreId: eventStore.eventStoreId, aggregateId, version });
};

const MESSAGE_TYPES: readonly unknown[] = ['notification', 'stateCarrying', 'aggregateExists'];

const checkChannel = (channel: unknown, eventStores: readonly EventStore[]): void => {
  const { messageType, sourceEventStores, publishMessage } = (channel ?? {}) as Partial<AnyChannel>;
  if (
    !MESSAGE_TYPES.includes(messageType) ||
    !Array.isArray(sourceEventStores) ||
    typeof publishMessage !== 'function'
  ) {
    throw new InvalidArgumentError('messageChannel', 'expected a message queue or bus of @castore/core.');
  }
  const known = new Set((sourceEventStores as EventStore[]).map(({ eventStoreId }) => eventStoreId));
  const unknown = eventStores.find(({ eventStoreId }) => !known.has(eventStoreId));
  if (unknown === undefined) return;
  throw new InvalidArgumentError(
    'messageChannel',
    `event store ${JSON.stringify(unknown.eventStoreId)} is not one of its source event stores.`,
  );
};
