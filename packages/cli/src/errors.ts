import {
  CastoreDynamoDbError,
  describeErrorInASentence,
  describeErrorInWords,
  hasCode,
  isDeadlineExceeded,
  isNamed,
  memberOf,
} from '@castore-dynamodb/commons';

import { EXIT_CODES, type ExitCode } from './exitCodes.js';
import { counted } from './output/counted.js';

/** What was asked for cannot be done as it was asked for; no request was sent. */
export class UsageError extends CastoreDynamoDbError {
  declare readonly code: 'UsageError';

  constructor(message: string, options?: ErrorOptions) {
    super('UsageError', message, options);
  }
}

/** What was asked for cannot be done, for a reason that stands in the table. */
export class CommandFailedError extends CastoreDynamoDbError {
  declare readonly code: 'CommandFailedError';

  constructor(message: string, options?: ErrorOptions) {
    super('CommandFailedError', message, options);
  }
}

/** The command has read as much as it may. */
export class ReadBudgetError extends CastoreDynamoDbError {
  declare readonly code: 'ReadBudgetError';
  readonly maxReadUnits: number;

  constructor(maxReadUnits: number) {
    super(
      'ReadBudgetError',
      `Stopped: ${counted(maxReadUnits, 'read unit')} ${maxReadUnits === 1 ? 'is' : 'are'} used up. What was printed is right, and not all. Raise --max-read-units, or narrow what you ask for.`,
    );
    this.maxReadUnits = maxReadUnits;
  }
}

/** Something that only reads came to a write. */
export class ReadOnlyError extends CastoreDynamoDbError {
  declare readonly code: 'ReadOnlyError';
  /** Of the AWS SDK, such as `PutItemCommand`. */
  readonly commandName: string;

  constructor(commandName: string) {
    super('ReadOnlyError', `Refused ${commandName}: the explorer only reads.`);
    this.commandName = commandName;
  }
}

/** What is wrong about the arguments. */
const UNUSABLE = ['UsageError', 'InvalidArgumentError', 'InvalidPageTokenError'];

/** What a failure means to the person at the terminal, and to the program that started the command. */
export const failureOf = (error: unknown): { readonly message: string; readonly exitCode: ExitCode } => {
  if (UNUSABLE.some(code => hasCode(error, code))) {
    return { message: messageOf(error), exitCode: EXIT_CODES.usage };
  }
  const budgetError = readBudgetErrorIn(error);
  if (budgetError !== undefined) return { message: messageOf(budgetError), exitCode: EXIT_CODES.budget };
  if (hasCode(error, 'CommandFailedError')) return { message: messageOf(error), exitCode: EXIT_CODES.failed };
  return { message: explain(error), exitCode: EXIT_CODES.failed };
};

/** How deep the packages wrap an error, and more; a chain may have no end. */
const MAX_CAUSES = 10;

/** Also if a package has wrapped it in an error of its own. */
export const readBudgetErrorIn = (error: unknown): unknown => {
  let cause = error;
  for (let depth = 0; depth < MAX_CAUSES && cause !== undefined; depth++) {
    if (hasCode(cause, 'ReadBudgetError')) return cause;
    cause = memberOf(cause, 'cause');
  }
  return undefined;
};

const messageOf = (error: unknown): string => String(memberOf(error, 'message'));

const CREDENTIALS = [
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'CredentialsProviderError',
  'ExpiredToken',
];

/** Whether there are no credentials, or none that AWS takes. */
export const isWithoutCredentials = (error: unknown): boolean => CREDENTIALS.some(name => isNamed(error, name));

/** Whether something else than AWS has answered: the SDK could not read it. */
export const isNoAnswerOfAws = (error: unknown): boolean =>
  isNamed(error, 'SyntaxError') &&
  [memberOf(error, '$response'), memberOf(error, '$metadata')].some(each => each !== undefined);

/** The whole message of the SDK's error, which has no name of its own. */
const REGION_IS_MISSING = 'Region is missing';

/** AWS says who may not do what to what, in a sentence of its own. */
const ACTION = /\b((?:dynamodb|kms|s3):[A-Za-z]+)/;

/** The action that was not permitted, such as `dynamodb:Query`; undefined if the error does not say. */
export const deniedActionOf = (error: unknown): string | undefined => ACTION.exec(messageOf(error))?.[1];

const explain = (error: unknown): string => {
  if (isNamed(error, 'AccessDeniedException')) {
    const action = deniedActionOf(error);
    return `Not permitted${action === undefined ? '' : `: ${action}`}. ${describeErrorInWords(error)}`;
  }
  if (isWithoutCredentials(error)) {
    return `No valid credentials. ${describeErrorInASentence(error)} Sign in again, or choose others with --profile.`;
  }
  if (messageOf(error) === REGION_IS_MISSING) return 'No region. Give --region or AWS_REGION.';
  if (isNoAnswerOfAws(error)) {
    const status = memberOf(memberOf(error, '$response'), 'statusCode');
    return `The answer is not from AWS${typeof status === 'number' ? ` (HTTP ${status})` : ''}: it is not JSON. Look for a proxy or another server at the endpoint.`;
  }
  if (isDeadlineExceeded(error)) return `${messageOf(error)} Are the endpoint, the region and the network right?`;
  return describeErrorInWords(error);
};
