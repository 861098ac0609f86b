import { CastoreDynamoDbError } from './castoreDynamoDbError.js';

/** A page token was refused: it is not, unaltered, one that `listAggregateIds` of this event store handed out. */
export class InvalidPageTokenError extends CastoreDynamoDbError {
  declare readonly code: 'InvalidPageTokenError';

  constructor(explanation: string, options?: ErrorOptions) {
    super(
      'InvalidPageTokenError',
      `Invalid page token: ${explanation} Pass \`nextPageToken\` back as it came, or list again from the first page.`,
      options,
    );
  }
}
