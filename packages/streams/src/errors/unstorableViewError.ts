import { CastoreDynamoDbError } from '@castore-dynamodb/adapter';

import { describeView, type ViewLocation } from './viewLocation.js';

/** What an event made of a view cannot be stored. Neither the message nor a field holds the value itself. */
export class UnstorableViewError extends CastoreDynamoDbError implements ViewLocation {
  declare readonly code: 'UnstorableViewError';
  readonly projection: string;
  readonly key: string;
  /** The value's place: `view.items[2].price`; `key` where the key itself is wrong. */
  readonly path: string;
  /** Why it cannot be stored, and what to do. */
  readonly reason: string;

  constructor(location: ViewLocation, path: string, reason: string) {
    super('UnstorableViewError', `Cannot store ${path} of ${describeView(location)}: ${reason}`);
    this.projection = location.projection;
    this.key = location.key;
    this.path = path;
    this.reason = reason;
  }
}
