// Argument checks: one style and one form of message. `argument` is the path as the caller wrote it, `options.limit`.
import { describeValue } from './describe.js';
import { InvalidArgumentError, memberOf } from './errors.js';

/** @throws InvalidArgumentError `Invalid <argument>: expected <expectation>, got <value>.` */
export const refuse = (argument: string, expectation: string, value: unknown): never => {
  throw new InvalidArgumentError(argument, `expected ${expectation}, got ${describeValue(value)}.`);
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const checkObject = (value: unknown, argument: string): void => {
  if (!isObject(value)) refuse(argument, 'an object', value);
};

/** An object as `{ … }` makes it. Of others, such as a `Map`, the entries would be passed over in silence. */
export const checkPlainObject = (value: unknown, argument: string): void => {
  checkObject(value, argument);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Those of another realm have another Object.prototype, with nothing above it either.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  refuse(argument, 'a plain object', value);
};

/** All options by their names. Written out with `satisfies OptionNames<Options>`, so that none can be forgotten. */
export type OptionNames<OPTIONS> = { readonly [NAME in keyof OPTIONS]-?: true };

/**
 * An object without members that are not options: a misspelt option would be ignored in silence.
 *
 * @param argument the path of the options; empty if the members are named by themselves
 */
export const checkOptions = (value: unknown, argument: string, names: Readonly<Record<string, true>>): void => {
  checkObject(value, argument || 'options');
  const options = value as Record<string, unknown>;
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name) || options[name] === undefined) continue;
    const meant = Object.keys(names).find(known => known.toLowerCase() === name.toLowerCase());
    const hint = meant === undefined ? `The options are ${Object.keys(names).join(', ')}.` : `Did you mean ${meant}?`;
    throw new InvalidArgumentError(argument === '' ? name : `${argument}.${name}`, `there is no such option. ${hint}`);
  }
};

/** A string that is not empty and that DynamoDB keeps as it is: half of a surrogate pair has no encoding in UTF-8. */
export const checkString = (value: unknown, argument: string): void => {
  if (typeof value !== 'string') refuse(argument, 'a string', value);
  if (value === '') throw new InvalidArgumentError(argument, 'expected a string that is not empty.');
  if (!(value as string).isWellFormed()) {
    throw new InvalidArgumentError(argument, 'it has half of a surrogate pair, which has no encoding in UTF-8.');
  }
};

export const checkBoolean = (value: unknown, argument: string): void => {
  if (typeof value !== 'boolean') refuse(argument, 'true or false', value);
};

export const checkFunction = (value: unknown, argument: string): void => {
  if (typeof value !== 'function') refuse(argument, 'a function', value);
};

export const checkInteger = (value: unknown, argument: string, min = 1, max = Number.MAX_SAFE_INTEGER): void => {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return;
  refuse(
    argument,
    max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`,
    value,
  );
};

/** A finite number above 0. */
export const checkPositiveNumber = (value: unknown, argument: string): void => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) refuse(argument, 'a number above 0', value);
};

const MAX_DAYS = 36_500;

/** How long something is kept: so long that it can be said in seconds since 1970, in a number that DynamoDB stores. */
export const checkDays = (value: unknown, argument: string): void => {
  checkPositiveNumber(value, argument);
  if ((value as number) > MAX_DAYS) refuse(argument, `a number of days up to ${MAX_DAYS}`, value);
};

export const checkOneOf = (value: unknown, argument: string, choices: readonly string[]): void => {
  if (!choices.includes(value as string)) refuse(argument, choices.map(choice => `'${choice}'`).join(' or '), value);
};

/** An array of one element or more. */
export const checkList = (value: unknown, argument: string, elements: string): void => {
  if (!Array.isArray(value) || value.length === 0) refuse(argument, `an array of one ${elements} or more`, value);
};

/** An `AbortSignal` of any realm. */
export const checkSignal = (value: unknown, argument: string): void => {
  const isSignal =
    isObject(value) && typeof value['aborted'] === 'boolean' && typeof value['addEventListener'] === 'function';
  if (!isSignal) refuse(argument, 'an AbortSignal', value);
};

type ClientName =
  | 'applicationAutoScalingClient'
  | 'dynamoDbClient'
  | 'dynamoDbStreamsClient'
  | 'kmsClient'
  | 's3Client';

/**
 * A client of the AWS SDK, version 3, for the service that the argument's name says. One that does not tell its service,
 * such as a mock, will do. So will a DynamoDBDocumentClient: only its own commands take other values. It cannot be
 * distinguished from the client that it was made from either, as the two share one configuration.
 */
export const checkClient = (value: unknown, argument: ClientName | `${string}.${ClientName}`): void => {
  const name = argument.slice(argument.lastIndexOf('.') + 1);
  const service = memberOf(memberOf(value, 'config'), 'serviceId');
  const isOfOther =
    typeof service === 'string' && `${service.replaceAll(' ', '')}Client`.toLowerCase() !== name.toLowerCase();
  const isClient = typeof memberOf(value, 'send') === 'function';
  if (isClient && !isOfOther) return;

  // The class is named like the argument, but for capitals: DynamoDBClient, KMSClient.
  const expectation = `${/^[as]/.test(name) ? 'an' : 'a'} ${name.replace(/^(kms|.)|Db/g, part => part.toUpperCase())} of the AWS SDK`;
  if (!isClient) refuse(argument, expectation, value);
  throw new InvalidArgumentError(argument, `expected ${expectation}, got a client of ${describeValue(service)}.`);
};
