import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { isNamed, memberOf } from '@castore-dynamodb/commons';

/** Reasons that say nothing about the items themselves: the same transaction may well succeed a moment later. */
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Why a transaction was cancelled, an entry for each of its items and in their order; undefined if the error is
 * another one. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const cancellationReasons = (error: unknown): CancellationReason[] | undefined => {
  const reasons = isNamed(error, 'TransactionCanceledException') ? memberOf(error, 'CancellationReasons') : undefined;
  return Array.isArray(reasons) ? reasons : undefined;
};

export const isPassingCancellation = (error: unknown): boolean => {
  const codes = (cancellationReasons(error) ?? [])
    .map(({ Code }) => Code)
    .filter(code => code !== undefined && code !== 'None');
  return codes.length > 0 && codes.every(code => PASSING_REASONS.has(code as string));
};
