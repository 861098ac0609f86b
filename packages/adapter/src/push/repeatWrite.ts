import { memberOf, nameMissingTable, retry } from '@castore-dynamodb/commons';

/** Why a write failed in the end. */
export interface FailedWrite {
  readonly error: unknown;
  /**
   * Whether it failed only because other writes were at work on the same items, and surely stored nothing: that is a
   * conflict. If an attempt before had no answer, it may have been carried out, and the error is left as it is.
   */
  readonly isConflict: boolean;
}

/**
 * Sends a write, and repeats it if DynamoDB refused it without writing anything because another write was at work on the
 * same items; the SDK does not repeat all of those. At most 8 attempts, with full jitter, and about 0.8 s of waiting on
 * average. An error that a table is missing names the tables.
 */
export const repeatWrite = async (
  tableNames: readonly string[],
  isPassing: (error: unknown) => boolean,
  send: () => Promise<unknown>,
): Promise<FailedWrite | undefined> => {
  let mayBeStored = false;
  const isWorthRepeating = (error: unknown): boolean => {
    mayBeStored ||= hadUnansweredAttempts(error);
    return isPassing(error);
  };
  try {
    await retry({ maxAttempts: 8, firstDelayMs: 20, maxDelayMs: 500, isWorthRepeating }, send);
    return undefined;
  } catch (error) {
    nameMissingTable(error, ...tableNames);
    return { error, isConflict: isPassing(error) && !mayBeStored && !hadUnansweredAttempts(error) };
  }
};

/**
 * Whether the SDK sent a request more than once before it was refused: the attempts before the refused one had no answer
 * that it could use, and may have been carried out.
 */
const hadUnansweredAttempts = (error: unknown): boolean => {
  const attempts = memberOf(memberOf(error, '$metadata'), 'attempts');
  return typeof attempts === 'number' && attempts > 1;
};
