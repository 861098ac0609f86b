import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';
import {
  checkBoolean,
  checkClient,
  checkObject,
  checkOptions,
  InvalidArgumentError,
  type OptionNames,
} from '@castore-dynamodb/commons';

import { type AggregateCheck, prepareChecks, refuseNeedlessChecks } from './aggregateChecks.js';
import {
  commonTimestamp,
  type GroupMember,
  refuseDuplicates,
  refuseTooLarge,
  refuseTooManyItems,
  refuseWrongCount,
  toMember,
} from './checkEventGroup.js';
import { type PreparedEvent, prepareEvent, pushMode } from './prepareEvent.js';
import { collectPutsAlongside } from './putAlongside.js';
import { putEvent } from './putEvent.js';
import { putEventGroup } from './putEventGroup.js';
import { refuseGaps } from './refuseGaps.js';
import { refuseForeignClients } from './sameDestination.js';

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

const OPTIONS = { force: true, dynamoDbClient: true, checks: true } satisfies OptionNames<PushEventGroupOptions>;

/** @throws InvalidArgumentError */
export const checkGroupOptions = (options: PushEventGroupOptions): void => {
  checkObject(options, 'options');
  // A copy of Castore does not know the grouped events of another one, and takes the first for options: it would be lost.
  if ('eventStorageAdapter' in options) {
    throw new InvalidArgumentError(
      'options',
      'it is a grouped event of another copy of @castore/core. Give options before the events: pushEventGroup({}, …).',
    );
  }
  checkOptions(options, 'options', OPTIONS);
  const { force, dynamoDbClient } = options;
  if (force !== undefined) checkBoolean(force, 'options.force');
  if (dynamoDbClient !== undefined) checkClient(dynamoDbClient, 'options.dynamoDbClient');
};

export const pushEventGroup = async (
  options: PushEventGroupOptions,
  groupedEvents: readonly GroupedEvent[],
): Promise<{ eventGroup: { event: EventDetail }[] }> => {
  checkGroupOptions(options);
  const { force = false, dynamoDbClient, checks: givenChecks = [] } = options;
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
