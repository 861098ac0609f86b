import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { _Record, DynamoDBStreamsClient, GetShardIteratorCommandInput } from '@aws-sdk/client-dynamodb-streams';
import type { EventTable } from '@castore-dynamodb/adapter';

import { StreamNotReadableError } from '../errors/index.js';
import type { ShardLineage } from './lineage.js';

/** The stream that a table writes to. @throws StreamNotReadableError */
export const findStream = async (
  { tableName, dynamoDbClient }: EventTable,
  abortSignal?: AbortSignal,
): Promise<string> => {
  const command = new DescribeTableCommand({ TableName: tableName });
  const { Table: table } = await dynamoDbClient.send(command, { ...(abortSignal && { abortSignal }) });
  const { StreamEnabled: isEnabled, StreamViewType: viewType } = table?.StreamSpecification ?? {};
  const streamArn = table?.LatestStreamArn;
  if (isEnabled !== true || streamArn === undefined) throw new StreamNotReadableError(tableName, undefined);
  if (viewType !== 'NEW_IMAGE' && viewType !== 'NEW_AND_OLD_IMAGES') {
    throw new StreamNotReadableError(tableName, viewType);
  }
  return streamArn;
};

export interface RecordPage {
  readonly records: readonly _Record[];
  /** Undefined at the end of a shard that will get no more records. */
  readonly nextIterator: string | undefined;
}

/** The requests to a table's stream, and nothing more. */
export class TableStream {
  constructor(
    readonly arn: string,
    readonly client: DynamoDBStreamsClient,
  ) {}

  async shards(signal: AbortSignal): Promise<ShardLineage[]> {
    const { DescribeStreamCommand } = await loadCommands();
    const shards: ShardLineage[] = [];
    let last: string | undefined;
    do {
      const command = new DescribeStreamCommand({ StreamArn: this.arn, ExclusiveStartShardId: last });
      const { StreamDescription: stream } = await this.client.send(command, { abortSignal: signal });
      for (const { ShardId: shardId = '', ParentShardId: parentShardId } of stream?.Shards ?? []) {
        shards.push({ shardId, parentShardId });
      }
      last = stream?.LastEvaluatedShardId;
    } while (last !== undefined);
    return shards;
  }

  /** An iterator behind a record, or at the oldest one of the shard. */
  async iterator(shardId: string, behind: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    const { GetShardIteratorCommand } = await loadCommands();
    const start: Pick<GetShardIteratorCommandInput, 'ShardIteratorType' | 'SequenceNumber'> =
      behind === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: behind };
    const command = new GetShardIteratorCommand({ StreamArn: this.arn, ShardId: shardId, ...start });
    return (await this.client.send(command, { abortSignal: signal })).ShardIterator;
  }

  /** What an iterator points to; without one, the end of a shard. Costs a read request unit of DynamoDB Streams. */
  async records(iterator: string | undefined, signal: AbortSignal): Promise<RecordPage> {
    if (iterator === undefined) return { records: [], nextIterator: undefined };
    const { GetRecordsCommand } = await loadCommands();
    const command = new GetRecordsCommand({ ShardIterator: iterator });
    const { Records: records = [], NextShardIterator: nextIterator } = await this.client.send(command, {
      abortSignal: signal,
    });
    return { records, nextIterator };
  }
}

export const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** Loaded where it is needed, as who runs projections on Lambda need not install it. */
export const loadCommands = async (): Promise<typeof import('@aws-sdk/client-dynamodb-streams')> => {
  try {
    return await import('@aws-sdk/client-dynamodb-streams');
  } catch (cause) {
    throw new Error(
      'StreamPoller needs the package @aws-sdk/client-dynamodb-streams, which cannot be loaded: install it.',
      { cause },
    );
  }
};
