import { setTimeout as sleep } from 'node:timers/promises';

import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;

export const hasErrorName = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** Describes a table again and again until it is as wanted; undefined stands for a table that does not exist. */
export const waitForTable = async (
  client: DynamoDBClient,
  tableName: string,
  isAsWanted: (table: TableDescription | undefined) => boolean,
): Promise<void> => {
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(MAX_DELAY_MS, delay * 2)) {
    if (isAsWanted(await describe(client, tableName))) return;
    await sleep(delay);
  }
};

const describe = async (client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (hasErrorName(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
};
