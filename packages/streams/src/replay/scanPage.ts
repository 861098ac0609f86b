import { type AttributeValue, type DynamoDBClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';

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

export const scanPage = async (segment: Segment, { signal, ...options }: ScanOptions): Promise<ScanPage> => {
  const { Items, ConsumedCapacity, LastEvaluatedKey } = await segment.client.send(
    new ScanCommand(scanInput(segment, options)),
    { abortSignal: signal },
  );
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
