import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { _Record, DynamoDBStreamsClient, GetShardIteratorCommandInput } from '@aws-sdk/client-dynamodb-streams';
import type { EventTable } from '@castore-dynamodb/adapter';
import { request } from '@castore-dynamodb/commons';

import { StreamNotReadableError } from '../errors.js';
import { tableNameOf } from '../images/streamRecord.js';
import { TIMEOUTS } from '../timeouts.js';

/** The stream that a table writes to. @throws StreamNotReadableError */
export const findStream = async (
  { tableName, dynamoDbClient }: Pick<EventTable, 'tableName' | 'dynamoDbClient'>,
  signal?: AbortSignal,
): Promise<string> => {
  const command = new DescribeTableCommand({ TableName: tableName });
  const { Table: table } = await request(
    { operation: 'DescribeTable', tableName, requires: 'Table', deadlineMs: TIMEOUTS.request, signal },
    abortSignal => dynamoDbClient.send(command, { abortSignal }),
  );
  const { StreamEnabled: isEnabled, StreamViewType: viewType } = table?.StreamSpecification ?? {};
  const streamArn = table?.LatestStreamArn;
  if (isEnabled !== true || streamArn === undefined) throw new StreamNotReadableError(tableName, undefined);
  if (viewType !== 'NEW_IMAGE' && viewType !== 'NEW_AND_OLD_IMAGES') {
    throw new StreamNotReadableError(tableName, viewType);
  }
  return streamArn;
};

/** A shard of a stream, as far as its descent matters. */
export interface Shard {
  readonly shardId: string;
  /** The shard that it came of by a split. */
  readonly parentShardId: string | undefined;
}

export interface RecordPage {
  readonly records: readonly _Record[];
  /** Undefined at the end of a shard that will get no more records. */
  readonly nextIterator: string | undefined;
}

/** The requests to a table's stream. Each of them ends in time, and has a whole answer or none. */
export class TableStream {
  constructor(
    readonly arn: string,
    readonly client: DynamoDBStreamsClient,
  ) {}

  async shards(signal: AbortSignal): Promise<Shard[]> {
    const { DescribeStreamCommand } = await loadCommands();
    const shards: Shard[] = [];
    let last: string | undefined;
    do {
      const command = new DescribeStreamCommand({ StreamArn: this.arn, ExclusiveStartShardId: last });
      const { Shards, LastEvaluatedShardId } = await request(
        this.#options('DescribeStream', 'Shards', signal),
        async abortSignal => (await this.client.send(command, { abortSignal })).StreamDescription ?? {},
      );
      for (const { ShardId: shardId = '', ParentShardId: parentShardId } of Shards ?? []) {
        shards.push({ shardId, parentShardId });
      }
      last = LastEvaluatedShardId;
    } while (last !== undefined);
    return shards;
  }

  /** An iterator after a record, or at the oldest one of the shard, or after all that it has now. */
  async iterator(
    shardId: string,
    after: string | undefined,
    signal: AbortSignal,
    otherwise: 'TRIM_HORIZON' | 'LATEST' = 'TRIM_HORIZON',
  ): Promise<string> {
    const { GetShardIteratorCommand } = await loadCommands();
    const start: Pick<GetShardIteratorCommandInput, 'ShardIteratorType' | 'SequenceNumber'> =
      after === undefined
        ? { ShardIteratorType: otherwise }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const command = new GetShardIteratorCommand({ StreamArn: this.arn, ShardId: shardId, ...start });
    const { ShardIterator } = await request(this.#options('GetShardIterator', 'ShardIterator', signal), abortSignal =>
      this.client.send(command, { abortSignal }),
    );
    return ShardIterator as string;
  }

  /** What an iterator points to. Costs a read request unit of DynamoDB Streams. */
  async records(iterator: string, signal: AbortSignal): Promise<RecordPage> {
    const { GetRecordsCommand } = await loadCommands();
    const command = new GetRecordsCommand({ ShardIterator: iterator });
    const { Records: records = [], NextShardIterator: nextIterator } = await request(
      this.#options('GetRecords', 'Records', signal),
      abortSignal => this.client.send(command, { abortSignal }),
    );
    return { records, nextIterator };
  }

  #options<MEMBER extends string>(operation: string, requires: MEMBER, signal: AbortSignal) {
    const tableName = tableNameOf(this.arn);
    return { operation, tableName, requires, deadlineMs: TIMEOUTS.request, signal };
  }
}

/** Loaded when it is needed, as it need not be installed to run projections on Lambda. */
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
