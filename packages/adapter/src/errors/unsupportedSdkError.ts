import { CastoreDynamoDbError } from './castoreDynamoDbError.js';

/**
 * An event with a member named `__proto__` was refused before any request was sent, because the installed version of
 * `@aws-sdk/client-dynamodb` makes its requests in a way that is not known here, and might leave the member out.
 */
export class UnsupportedSdkError extends CastoreDynamoDbError {
  declare readonly code: 'UnsupportedSdkError';

  constructor(cause: unknown) {
    super(
      'UnsupportedSdkError',
      'This version of @aws-sdk/client-dynamodb writes requests in an unknown way, so a member named "__proto__" ' +
        'cannot be stored safely. Nothing was sent. Please report it to castore-dynamodb.',
      { cause },
    );
  }
}
