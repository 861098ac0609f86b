/**
 * Base class of every error that these packages raise themselves; errors of the AWS SDK pass through unchanged.
 * Recognise an error by its `code`: messages may change, and there may be two copies of a class.
 *
 * @example
 * export const describeError = ({ code, message }: CastoreDynamoDbError): string => `${code}: ${message}`;
 */
export abstract class CastoreDynamoDbError extends Error {
  declare readonly code: string;

  /** @param fields what else the error has; classes declare them, with `declare`, so that they are not set again */
  constructor(code: string, message: string, options?: ErrorOptions, fields?: object) {
    super(message, options);
    Object.assign(this, { code, name: code }, fields);
  }
}

/** An argument was refused before any request was sent. */
export class InvalidArgumentError extends CastoreDynamoDbError {
  declare readonly code: 'InvalidArgumentError';
  /** The argument, as a path from the function's parameter: `event.version`, `options.limit`. */
  declare readonly argument: string;

  constructor(argument: string, explanation: string, options?: ErrorOptions) {
    super('InvalidArgumentError', `Invalid ${argument}: ${explanation}`, options, { argument });
  }
}

/**
 * A member of anything that was thrown; undefined if it has none. Never throws, although a getter or a proxy might.
 * Guards ask for members and never for a class: an error may come from another realm or another copy of a package.
 */
export const memberOf = (thrown: unknown, member: string | symbol): unknown => {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) return undefined;
  try {
    return (thrown as Record<string | symbol, unknown>)[member];
  } catch {
    return undefined;
  }
};

/** Whether an error is one of ours, of Castore's or of Node's with this `code`. */
export const hasCode = (thrown: unknown, code: string): boolean => memberOf(thrown, 'code') === code;

/** Whether an error is one of the AWS SDK's with this `name`, such as `ConditionalCheckFailedException`. */
export const isNamed = (thrown: unknown, name: string): boolean => memberOf(thrown, 'name') === name;
