import { CastoreDynamoDbError } from './castoreDynamoDbError.js';
import { describePath } from './describePath.js';

/** A value cannot be stored so that it comes back as it is, or read as it was stored. */
export class InexactValueError extends CastoreDynamoDbError {
  declare readonly code: 'InexactValueError';
  /** The value's place, from the name that was given: `view.items[2].price`. */
  readonly path: string;
  /** Why, and what to do. */
  readonly reason: string;

  constructor(path: string, reason: string) {
    super('InexactValueError', `Cannot convert ${describePath(path)} exactly: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}
