/**
 * What DynamoDB has against an item that is written, such as a value that an index of the table cannot have; undefined where
 * a write failed for another reason. Source:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html (ValidationError)
 */
export const refusalIn = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'ValidationException') return error.message;
  if (error.name !== 'TransactionCanceledException') return undefined;
  const { CancellationReasons: reasons = [] } = error as {
    CancellationReasons?: { Code?: string; Message?: string }[];
  };
  const refusal = reasons.find(({ Code: code }) => code === 'ValidationError');
  return refusal && (refusal.Message ?? error.message);
};
