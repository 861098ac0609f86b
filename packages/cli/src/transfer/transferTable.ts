import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import { isDeadlineExceeded, isThrottled, retry } from '@castore-dynamodb/commons';

import { describeDeployedTable, layoutOf } from '../connection/deployedTable.js';
import { UsageError } from '../errors.js';
import type { Placement } from './storedEvent.js';

/** A table whose layout is known. */
export interface TransferTable {
  readonly dynamoDbClient: DynamoDBClient;
  readonly tableName: string;
  readonly placement: Placement;
  readonly description: TableDescription;
}

/**
 * Asks a table for its layout: one DescribeTable.
 *
 * @param eventStoreIds those that are asked for, if any: with a table per store, the one that it holds
 * @throws UsageError
 */
export const openTable = async (
  dynamoDbClient: DynamoDBClient,
  tableName: string,
  eventStoreIds: readonly string[] | undefined,
): Promise<TransferTable> => {
  const description = await describeDeployedTable(dynamoDbClient, tableName);
  const layout = layoutOf(description);
  if (layout === undefined) {
    throw new UsageError(
      `The table ${JSON.stringify(tableName)} is not an event table: its keys, or those of its index initialEvents, are different.`,
    );
  }
  const placement =
    layout === 'single-table' ? { layout } : { layout, eventStoreId: onlyOne(tableName, eventStoreIds) };
  return { dynamoDbClient, tableName, placement, description };
};

/** Which table it is, for a checkpoint. */
export const nameOf = ({ description, tableName }: TransferTable): string => description.TableArn ?? tableName;

const onlyOne = (tableName: string, eventStoreIds: readonly string[] | undefined): string => {
  const [eventStoreId, ...others] = eventStoreIds ?? [];
  if (eventStoreId === undefined || others.length > 0) {
    throw new UsageError(
      `The table ${JSON.stringify(tableName)} holds one event store and does not say which: name it with --store.`,
    );
  }
  return eventStoreId;
};

const BACK_OFF = { firstDelayMs: 50, maxDelayMs: 5_000 };

/** A request without an answer is sent three times. If DynamoDB has no capacity left, it is asked for as long as it takes. */
export const patiently = <RESULT>(signal: AbortSignal, work: () => Promise<RESULT>): Promise<RESULT> =>
  retry({ ...BACK_OFF, maxAttempts: 3, isWorthRepeating: isDeadlineExceeded, signal }, () =>
    retry({ ...BACK_OFF, maxAttempts: Number.POSITIVE_INFINITY, isWorthRepeating: isThrottled, signal }, work),
  );
