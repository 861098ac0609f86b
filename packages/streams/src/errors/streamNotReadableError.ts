import { CastoreDynamoDbError } from '@castore-dynamodb/adapter';

/** A table has no stream that tells of new events. */
export class StreamNotReadableError extends CastoreDynamoDbError {
  declare readonly code: 'StreamNotReadableError';
  readonly tableName: string;
  /** What the table's stream holds; undefined where there is none. */
  readonly streamViewType: string | undefined;

  constructor(tableName: string, streamViewType: string | undefined) {
    super(
      'StreamNotReadableError',
      `Table ${JSON.stringify(tableName)} has ${streamViewType === undefined ? 'no stream' : `a stream of ${streamViewType}`}: ` +
        'switch one on with the view type NEW_IMAGE.',
    );
    this.tableName = tableName;
    this.streamViewType = streamViewType;
  }
}
