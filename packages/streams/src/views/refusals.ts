import { isNamed, memberOf } from '@castore-dynamodb/commons';

// Why DynamoDB refused a transaction. Source of names and reasons:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html

/** Reasons that say nothing about what was to be written: somebody else was at work, or there was no capacity. */
const PASSING_REASONS = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Reasons that are about one item, whatever else is in the transaction. */
const ITEM_REASONS = new Set(['ValidationError', 'ItemCollectionSizeLimitExceeded']);

interface CancellationReason {
  readonly Code?: string;
  readonly Message?: string;
}

const cancellationReasons = (error: unknown): readonly CancellationReason[] => {
  const reasons = memberOf(error, 'CancellationReasons');
  return isNamed(error, 'TransactionCanceledException') && Array.isArray(reasons) ? reasons : [];
};

/** Whether a write failed because somebody else was first or at work, so that it is worth reading and doing again. */
export const isConflict = (error: unknown): boolean => {
  if (isNamed(error, 'ConditionalCheckFailedException')) return true;
  const reasons = cancellationReasons(error);
  return reasons.length > 0 && reasons.every(({ Code = 'None' }) => PASSING_REASONS.has(Code));
};

/** What DynamoDB has against items of a transaction, by their index. */
export const refusedItems = (error: unknown): Map<number, string> => {
  const refused = [...cancellationReasons(error).entries()].filter(([, { Code = '' }]) => ITEM_REASONS.has(Code));
  return new Map(refused.map(([index, { Code = '', Message }]) => [index, Message ?? Code]));
};

/**
 * Whether a request was refused before DynamoDB looked at its items one by one: because of one of them, such as an empty
 * string for the key of an index, or because of none, as when the table's encryption key is disabled.
 */
export const isRefusedAsAWhole = (error: unknown): boolean => isNamed(error, 'ValidationException');

/** Conflicts in a row, with about 10 s of waiting in all, before others are left to try it. */
export const MAX_CONFLICTS = 10;
