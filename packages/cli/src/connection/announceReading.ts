import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { UsageError } from '../errors.js';
import type { Printer } from '../output/printer.js';
import { describeDeployedTable } from './deployedTable.js';

/** A strongly consistent read unit. */
const BYTES_OF_A_UNIT = 4096;

export interface ReadTable {
  readonly tableName: string;
  readonly dynamoDbClient: DynamoDBClient;
}

/** What the reading of a whole table is about, by DynamoDB's count, which is up to six hours old. */
export interface TablePrice {
  readonly items: number;
  readonly bytes: number;
  /** Strongly consistent. */
  readonly readUnits: number;
}

interface Announcement {
  readonly printer: Printer;
  readonly maxReadUnits: number;
  /** Whether a command that stops at its limit has not paid for nothing. @default false */
  readonly mayStop?: boolean;
}

/**
 * Says what the reading of whole tables costs, before it begins. One DescribeTable for each.
 *
 * @throws UsageError if that is more than the command may read, and stopping on the way would be of no use.
 */
export const announceReading = async (
  tables: readonly ReadTable[],
  { printer, maxReadUnits, mayStop = false }: Announcement,
): Promise<TablePrice> => {
  const price = { items: 0, bytes: 0, readUnits: 0 };
  for (const { tableName, dynamoDbClient } of tables) {
    const { ItemCount = 0, TableSizeBytes = 0 } = await describeDeployedTable(dynamoDbClient, tableName);
    price.items += ItemCount;
    price.bytes += TableSizeBytes;
  }
  price.readUnits = Math.ceil(price.bytes / BYTES_OF_A_UNIT);
  const units = price.bytes === 0 && price.items > 0 ? 'an unknown number of' : price.readUnits;
  const names = tables.map(({ tableName }) => tableName).join(', ');
  printer.note(
    `Reads all of ${names}: about ${price.items} items, ${units} read units (DynamoDB counts every six hours).`,
  );
  if (price.readUnits <= maxReadUnits) return price;
  const advice = `It may read ${maxReadUnits}: give --max-read-units ${Math.ceil(price.readUnits * 1.2)}`;
  if (!mayStop) throw new UsageError(`Not begun. ${advice}.`);
  printer.note(`${advice}, or call it again when it has stopped.`);
  return price;
};
