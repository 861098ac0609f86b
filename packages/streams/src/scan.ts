import { type AttributeValue, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventTable, type ScannedEvents, scanTableEvents } from '@castore-dynamodb/adapter';
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
export const scanPage = async (
  { tableName, dynamoDbClient, index, of }: Segment,
  options: ScanOptions,
): Promise<ScannedEvents> => {
  const { signal } = options;
  const scan = { tableName, segment: index, segments: of, deadlineMs: TIMEOUTS.request, ...options };
  const send = () => scanTableEvents(dynamoDbClient, scan);
  const sendUnlessThrottled = () =>
    retry({ ...BACK_OFF, maxAttempts: Number.POSITIVE_INFINITY, isWorthRepeating: isThrottled, signal }, send);
  return retry({ ...ASK_AGAIN, signal }, sendUnlessThrottled);
};

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
