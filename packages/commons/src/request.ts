import { withDeadline } from './deadline.js';
import { CastoreDynamoDbError, hasCode, isNamed, memberOf } from './errors.js';
import { retry } from './retry.js';

/** An answer lacked what DynamoDB always sends, as when something in between answers for it. Nothing is known from it. */
export class IncompleteAnswerError extends CastoreDynamoDbError {
  declare readonly code: 'IncompleteAnswerError';
  readonly operation: string;
  /** What is missing: `Count`, `Records`. */
  readonly member: string;

  constructor(operation: string, member: string) {
    super(
      'IncompleteAnswerError',
      `The answer to ${operation} has no ${member}, which AWS always sends. Look for a proxy, a mock or a middleware that answers in its place.`,
    );
    this.operation = operation;
    this.member = member;
  }
}

export const isIncompleteAnswer = (error: unknown): boolean => hasCode(error, 'IncompleteAnswerError');

/** The answer, if it has what DynamoDB always sends. @throws IncompleteAnswerError */
export const requireAnswer = <ANSWER>(answer: ANSWER, operation: string, member: keyof ANSWER & string): ANSWER => {
  if (memberOf(answer, member) === undefined || memberOf(answer, member) === null) {
    throw new IncompleteAnswerError(operation, member);
  }
  return answer;
};

/** Another attempt may have a better answer; more of them would only hide a fault that lasts. */
const INCOMPLETE_ANSWERS = {
  maxAttempts: 3,
  firstDelayMs: 50,
  maxDelayMs: 1000,
  isWorthRepeating: isIncompleteAnswer,
};

export interface RequestOptions<ANSWER> {
  /** The API's name for it: `Query`. */
  readonly operation: string;
  /** Named in the errors that say that a table, an index or a stream is missing. */
  readonly tableName?: string | undefined;
  /** What the answer must have. Left out for operations whose answer may be empty, such as PutItem. */
  readonly requires?: (keyof ANSWER & string) | undefined;
  /** How long the answer may take, over all of the SDK's own attempts. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request that ends in time, whose answer is whole, and whose errors name the table. An incomplete answer is
 * asked for twice more, so only what may be repeated can require something.
 *
 * @throws DeadlineExceededError, IncompleteAnswerError, and whatever the SDK throws.
 */
export const request = async <ANSWER>(
  { operation, tableName, requires, deadlineMs, signal }: RequestOptions<ANSWER>,
  send: (signal: AbortSignal) => Promise<ANSWER>,
): Promise<ANSWER> => {
  const what = tableName === undefined ? operation : `${operation} on table ${JSON.stringify(tableName)}`;
  try {
    return await retry({ ...INCOMPLETE_ANSWERS, signal }, async () => {
      const answer = await withDeadline({ operation: what, milliseconds: deadlineMs, signal }, send);
      return requires === undefined ? answer : requireAnswer(answer, what, requires);
    });
  } catch (error) {
    if (tableName !== undefined) nameMissingTable(error, tableName);
    throw error;
  }
};

/**
 * DynamoDB says that a table or an index is missing without saying which. The error stays the one that the SDK threw,
 * with its name and metadata; only its message begins with the table.
 */
export const nameMissingTable = (error: unknown, tableName: string): void => {
  const message = memberOf(error, 'message');
  const isMissing =
    isNamed(error, 'ResourceNotFoundException') ||
    (isNamed(error, 'ValidationException') && typeof message === 'string' && /\bindex\b/i.test(message));
  const name = JSON.stringify(tableName);
  if (!isMissing || typeof message !== 'string' || message.includes(name)) return;
  try {
    (error as Error).message = `Table ${name}: ${message}`;
  } catch {
    // It is frozen, and says what it says.
  }
};
