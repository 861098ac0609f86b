import type { CancellationReason, DynamoDBClient, Put } from '@aws-sdk/client-dynamodb';

import { hasProtoKey } from '../codec/protoKey.js';
import { isItemOfPush } from '../events/eventItem.js';
import { refusedItem } from '../wire/refusals.js';
import { putEventGroupCommand } from '../wire/writeCommands.js';
import type { PreparedCheck } from './aggregateChecks.js';
import { conflictWith } from './conflict.js';
import type { PreparedEvent, PushMode } from './prepareEvent.js';
import { hadUnansweredAttempts, retryWhile } from './retry.js';

/** Reasons that say nothing about the events themselves: the same transaction may well succeed a moment later. */
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Why a transaction was cancelled, an entry for each of its items and in their order; undefined where the error is
 * another one. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
const cancellationReasons = (error: unknown): CancellationReason[] | undefined =>
  error instanceof Error && error.name === 'TransactionCanceledException'
    ? (error as { CancellationReasons?: CancellationReason[] }).CancellationReasons
    : undefined;

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
  const byHand =
    group.some(({ hasProtoMember }) => hasProtoMember) || alongside.some(({ Item }) => hasProtoKey(Item ?? {}));
  // The events come first, then the checks: what is said of a position below is said of one of them.
  const TransactItems = [
    ...group.map(({ put }) => ({ Put: put })),
    ...checks.map(({ conditionCheck }) => ({ ConditionCheck: conditionCheck })),
    ...alongside.map(put => ({ Put: put })),
  ];
  let mayBeStored = false;
  const isWorthRepeating = (error: unknown): boolean => {
    mayBeStored ||= hadUnansweredAttempts(error);
    return isPassing(error);
  };
  try {
    await retryWhile(isWorthRepeating, () => client.send(putEventGroupCommand(client, { TransactItems }, byHand)));
  } catch (error) {
    const reasons = cancellationReasons(error);
    if (reasons === undefined) throw error;

    // An earlier attempt of this very transaction wrote the group, and its answer was lost. The SDK's request token
    // lets DynamoDB see that for ten minutes; the push id in the items lets us see it ever after. One of them is enough:
    // the group was written whole, whatever a forced push has made of the others since.
    if (!mode.force && group.some((_, index) => isItemOfPush(refusedItem(error, index), mode.pushId))) return;

    // A conflict says that nothing was stored; where that is not sure, the error is left as it is.
    const refusal = isPassing(error) && !mayBeStored ? 'TransactionConflict' : 'ConditionalCheckFailed';
    const refused = reasons.findIndex(({ Code }) => Code === refusal);
    const loser = [...group, ...checks][refused];
    if (loser === undefined) throw error;
    throw conflictWith(loser, refusedItem(error, refused), error);
  }
};
