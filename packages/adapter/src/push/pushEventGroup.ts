import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { EventDetail, GroupedEvent } from '@castore/core';
import {
  checkBoolean,
  checkClient,
  checkObject,
  checkOptions,
  InvalidArgumentError,
  type OptionNames,
} from '@castore-dynamodb/commons';

import { isItemOfPush } from '../codec/eventItem.js';
import { type AggregateCheck, prepareChecks, refuseNeedlessChecks } from './aggregateChecks.js';
import { cancellationReasons, isPassingCancellation } from './cancellations.js';
import { commonTimestamp, refuseDuplicates, refuseWrongCount, toMember } from './checkEventGroup.js';
import { checkTransactionSize, type TransactionParts } from './checkTransactionSize.js';
import { conflictWith, type PreparedEvent, prepareEvent } from './prepareEvent.js';
import { putEvent } from './pushEvent.js';
import { newPushId } from './pushId.js';
import { collectPutsAlongside } from './putAlongside.js';
import { refusedItem } from './refusals.js';
import { refuseGaps } from './refuseGaps.js';
import { repeatWrite } from './repeatWrite.js';
import { refuseForeignClients } from './sameDestination.js';
import { sendTransaction } from './writeCommands.js';

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
      'it is a grouped event of another copy of @castore/core: give options first: pushEventGroup({}, …).',
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
  const pushId = force ? undefined : newPushId();
  const group = await Promise.all(
    members.map(({ storage, eventStoreId, event }) =>
      prepareEvent(storage, eventStoreId, { ...event, timestamp }, pushId),
    ),
  );
  const checks = prepareChecks(givenChecks);
  refuseDuplicates(group);
  refuseNeedlessChecks(checks, group);
  checkTransactionSize({ group, checks, alongside: [] });
  if (dynamoDbClient === undefined) {
    await refuseForeignClients(
      members.map(({ storage }) => storage.dynamoDbClient),
      checks.map(({ storage }) => storage.dynamoDbClient),
    );
  }

  await refuseGaps(group, dynamoDbClient);

  const events = group.map(({ location: { eventStoreId }, event }) => ({ eventStoreId, event }));
  const alongside = await collectPutsAlongside(groupedEvents, { events, force });
  const parts = { group, checks, alongside };
  checkTransactionSize(parts);

  const [first] = group as [PreparedEvent];
  const client = dynamoDbClient ?? first.storage.dynamoDbClient;
  // A transaction costs twice the write units of a PutItem, which is as atomic for an event alone.
  const isAlone = group.length + checks.length + alongside.length === 1;
  await (isAlone ? putEvent(client, first, pushId) : putEventGroup(client, parts, pushId));
  return { eventGroup: group.map(({ event }) => ({ event })) };
};

/** Writes the events of a group, and what is put alongside, in one TransactWriteItems request: all of it or nothing. */
const putEventGroup = async (
  client: DynamoDBClient,
  { group, checks, alongside }: TransactionParts,
  pushId: Uint8Array | undefined,
): Promise<void> => {
  // The events come first, then the checks: what is said of a position below is said of one of them.
  const TransactItems = [
    ...group.map(({ put }) => ({ Put: put })),
    ...checks.map(({ conditionCheck }) => ({ ConditionCheck: conditionCheck })),
    ...alongside.map(put => ({ Put: put })),
  ];
  const failed = await repeatWrite(tableNamesOf(TransactItems), isPassingCancellation, () =>
    sendTransaction(client, { TransactItems }),
  );
  if (failed === undefined) return;
  const { error, isConflict } = failed;
  const reasons = cancellationReasons(error);
  if (reasons === undefined) throw error;

  // An earlier attempt of this very transaction wrote the group, and its answer was lost. The SDK's request token
  // lets DynamoDB see that for ten minutes; the push id in the items lets us see it ever after. One of them is enough:
  // the group was written whole, whatever a forced push has made of the others since.
  if (group.some((_, index) => isItemOfPush(refusedItem(error, index), pushId))) return;

  const refusal = isConflict ? 'TransactionConflict' : 'ConditionalCheckFailed';
  const refused = reasons.findIndex(({ Code }) => Code === refusal);
  const loser = [...group, ...checks][refused];
  if (loser === undefined) throw error;
  throw await conflictWith(loser, refusedItem(error, refused), error);
};

/** DynamoDB does not say which table of a transaction is missing. */
const tableNamesOf = (items: readonly TransactWriteItem[]): string[] => [
  ...new Set(items.map(({ Put, ConditionCheck }) => String((Put ?? ConditionCheck)?.TableName))),
];
