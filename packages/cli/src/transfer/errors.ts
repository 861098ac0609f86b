import { CastoreDynamoDbError } from '@castore-dynamodb/commons';

interface Location {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly version: number;
}

const nameOf = ({ eventStoreId, aggregateId, version }: Location): string =>
  `version ${version} of ${JSON.stringify(aggregateId)} in ${JSON.stringify(eventStoreId)}`;

/** An event cannot be stored as it is where it is to go. */
export class UntransferableEventError extends CastoreDynamoDbError {
  declare readonly code: 'UntransferableEventError';
  declare readonly eventStoreId: string;
  declare readonly aggregateId: string;
  declare readonly version: number;

  constructor(location: Location, reason: string) {
    const { eventStoreId, aggregateId, version } = location;
    super('UntransferableEventError', `Cannot move ${nameOf(location)}: ${reason}`, undefined, {
      eventStoreId,
      aggregateId,
      version,
    });
  }
}

/** What is to be imported is not whole, was changed, or is something else. */
export class UnreadableExportError extends CastoreDynamoDbError {
  declare readonly code: 'UnreadableExportError';
  /** The file, or the location in S3. */
  declare readonly source: string;

  constructor(source: string, reason: string, options?: ErrorOptions) {
    super('UnreadableExportError', `Cannot use the export ${source}: ${reason}`, options, { source });
  }
}
