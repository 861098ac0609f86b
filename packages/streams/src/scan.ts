import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { EventTable } from '@castore-dynamodb/adapter';
import { isNamed, isThrottled, request, retry } from '@castore-dynamodb/commons';

import { ASK_AGAIN, BACK_OFF, TIMEOUTS } from './timeouts.js';

type Item = Record<string, AttributeValue>;

/** A part of a table: the items of one partition key are all in the same one, and come by the order of their sort keys. */
export interface Segment {
  readonly tableName: string;
  readonly dynamoDbClient: DynamoDBClient;
  readonly index: number;
  /** How many of them there are. */
  readonly of: number;
}

export interface ScanPage {
  readonly items: readonly Item[];
  readonly readUnits: number;
  /** Where the next page begins; undefined after the last one. */
  readonly nextKey: Item | undefined;
}

export interface ScanOptions {
  readonly consistentRead: boolean;
  readonly startKey: Item | undefined;
  /** Items at most; undefined for as many as DynamoDB gives, which is 1 MB of them. */
  readonly limit: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * A page of a segment. If DynamoDB has no capacity left, it is asked again, after up to 5 s, for as long as it takes. A
 * request without an answer is sent three times.
 */
export const scanPage = async (segment: Segment, { signal, ...options }: ScanOptions): Promise<ScanPage> => {
  const { tableName, dynamoDbClient } = segment;
  const command = new ScanCommand(scanInput(segment, options));
  const send = async () =>
    request<ScanCommandOutput>(
      { operation: 'Scan', tableName, requires: 'Count', deadlineMs: TIMEOUTS.request, signal },
      abortSignal => dynamoDbClient.send(command, { abortSignal }),
    );
  const sendUnlessThrottled = async () =>
    retry({ ...BACK_OFF, maxAttempts: Number.POSITIVE_INFINITY, isWorthRepeating: isThrottled, signal }, send);
  const { Items, ConsumedCapacity, LastEvaluatedKey } = await retry({ ...ASK_AGAIN, signal }, sendUnlessThrottled);
  return { items: Items ?? [], readUnits: ConsumedCapacity?.CapacityUnits ?? 0, nextKey: LastEvaluatedKey };
};

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

/** How many items the tables have, as DynamoDB last counted; undefined if that may not be asked. */
export const estimateItems = async (
  tables: readonly EventTable[],
  signal: AbortSignal,
): Promise<number | undefined> => {
  let items = 0;
  for (const { tableName, dynamoDbClient } of tables) {
    try {
      const { Table } = await request(
        { operation: 'DescribeTable', tableName, requires: 'Table', deadlineMs: TIMEOUTS.request, signal },
        abortSignal => dynamoDbClient.send(new DescribeTableCommand({ TableName: tableName }), { abortSignal }),
      );
      items += Table?.ItemCount ?? 0;
    } catch (error) {
      if (isNamed(error, 'AccessDeniedException')) return undefined;
      throw error;
    }
  }
  return items;
};
