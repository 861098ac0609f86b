import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { TestEngine } from '@castore-dynamodb/testing/engines';

import type { StreamRecord } from '../../src/index.js';

/** What clients of an engine have in common; complete, so that no environment leads them elsewhere. */
export const clientConfig = ({ endpoint }: Pick<TestEngine, 'endpoint'>) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
});

export const newStreamsClient = (engine: Pick<TestEngine, 'endpoint'>): DynamoDBStreamsClient =>
  new DynamoDBStreamsClient(clientConfig(engine));

export const streamArnOf = async (client: DynamoDBClient, tableName: string): Promise<string> => {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  return table?.LatestStreamArn as string;
};

/** Everything that is in a table's stream by now, as the AWS SDK reads it. */
export const readStream = async (client: DynamoDBStreamsClient, StreamArn: string): Promise<_Record[]> => {
  const { StreamDescription: stream } = await client.send(new DescribeStreamCommand({ StreamArn }));
  const records: _Record[] = [];
  for (const { ShardId } of stream?.Shards ?? []) {
    let { ShardIterator: iterator } = await client.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    for (let count = 1; count > 0 && iterator !== undefined; ) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      records.push(...(page.Records ?? []));
      count = page.Records?.length ?? 0;
      iterator = page.NextShardIterator;
    }
  }
  return records;
};

/** A record as Lambda hands it to a function: JSON, with bytes in base64, and the stream's ARN. */
export const asInLambda = (record: object, eventSourceARN: string): StreamRecord => ({
  ...(JSON.parse(
    JSON.stringify(record, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ),
  ) as StreamRecord),
  eventSourceARN,
});

/** The records of a table's stream, as Lambda hands them to a function. */
export const lambdaRecords = async (
  client: DynamoDBClient,
  streamsClient: DynamoDBStreamsClient,
  tableName: string,
): Promise<StreamRecord[]> => {
  const arn = await streamArnOf(client, tableName);
  return (await readStream(streamsClient, arn)).map(record => asInLambda(record, arn));
};
