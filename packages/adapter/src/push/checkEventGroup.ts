import type { Put } from '@aws-sdk/client-dynamodb';
import type { GroupedEvent } from '@castore/core';
import { describeValue, MAX_TRANSACTION_ITEMS, MAX_TRANSACTION_SIZE } from '@castore-dynamodb/commons';

import { checkEventStoreId } from '../checks.js';
import { itemSize } from '../codec/itemSize.js';
import { InvalidEventGroupError } from '../errors.js';
import { type EventStorage, findEventStorage } from '../eventStorage.js';
import type { PreparedCheck } from './aggregateChecks.js';
import { checkEvent, type GivenEvent } from './checkEvent.js';
import { itemKey, type PreparedEvent } from './prepareEvent.js';

export interface GroupMember {
  readonly storage: EventStorage;
  readonly eventStoreId: string;
  readonly event: GivenEvent;
}

export const refuseWrongCount = ({ length }: readonly GroupedEvent[]): void => {
  if (length === 0) throw new InvalidEventGroupError('no-events', 'it has no events.');
  if (length > MAX_TRANSACTION_ITEMS) {
    throw new InvalidEventGroupError(
      'too-many-events',
      `it has ${length} events, a DynamoDB transaction writes ${MAX_TRANSACTION_ITEMS} at most.`,
    );
  }
};

export const refuseTooManyItems = (
  group: readonly PreparedEvent[],
  checks: readonly PreparedCheck[],
  alongside: readonly Put[],
): void => {
  if (group.length + checks.length + alongside.length > MAX_TRANSACTION_ITEMS) {
    const others = [
      ...(checks.length === 0 ? [] : [`${checks.length} aggregates are to be checked`]),
      ...(alongside.length === 0 ? [] : [`${alongside.length} items are to be put alongside`]),
    ];
    throw new InvalidEventGroupError(
      'too-many-events',
      `it has ${group.length} events, and ${others.join(', and ')}: a DynamoDB transaction has ${MAX_TRANSACTION_ITEMS} items at most.`,
    );
  }
};

/** @throws InvalidEventGroupError if no adapter of this package can write the event. */
export const storageOf = (groupedEvent: GroupedEvent, index: number): EventStorage => {
  if (typeof groupedEvent !== 'object' || groupedEvent === null) {
    throw new InvalidEventGroupError(
      'not-a-grouped-event',
      `expected what groupEvent returns, got ${describeValue(groupedEvent)}.`,
      index,
    );
  }
  const storage = findEventStorage(groupedEvent.eventStorageAdapter);
  if (storage === undefined) {
    throw new InvalidEventGroupError(
      'foreign-adapter',
      'its event store is not connected to an adapter of @castore-dynamodb/adapter, so one transaction cannot write it.',
      index,
    );
  }
  return storage;
};

export const toMember = (groupedEvent: GroupedEvent, index: number): GroupMember => {
  const storage = storageOf(groupedEvent, index);
  const { context } = groupedEvent;
  if (typeof context !== 'object' || context === null) {
    throw new InvalidEventGroupError(
      'missing-context',
      "nothing says which event store it belongs to: make it with the event store's groupEvent, not the adapter's.",
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
  let common: string | undefined;
  members.forEach(({ event: { timestamp } }, index) => {
    if (timestamp === undefined) return;
    common ??= timestamp;
    if (timestamp !== common) {
      throw new InvalidEventGroupError(
        'different-timestamps',
        `its timestamp is ${describeValue(timestamp)}, an earlier event's is ${describeValue(common)}: ` +
          'the events of a group happen at one time, so give one timestamp, the same to all, or none.',
        index,
      );
    }
  });
  return common;
};

export const refuseDuplicates = (group: readonly PreparedEvent[]): void => {
  const indexes = new Map<string, number>();
  group.forEach((prepared, index) => {
    const key = itemKey(prepared);
    const earlier = indexes.get(key);
    if (earlier !== undefined) {
      throw new InvalidEventGroupError(
        'duplicate-event',
        `it has the same event store, aggregate and version as the event at index ${earlier}.`,
        index,
      );
    }
    indexes.set(key, index);
  });
};

export const refuseTooLarge = (
  group: readonly PreparedEvent[],
  checks: readonly PreparedCheck[],
  alongside: readonly Put[],
): void => {
  const others = [...checks.map(({ conditionCheck }) => conditionCheck.Key), ...alongside.map(({ Item = {} }) => Item)];
  const sizeAlongside = others.reduce((sum, item) => sum + itemSize(item), 0);
  const size = group.reduce((sum, prepared) => sum + prepared.size, sizeAlongside);
  if (size > MAX_TRANSACTION_SIZE) {
    throw new InvalidEventGroupError(
      'too-large',
      `its events have ${size} bytes together${sizeAlongside === 0 ? '' : ', with what is checked and put alongside'}: ` +
        `a DynamoDB transaction writes ${MAX_TRANSACTION_SIZE} at most.`,
    );
  }
};
