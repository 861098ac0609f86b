import { setTimeout as sleep } from 'node:timers/promises';

import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { checkClient } from '../events/checkEvent.js';
import { checkTableName, type EventTableName } from './describeEventTable.js';
import { hasErrorName, waitForTable } from './waitForTable.js';

/** Between two attempts, as a table may be in use in ways that its status does not show. */
const DELAY_MS = 500;

/**
 * Deletes a table with all its events, and waits until it is gone. May be called again: a table that is not there, or
 * is being deleted, is no error.
 *
 * @throws InvalidArgumentError before any request; DynamoDB's own error where deletion protection is on.
 */
export const deleteEventTable = async (dynamoDbClient: DynamoDBClient, options: EventTableName): Promise<void> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkTableName(options);
  const { tableName } = options;
  try {
    await dynamoDbClient.send(new DeleteTableCommand({ TableName: tableName }));
  } catch (error) {
    if (hasErrorName(error, 'ResourceNotFoundException')) return;
    if (!hasErrorName(error, 'ResourceInUseException')) throw error;
    await sleep(DELAY_MS);
    await waitForTable(dynamoDbClient, tableName, table => !isBeingChanged(table?.TableStatus));
    return deleteEventTable(dynamoDbClient, options);
  }
  await waitForTable(dynamoDbClient, tableName, table => table === undefined);
};

const isBeingChanged = (status: string | undefined): boolean => status === 'CREATING' || status === 'UPDATING';
