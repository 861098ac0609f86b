import { type AttributeValue, type DynamoDBClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';

import { backOff } from '../backOff.js';

type Item = Record<string, AttributeValue>;

/** A part of a table: the items of one partition key are all in the same one, and come by the order of their sort keys. */
export interface Segment {
  readonly tableName: string;
  readonly client: DynamoDBClient;
  readonly index: number;
  /** How many of them there are. */
  readonly of: number;
}

export interface ScanPage {
  readonly items: readonly Item[];
  readonly readUnits: number;
  /** Where the next page begins; undefined behind the last one. */
  readonly nextKey: Item | undefined;
}

export interface ScanOptions {
  readonly consistentRead: boolean;
  readonly startKey: Item | undefined;
  /** Items at most; undefined for as many as DynamoDB gives, which is 1 MB of them. */
  readonly limit: number | undefined;
  readonly signal: AbortSignal;
}

/** A page of a segment. Where DynamoDB has no capacity left, it is asked again, after up to 5 s, for as long as it takes. */
export const scanPage = async (segment: Segment, { signal, ...options }: ScanOptions): Promise<ScanPage> => {
  const command = new ScanCommand(scanInput(segment, options));
  for (let failures = 0; ; ) {
    try {
      const { Items, ConsumedCapacity, LastEvaluatedKey } = await segment.client.send(command, { abortSignal: signal });
      return { items: Items ?? [], readUnits: ConsumedCapacity?.CapacityUnits ?? 0, nextKey: LastEvaluatedKey };
    } catch (error) {
      if (!isThrottled(error)) throw error;
      await backOff(++failures, signal);
      signal.throwIfAborted();
    }
  }
};

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const THROTTLED = new Set(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException']);

const isThrottled = (error: unknown): boolean => error instanceof Error && THROTTLED.has(error.name);

const scanInput = (
  { tableName, index, of }: Segment,
  { consistentRead, startKey, limit }: Omit<ScanOptions, 'signal'>,
): ScanCommandInput => ({
  TableName: tableName,
  Segment: index,
  TotalSegments: of,
  ConsistentRead: consistentRead,
  ReturnConsumedCapacity: 'TOTAL',
  ...(startKey && { ExclusiveStartKey: startKey }),
  ...(limit !== undefined && { Limit: limit }),
});
