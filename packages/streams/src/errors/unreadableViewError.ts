import { CastoreDynamoDbError } from '@castore-dynamodb/adapter';

import { describeView, type ViewLocation } from './viewLocation.js';

/** A view holds a value, written by somebody else, that JavaScript cannot hold exactly. */
export class UnreadableViewError extends CastoreDynamoDbError implements ViewLocation {
  declare readonly code: 'UnreadableViewError';
  readonly projection: string;
  readonly key: string;
  /** The value's place: `view.items[2].price`. */
  readonly path: string;

  constructor(location: ViewLocation, path: string, reason: string) {
    super('UnreadableViewError', `Cannot read ${path} of ${describeView(location)}: ${reason}`);
    this.projection = location.projection;
    this.key = location.key;
    this.path = path;
  }
}
