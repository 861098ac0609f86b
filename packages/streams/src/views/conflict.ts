/**
 * Why a transaction was cancelled that says nothing about what it would have written: somebody else was at work on the same
 * items, or there was no capacity. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
const PASSING_REASONS = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Whether a write failed because somebody else was first or at work, so that it is worth reading and doing again. */
export const isConflict = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ConditionalCheckFailedException') return true;
  if (error.name !== 'TransactionCanceledException') return false;
  const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  return reasons.length > 0 && reasons.every(({ Code: code = 'None' }) => PASSING_REASONS.has(code));
};
