import {
  type EventDetail,
  type EventStore,
  type EventStoreEventDetails,
  eventAlreadyExistsErrorCode,
} from '@castore/core';
import { eventTableOf } from '@castore-dynamodb/adapter';
import {
  backOffMs,
  checkInteger,
  checkList,
  checkOptions,
  checkString,
  hasCode,
  InvalidArgumentError,
  MAX_TRANSACTION_ITEMS,
  memberOf,
  type OptionNames,
  pause,
  refuse,
} from '@castore-dynamodb/commons';

import { type Group, pushGroup } from './pushGroup.js';

/**
 * An event without what its place in the aggregate says.
 *
 * @example
 * const events: EventToAppend<typeof sensors>[] = [{ type: 'TEMPERATURE_READ', payload: { celsius: 21 } }];
 * await appendEvents(sensors, 'kitchen', events);
 */
export type EventToAppend<EVENT_STORE extends EventStore> = Unplaced<EventStoreEventDetails<EVENT_STORE>>;

type Unplaced<EVENT> = EVENT extends EventDetail
  ? Omit<EVENT, 'aggregateId' | 'version' | 'timestamp'> & { timestamp?: string }
  : never;

/**
 * @example
 * await appendEvents(sensors, 'kitchen', [{ type: 'TEMPERATURE_READ', payload: { celsius: 21 } }], { retries: 10 });
 */
export interface AppendEventsOptions {
  /** How often it is tried again if another writer was first. @default 100 */
  retries?: number;
}

const OPTIONS = { retries: true } satisfies OptionNames<AppendEventsOptions>;
const EVENT_MEMBERS = { type: true, payload: true, metadata: true, timestamp: true } as const;

/** Tried with 20 writers in tight loops: shorter waits cost twice as many lost pushes, and more time in the end. */
const BACK_OFF = { firstDelayMs: 200, maxDelayMs: 1000 };

/**
 * Stores events after the last one of an aggregate, whichever that is. Meant for facts that hold whatever came before,
 * such as log entries, imports and sensor readings. What depends on the aggregate's state belongs into a `Command`.
 *
 * Several events are one group: all of them are stored, side by side, or none.
 *
 * Costs one request that reads the last event (a read unit for each 4 KB of it), and the push. If another writer was
 * first, one push more: the conflict says where to go on. Each further retry waits, at random up to a ceiling that doubles
 * from 200 ms to 1 s, and reads the last event again.
 *
 * @param events one to 100, without `aggregateId` and `version`
 * @returns the events as they were stored
 * @throws DynamoDbEventAlreadyExistsError when all retries are used up; what `pushEvent` and `pushEventGroup` throw;
 *   InvalidArgumentError before any request.
 *
 * @example
 * const [event] = await appendEvents(sensors, 'kitchen', [{ type: 'TEMPERATURE_READ', payload: { celsius: 21 } }]);
 */
export const appendEvents = async <EVENT_STORE extends EventStore>(
  eventStore: EVENT_STORE,
  aggregateId: string,
  events: readonly EventToAppend<EVENT_STORE>[],
  options: AppendEventsOptions = {},
): Promise<EventStoreEventDetails<EVENT_STORE>[]> => {
  checkArguments(eventStore, aggregateId, events, options);
  const { retries = 100 } = options;

  let version = await findNextVersion(eventStore, aggregateId);
  for (let failures = 0; ; ) {
    let isStored = false;
    try {
      return await push(eventStore, placeEvents(aggregateId, version, events), () => {
        isStored = true;
      });
    } catch (error) {
      if (isStored) throw error;
      const taken = conflictWithin(error, eventStore.eventStoreId, aggregateId, version, events.length);
      if (taken === undefined || failures === retries) throw error;
      failures += 1;
      version = failures === 1 ? taken + 1 : await waitAndFindNextVersion(failures - 1, eventStore, aggregateId);
    }
  }
};

/**
 * The first retry goes right after the event that won, at once and without a read. If it loses too, many are writing, and
 * they go on while it waits: one read then costs less than a lost push for each of their events.
 */
const waitAndFindNextVersion = async (
  failures: number,
  eventStore: EventStore,
  aggregateId: string,
): Promise<number> => {
  await pause(backOffMs(failures, BACK_OFF));
  return findNextVersion(eventStore, aggregateId);
};

const findNextVersion = async (eventStore: EventStore, aggregateId: string): Promise<number> => {
  const { events } = await eventStore.getEvents(aggregateId, { reverse: true, limit: 1 });
  return (events[0]?.version ?? 0) + 1;
};

const placeEvents = (aggregateId: string, version: number, events: readonly object[]): EventDetail[] =>
  events.map((event, index) => ({ ...event, aggregateId, version: version + index }) as EventDetail);

const push = async <EVENT_STORE extends EventStore>(
  eventStore: EVENT_STORE,
  events: readonly EventDetail[],
  onStored: () => void,
): Promise<EventStoreEventDetails<EVENT_STORE>[]> => {
  const [first] = events as [EventDetail];
  // A group of one event costs as much as the event with our adapters; others may know no groups.
  const isForeign = eventTableOf(eventStore.getEventStorageAdapter()) === undefined;
  if (isForeign && events.length === 1) return [(await eventStore.pushEvent(first)).event];
  const { eventGroup } = await pushGroup({}, events.map(event => eventStore.groupEvent(event)) as Group, onStored);
  return eventGroup.map(({ event }) => event);
};

/**
 * The version that was taken, if the error is a conflict about the events of this append. With a foreign adapter it is
 * not known when an event is stored; a conflict about another event then comes from `onEventPushed`.
 */
const conflictWithin = (
  error: unknown,
  eventStoreId: string,
  aggregateId: string,
  version: number,
  count: number,
): number | undefined => {
  if (!hasCode(error, eventAlreadyExistsErrorCode) || memberOf(error, 'aggregateId') !== aggregateId) return undefined;
  if (![undefined, eventStoreId].includes(memberOf(error, 'eventStoreId') as string | undefined)) return undefined;
  const taken = memberOf(error, 'version');
  return typeof taken === 'number' && taken >= version && taken < version + count ? taken : undefined;
};

const checkArguments = (eventStore: unknown, aggregateId: unknown, events: unknown, options: unknown): void => {
  if (typeof memberOf(eventStore, 'getEvents') !== 'function') {
    refuse('eventStore', 'an EventStore of Castore', eventStore);
  }
  checkString(aggregateId, 'aggregateId');
  checkList(events, 'events', 'event');
  const list = events as unknown[];
  if (list.length > MAX_TRANSACTION_ITEMS) {
    throw new InvalidArgumentError(
      'events',
      `it has ${list.length} events; a DynamoDB transaction writes ${MAX_TRANSACTION_ITEMS} at most.`,
    );
  }
  for (const [index, event] of Array.from(list).entries()) {
    checkOptions(event, `events[${index}]`, EVENT_MEMBERS);
    checkString((event as { type?: unknown }).type, `events[${index}].type`);
  }
  checkOptions(options, 'options', OPTIONS);
  const { retries } = options as AppendEventsOptions;
  if (retries !== undefined) checkInteger(retries, 'options.retries', 0);
};
