import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createEventTable,
  deleteEventTable,
  type EventTableLayout,
  putTableItem,
  scanTableItems,
  type TableItem,
} from '@castore-dynamodb/adapter';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';

/** A folder for the tests of a block. */
export const useFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'castore-dynamodb-transfer-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Makes tables, which are gone after the tests of the block. */
export const useTables = (dynamoDbClient: DynamoDBClient) => {
  const made: { tableName: string; client: DynamoDBClient }[] = [];
  afterAll(() => Promise.all(made.map(({ tableName, client }) => deleteEventTable(client, { tableName }))));
  return async (layout: EventTableLayout, stream = false, client = dynamoDbClient): Promise<string> => {
    const tableName = uniqueTableName('transfer');
    made.push({ tableName, client });
    await createEventTable(client, { tableName, layout, stream });
    return tableName;
  };
};

/** All items of a table, in one order. */
export const itemsOf = async (dynamoDbClient: DynamoDBClient, tableName: string): Promise<TableItem[]> => {
  const items: TableItem[] = [];
  let startKey: TableItem | undefined;
  do {
    const page = await scanTableItems(dynamoDbClient, { tableName, segment: 0, segments: 1, startKey });
    items.push(...page.items);
    startKey = page.nextKey;
  } while (startKey !== undefined);
  const keyOf = ({ aggregateId, version }: TableItem): string => `${aggregateId?.S}/${version?.N?.padStart(20, '0')}`;
  return items.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
};

export const put = async (dynamoDbClient: DynamoDBClient, tableName: string, ...items: TableItem[]): Promise<void> => {
  for (const item of items) await putTableItem(dynamoDbClient, { tableName, item });
};

/** Ids that look like keys, escapes and members that every object has. */
export const HOSTILE_IDS = ['a#b', 'a%23b', '__proto__', '#', 'ü😀', '\u001B[2J\u202E', 'constructor', '"\\\n'];
