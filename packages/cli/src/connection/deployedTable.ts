import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { isNamed, request } from '@castore-dynamodb/commons';
import {
  EVENT_TABLE_EVENT_STORE_ID_KEY,
  EVENT_TABLE_INITIAL_EVENT_INDEX_NAME,
  EVENT_TABLE_IS_INITIAL_EVENT_KEY,
  EVENT_TABLE_PK,
  EVENT_TABLE_SK,
  type EventTableLayout,
} from '@castore-dynamodb/table';

/** DescribeTable is one of the operations that may be slow. */
const DEADLINE_MS = 20_000;

export const describeDeployedTable = async (client: DynamoDBClient, tableName: string): Promise<TableDescription> => {
  const { Table } = await request(
    { operation: 'DescribeTable', tableName, requires: 'Table', deadlineMs: DEADLINE_MS },
    abortSignal => client.send(new DescribeTableCommand({ TableName: tableName }), { abortSignal }),
  );
  return Table as TableDescription;
};

/** Undefined if there is no such table. */
export const describeIfThere = async (
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription | undefined> => {
  try {
    return await describeDeployedTable(client, tableName);
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    return undefined;
  }
};

/** What the command shows of a table. */
export const tableFacts = (table: TableDescription) => ({
  name: table.TableName ?? '',
  status: table.TableStatus ?? 'UNKNOWN',
  arn: table.TableArn ?? '',
  // DynamoDB counts about every six hours.
  items: table.ItemCount ?? 0,
  bytes: table.TableSizeBytes ?? 0,
  billing: table.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
  stream: table.StreamSpecification?.StreamViewType ?? 'off',
  protected: table.DeletionProtectionEnabled ?? false,
});

const LAYOUT_OF_KEY: Readonly<Record<string, EventTableLayout>> = {
  [EVENT_TABLE_EVENT_STORE_ID_KEY]: 'single-table',
  [EVENT_TABLE_IS_INITIAL_EVENT_KEY]: 'table-per-store',
};

const partitionKeyOf = (schema: TableDescription['KeySchema']): string | undefined =>
  schema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;

/** By the index of first events, which differs; undefined for a table that is no event table, or lacks the index. */
export const layoutOf = ({ KeySchema, GlobalSecondaryIndexes }: TableDescription): EventTableLayout | undefined => {
  const names = KeySchema?.map(({ AttributeName }) => AttributeName);
  if (!names?.includes(EVENT_TABLE_PK) || !names.includes(EVENT_TABLE_SK)) return undefined;
  const index = GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === EVENT_TABLE_INITIAL_EVENT_INDEX_NAME);
  return LAYOUT_OF_KEY[partitionKeyOf(index?.KeySchema) ?? ''];
};
