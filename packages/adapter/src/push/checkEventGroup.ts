import type { GroupedEvent } from '@castore/core';
import { describeValue, isObject, MAX_TRANSACTION_ITEMS } from '@castore-dynamodb/commons';

import { checkEventStoreId } from '../checks.js';
import { InvalidEventGroupError } from '../errors.js';
import { type EventStorage, findEventStorage } from '../eventStorage.js';
import { checkEvent, type GivenEvent } from './checkEvent.js';
import { itemKey, type PreparedEvent } from './prepareEvent.js';

export interface GroupMember {
  readonly storage: EventStorage;
  readonly eventStoreId: string;
  readonly event: GivenEvent;
}

export const refuseWrongCount = ({ length }: readonly GroupedEvent[]): void => {
  if (length > 0 && length <= MAX_TRANSACTION_ITEMS) return;
  throw new InvalidEventGroupError(
    length === 0 ? 'no-events' : 'too-many-events',
    `it has ${length} events; a DynamoDB transaction has 1 to ${MAX_TRANSACTION_ITEMS} items.`,
  );
};

/** @throws InvalidEventGroupError if the adapter is not of this package */
export const requireStorage = (adapter: unknown, index?: number, whose = ''): EventStorage => {
  const storage = findEventStorage(adapter);
  if (storage !== undefined) return storage;
  throw new InvalidEventGroupError(
    'foreign-adapter',
    `${whose}its event store has no adapter of @castore-dynamodb/adapter, so a DynamoDB transaction cannot include it.`,
    index,
  );
};

/** @throws InvalidEventGroupError if no adapter of this package can write the event. */
export const storageOf = (groupedEvent: GroupedEvent, index: number): EventStorage => {
  if (typeof groupedEvent === 'object' && groupedEvent !== null) {
    return requireStorage(groupedEvent.eventStorageAdapter, index);
  }
  throw new InvalidEventGroupError(
    'not-a-grouped-event',
    `expected what groupEvent returns, got ${describeValue(groupedEvent)}.`,
    index,
  );
};

export const toMember = (groupedEvent: GroupedEvent, index: number): GroupMember => {
  const storage = storageOf(groupedEvent, index);
  const { context } = groupedEvent;
  if (!isObject(context)) {
    throw new InvalidEventGroupError(
      'missing-context',
      'it has no event store: make it with the groupEvent of the event store, not of the adapter.',
      index,
    );
  }
  const { eventStoreId } = context;
  checkEventStoreId(storage.layout, eventStoreId, `groupedEvents[${index}].context.eventStoreId`);
  const event = checkEvent(storage.layout, eventStoreId, groupedEvent.event, `groupedEvents[${index}].event`);
  return { storage, eventStoreId, event };
};

/** The one timestamp that was given, if any was. */
export const commonTimestamp = (members: readonly GroupMember[]): string | undefined => {
  const timestamps = members.map(({ event: { timestamp } }) => timestamp);
  const common = timestamps.find(timestamp => timestamp !== undefined);
  const other = timestamps.findIndex(timestamp => timestamp !== undefined && timestamp !== common);
  if (other === -1) return common;
  throw new InvalidEventGroupError(
    'different-timestamps',
    `its timestamp is ${describeValue(timestamps[other])}, and an earlier event's is ${describeValue(common)}: give all one timestamp, or none.`,
    other,
  );
};

/** The first element that was there before, by its index, and where that was. */
export const findRepetition = (keys: readonly string[]): readonly [index: number, earlier: number] | undefined => {
  const index = keys.findIndex((key, position) => keys.indexOf(key) < position);
  return index === -1 ? undefined : [index, keys.indexOf(keys[index] as string)];
};

export const refuseDuplicates = (group: readonly PreparedEvent[]): void => {
  const repetition = findRepetition(group.map(event => itemKey(event)));
  if (repetition === undefined) return;
  const [index, earlier] = repetition;
  throw new InvalidEventGroupError(
    'duplicate-event',
    `it has the same event store, aggregate and version as the event at index ${earlier}.`,
    index,
  );
};
