import { withDeadline } from './deadline.js';
import { CastoreDynamoDbError, hasCode, isNamed, memberOf } from './errors.js';
import { retry } from './retry.js';

/**
 * An answer lacked what DynamoDB always sends, for example because a proxy answered. Nothing can be concluded from it.
 */
export class IncompleteAnswerError extends CastoreDynamoDbError {
  declare readonly code: 'IncompleteAnswerError';
  declare readonly operation: string;
  /** What is missing: `Count`, `Records`. */
  declare readonly member: string;

  constructor(operation: string, member: string) {
    super(
      'IncompleteAnswerError',
      `The answer to ${operation} has no ${member}, which AWS always sends. Look for a proxy, a mock or a middleware that answers instead.`,
      undefined,
      { operation, member },
    );
  }
}

export const isIncompleteAnswer = (error: unknown): boolean => hasCode(error, 'IncompleteAnswerError');

/** The answer, if it has what DynamoDB always sends. @throws IncompleteAnswerError */
export const requireAnswer = <ANSWER>(answer: ANSWER, operation: string, member: keyof ANSWER & string): ANSWER => {
  if ((memberOf(answer, member) ?? undefined) === undefined) {
    throw new IncompleteAnswerError(operation, member);
  }
  return answer;
};

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const THROTTLED = ['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException'];

/** Whether there was no capacity left: a later attempt will find some. */
export const isThrottled = (error: unknown): boolean => THROTTLED.some(name => isNamed(error, name));

/** Another attempt may have a better answer; more of them would only hide a fault that lasts. */
const INCOMPLETE_ANSWERS = {
  maxAttempts: 3,
  firstDelayMs: 50,
  maxDelayMs: 1000,
  isWorthRepeating: isIncompleteAnswer,
};

export interface ReadOptions<ANSWER> {
  /** The API's name for it: `Query`. */
  readonly operation: string;
  /** Named in the errors that say that a table, an index or a stream is missing. */
  readonly tableName?: string | undefined;
  /** What the answer must have. Left out for operations whose answer may be empty, such as PutItem. */
  readonly requires?: (keyof ANSWER & string) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RequestOptions<ANSWER> extends ReadOptions<ANSWER> {
  /** How long the answer may take, over all of the SDK's own attempts. */
  readonly deadlineMs: number;
}

const describeRequest = ({ operation, tableName }: ReadOptions<never>): string =>
  tableName === undefined ? operation : `${operation} on table ${JSON.stringify(tableName)}`;

/**
 * Sends a request whose answer is complete, and whose errors name the table. After an incomplete answer it is sent
 * twice more, so only requests that may be repeated can require a member. The user's client decides how long it may
 * take.
 *
 * @throws IncompleteAnswerError, and whatever the SDK throws.
 */
export const requestWhole = async <ANSWER>(
  options: ReadOptions<ANSWER>,
  send: () => Promise<ANSWER>,
): Promise<ANSWER> => {
  const { tableName, requires, signal } = options;
  try {
    return await retry({ ...INCOMPLETE_ANSWERS, signal }, async () => {
      const answer = await send();
      return requires === undefined ? answer : requireAnswer(answer, describeRequest(options), requires);
    });
  } catch (error) {
    if (tableName !== undefined) nameMissingTable(error, tableName);
    throw error;
  }
};

/**
 * The same, and each attempt ends in time.
 *
 * @throws DeadlineExceededError, IncompleteAnswerError, and whatever the SDK throws.
 */
export const request = <ANSWER>(
  options: RequestOptions<ANSWER>,
  send: (signal: AbortSignal) => Promise<ANSWER>,
): Promise<ANSWER> =>
  requestWhole(options, () =>
    withDeadline(
      { operation: describeRequest(options), milliseconds: options.deadlineMs, signal: options.signal },
      send,
    ),
  );

/**
 * DynamoDB says that a table or an index is missing, or that keys are not the table's, without saying of which table. The
 * error stays the one that the SDK threw, with its name and metadata; only its message begins with the table, or with all
 * tables of the request.
 */
export const nameMissingTable = (error: unknown, ...tableNames: readonly string[]): void => {
  const message = memberOf(error, 'message');
  const isAboutTable =
    isNamed(error, 'ResourceNotFoundException') ||
    (isNamed(error, 'ValidationException') && typeof message === 'string' && /\b(index|keys?)\b/i.test(message));
  const names = tableNames.map(name => JSON.stringify(name));
  if (!isAboutTable || names.some(name => String(message).includes(name))) return;
  addToMessage(error, `Table ${names.join(' or ')}: `);
};

/**
 * Changes the message of an error, and nothing else of it. An error that is frozen or has no message stays as it is.
 */
export const addToMessage = (error: unknown, before: string, after = ''): void => {
  const message = memberOf(error, 'message');
  if (typeof message !== 'string') return;
  try {
    (error as Error).message = before + message + after;
  } catch {
    // It is frozen, and says what it says.
  }
};
