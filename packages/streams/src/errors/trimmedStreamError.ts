import { CastoreDynamoDbError } from '@castore-dynamodb/adapter';

/**
 * Records of a stream were gone before they were read, or may have been: DynamoDB keeps them for 24 hours. The events are
 * in the table: a later event of the same aggregate brings them along, and `replayEvents` all of them.
 */
export class TrimmedStreamError extends CastoreDynamoDbError {
  declare readonly code: 'TrimmedStreamError';
  readonly streamArn: string;
  readonly shardId: string;

  constructor(streamArn: string, shardId: string, options?: ErrorOptions) {
    super(
      'TrimmedStreamError',
      `Shard ${shardId} of ${streamArn} was not read for 24 hours, and records of it may be gone. ` +
        'Their events are in the table: replay them to the projections that must not miss any.',
      options,
    );
    this.streamArn = streamArn;
    this.shardId = shardId;
  }
}
