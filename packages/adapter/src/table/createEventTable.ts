import { CreateTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { eventTableDefinition } from '@castore-dynamodb/table';

import { EventTableMismatchError } from '../errors/index.js';
import { checkTableName, describeEventTable, type EventTableReference } from './describeEventTable.js';
import { hasErrorName, waitForTable } from './waitForTable.js';

export type CreateEventTableOptions = EventTableReference;

/**
 * Creates an event table, on-demand, and waits until it and its index can be used. May be called again, also at the
 * same time: a table that is there already and has the right keys and index is left as it is.
 *
 * Meant for tests, demos and scripts; deploy production tables with the CDK construct or the Terraform module.
 *
 * @throws InvalidArgumentError, TypeError (unknown layout) before any request.
 * @throws EventTableMismatchError where a table of that name has other keys or another index, naming each difference.
 */
export const createEventTable = async (
  dynamoDbClient: DynamoDBClient,
  options: CreateEventTableOptions,
): Promise<void> => {
  checkTableName(options);
  const { tableName, layout } = options;
  try {
    await dynamoDbClient.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        ...eventTableDefinition(layout),
      }),
    );
  } catch (error) {
    if (!hasErrorName(error, 'ResourceInUseException')) throw error;
    const { differences } = await describeEventTable(dynamoDbClient, options);
    if (differences.length > 0) throw new EventTableMismatchError(tableName, layout, differences);
  }
  await waitForTable(dynamoDbClient, tableName, isUsable);
};

const isUsable = (table: TableDescription | undefined): boolean =>
  table !== undefined &&
  isActive(table.TableStatus) &&
  (table.GlobalSecondaryIndexes ?? []).every(({ IndexStatus }) => isActive(IndexStatus));

/** An update of a table's settings goes on beside reads and writes. */
const isActive = (status: string | undefined): boolean => status === 'ACTIVE' || status === 'UPDATING';
