import type { CancellationReason, DynamoDBClient, Put, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { isNamed, memberOf } from '@castore-dynamodb/commons';

import { isItemOfPush } from '../codec/eventItem.js';
import type { PreparedCheck } from './aggregateChecks.js';
import { conflictWith, type PreparedEvent, type PushMode } from './prepareEvent.js';
import { refusedItem } from './refusals.js';
import { repeatWrite } from './repeatWrite.js';
import { PutEventGroupCommand } from './writeCommands.js';

/** Reasons that say nothing about the events themselves: the same transaction may well succeed a moment later. */
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Why a transaction was cancelled, an entry for each of its items and in their order; undefined if the error is
 * another one. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
const cancellationReasons = (error: unknown): CancellationReason[] | undefined => {
  const reasons = isNamed(error, 'TransactionCanceledException') ? memberOf(error, 'CancellationReasons') : undefined;
  return Array.isArray(reasons) ? reasons : undefined;
};

const isPassing = (error: unknown): boolean => {
  const codes = (cancellationReasons(error) ?? [])
    .map(({ Code }) => Code)
    .filter(code => code !== undefined && code !== 'None');
  return codes.length > 0 && codes.every(code => PASSING_REASONS.has(code as string));
};

/** What a transaction consists of. */
interface TransactionParts {
  readonly group: readonly PreparedEvent[];
  readonly checks: readonly PreparedCheck[];
  readonly alongside: readonly Put[];
}

/** Writes the events of a group, and what is put alongside, in one TransactWriteItems request: all of it or nothing. */
export const putEventGroup = async (
  client: DynamoDBClient,
  { group, checks, alongside }: TransactionParts,
  mode: PushMode,
): Promise<void> => {
  // The events come first, then the checks: what is said of a position below is said of one of them.
  const TransactItems = [
    ...group.map(({ put }) => ({ Put: put })),
    ...checks.map(({ conditionCheck }) => ({ ConditionCheck: conditionCheck })),
    ...alongside.map(put => ({ Put: put })),
  ];
  const failed = await repeatWrite(tableNamesOf(TransactItems), isPassing, () =>
    client.send(new PutEventGroupCommand(client, { TransactItems })),
  );
  if (failed === undefined) return;
  const { error, isConflict } = failed;
  const reasons = cancellationReasons(error);
  if (reasons === undefined) throw error;

  // An earlier attempt of this very transaction wrote the group, and its answer was lost. The SDK's request token
  // lets DynamoDB see that for ten minutes; the push id in the items lets us see it ever after. One of them is enough:
  // the group was written whole, whatever a forced push has made of the others since.
  if (!mode.force && group.some((_, index) => isItemOfPush(refusedItem(error, index), mode.pushId))) return;

  const refusal = isConflict ? 'TransactionConflict' : 'ConditionalCheckFailed';
  const refused = reasons.findIndex(({ Code }) => Code === refusal);
  const loser = [...group, ...checks][refused];
  if (loser === undefined) throw error;
  throw conflictWith(loser, refusedItem(error, refused), error);
};

/** DynamoDB does not say which table of a transaction is missing. */
const tableNamesOf = (items: readonly TransactWriteItem[]): string[] => [
  ...new Set(items.map(({ Put, ConditionCheck }) => String((Put ?? ConditionCheck)?.TableName))),
];
