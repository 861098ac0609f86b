import { CastoreDynamoDbError } from './castoreDynamoDbError.js';

/** An argument was refused before any request was sent. */
export class InvalidArgumentError extends CastoreDynamoDbError {
  declare readonly code: 'InvalidArgumentError';
  /** The argument, as a path from the function's parameter: `event.version`, `options.limit`. */
  readonly argument: string;

  constructor(argument: string, explanation: string, options?: ErrorOptions) {
    super('InvalidArgumentError', `Invalid ${argument}: ${explanation}`, options);
    this.argument = argument;
  }
}
