/**
 * Base class of every error that this package raises itself; errors of the AWS SDK pass through unchanged.
 * `code` tells the kinds apart: nobody needs to match on a message, nor on a class across package copies.
 */
export abstract class CastoreDynamoDbError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = code;
  }
}
