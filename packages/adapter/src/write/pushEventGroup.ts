import type { DynamoDBClient, Put } from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';

import { itemSize } from '../codec/itemSize.js';
import { InvalidEventGroupError } from '../errors/index.js';
import { type EventStorage, findEventStorage } from '../eventStorage.js';
import {
  checkBoolean,
  checkClient,
  checkEvent,
  checkEventStoreId,
  checkObject,
  describeValue,
  type GivenEvent,
} from '../events/checkEvent.js';
import { type AggregateCheck, type PreparedCheck, prepareChecks, refuseNeedlessChecks } from './aggregateChecks.js';
import { itemKey, type PreparedEvent, prepareEvent, pushMode } from './prepareEvent.js';
import { collectPutsAlongside } from './putAlongside.js';
import { putEvent } from './putEvent.js';
import { putEventGroup } from './putEventGroup.js';
import { refuseGaps } from './refuseGaps.js';
import { refuseForeignClients } from './sameDestination.js';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const MAX_ITEMS = 100;
const MAX_SIZE = 4 * 1024 * 1024;

export interface PushEventGroupOptions {
  force?: boolean;
  /** Sends the group through this client instead of the adapters' own. */
  dynamoDbClient?: DynamoDBClient;
  /**
   * Aggregates that must not have changed: the group is written only if each of them still ends at its version, as seen
   * in the same transaction. Each counts towards the 100 items, and costs two write units.
   */
  checks?: readonly AggregateCheck[];
}

interface GroupMember {
  readonly storage: EventStorage;
  readonly eventStoreId: string;
  readonly event: GivenEvent;
}

export const pushEventGroup = async (
  options: PushEventGroupOptions,
  groupedEvents: readonly GroupedEvent[],
): Promise<{ eventGroup: { event: EventDetail }[] }> => {
  checkObject(options, 'options');
  const { force = false, dynamoDbClient, checks: givenChecks = [] } = options;
  checkBoolean(force, 'options.force');
  if (dynamoDbClient !== undefined) checkClient(dynamoDbClient, 'options.dynamoDbClient');
  refuseWrongCount(groupedEvents);

  const members = groupedEvents.map(toMember);
  const timestamp = commonTimestamp(members) ?? new Date().toISOString();
  const mode = pushMode(force);
  const group = members.map(({ storage, eventStoreId, event }) =>
    prepareEvent(storage, eventStoreId, { ...event, timestamp }, mode),
  );
  const checks = prepareChecks(givenChecks);
  refuseDuplicates(group);
  refuseNeedlessChecks(checks, group);
  refuseTooManyItems(group, checks, []);
  refuseTooLarge(group, checks, []);
  if (dynamoDbClient === undefined) {
    await refuseForeignClients(
      members.map(({ storage }) => storage.dynamoDbClient),
      checks.map(({ storage }) => storage.dynamoDbClient),
    );
  }

  await refuseGaps(
    members.map(({ storage }, index) => ({ storage, prepared: group[index] as PreparedEvent })),
    dynamoDbClient,
  );

  const events = group.map(({ location: { eventStoreId }, event }) => ({ eventStoreId, event }));
  const alongside = await collectPutsAlongside(groupedEvents, { events, force });
  refuseTooManyItems(group, checks, alongside);
  refuseTooLarge(group, checks, alongside);

  const [first] = members as [GroupMember];
  const client = dynamoDbClient ?? first.storage.dynamoDbClient;
  // A transaction costs twice the write units of a PutItem, which is as atomic for an event alone.
  const isAlone = group.length + checks.length + alongside.length === 1;
  await (isAlone
    ? putEvent(client, group[0] as PreparedEvent, mode)
    : putEventGroup(client, { group, checks, alongside }, mode));
  return { eventGroup: group.map(({ event }) => ({ event })) };
};

export const refuseWrongCount = ({ length }: readonly GroupedEvent[]): void => {
  if (length === 0) throw new InvalidEventGroupError('no-events', 'it has no events.');
  if (length > MAX_ITEMS) {
    throw new InvalidEventGroupError(
      'too-many-events',
      `it has ${length} events, a DynamoDB transaction writes ${MAX_ITEMS} at most.`,
    );
  }
};

const refuseTooManyItems = (
  group: readonly PreparedEvent[],
  checks: readonly PreparedCheck[],
  alongside: readonly Put[],
): void => {
  if (group.length + checks.length + alongside.length > MAX_ITEMS) {
    const others = [
      ...(checks.length === 0 ? [] : [`${checks.length} aggregates are to be checked`]),
      ...(alongside.length === 0 ? [] : [`${alongside.length} items are to be put alongside`]),
    ];
    throw new InvalidEventGroupError(
      'too-many-events',
      `it has ${group.length} events, and ${others.join(', and ')}: a DynamoDB transaction has ${MAX_ITEMS} items at most.`,
    );
  }
};

/** @throws InvalidEventGroupError where an adapter of this package cannot write the event. */
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

const toMember = (groupedEvent: GroupedEvent, index: number): GroupMember => {
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
const commonTimestamp = (members: readonly GroupMember[]): string | undefined => {
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

const refuseDuplicates = (group: readonly PreparedEvent[]): void => {
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

const refuseTooLarge = (
  group: readonly PreparedEvent[],
  checks: readonly PreparedCheck[],
  alongside: readonly Put[],
): void => {
  const others = [...checks.map(({ conditionCheck }) => conditionCheck.Key), ...alongside.map(({ Item = {} }) => Item)];
  const sizeAlongside = others.reduce((sum, item) => sum + itemSize(item), 0);
  const size = group.reduce((sum, prepared) => sum + prepared.size, sizeAlongside);
  if (size > MAX_SIZE) {
    throw new InvalidEventGroupError(
      'too-large',
      `its events have ${size} bytes together${sizeAlongside === 0 ? '' : ', with what is checked and put alongside'}: ` +
        `a DynamoDB transaction writes ${MAX_SIZE} at most.`,
    );
  }
};
