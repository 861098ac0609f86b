import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { checkClient, checkOptions, isNamed, pause } from '@castore-dynamodb/commons';

import { checkTableName, type EventTableName, requestOfTable, waitForTable, withinWait } from './controlPlane.js';
import { TABLE_OPTIONS } from './createTableInput.js';

/** Between two attempts, as a table may be in use in ways that its status does not show. */
const DELAY_MS = 500;

/**
 * Deletes a table with all its events, and waits until it is gone. May be called again: a table that is not there, or
 * is being deleted, is no error. Takes the options of `createEventTable` too.
 *
 * Each request may take 10 s, and all of it 10 minutes.
 *
 * @throws InvalidArgumentError before any request; DynamoDB's own error if deletion protection is on;
 *   DeadlineExceededError.
 *
 * @example
 * await deleteEventTable(dynamoDbClient, { tableName: 'events-of-a-test' });
 */
export const deleteEventTable = async (dynamoDbClient: DynamoDBClient, options: EventTableName): Promise<void> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkOptions(options, 'options', TABLE_OPTIONS);
  checkTableName(options);
  const { tableName } = options;
  const command = new DeleteTableCommand({ TableName: tableName });
  await withinWait(`deleteEventTable of ${JSON.stringify(tableName)}`, signal =>
    deleteTable(dynamoDbClient, tableName, command, signal),
  );
};

const deleteTable = async (
  client: DynamoDBClient,
  tableName: string,
  command: DeleteTableCommand,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await requestOfTable({ operation: 'DeleteTable', tableName, requires: 'TableDescription', signal }, sending =>
      client.send(command, sending),
    );
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return;
    if (!isNamed(error, 'ResourceInUseException')) throw error;
    await pause(DELAY_MS, signal);
    await waitForTable(client, tableName, signal, table => !isBeingChanged(table?.TableStatus));
    return deleteTable(client, tableName, command, signal);
  }
  await waitForTable(client, tableName, signal, table => table === undefined);
};

const isBeingChanged = (status: string | undefined): boolean => status === 'CREATING' || status === 'UPDATING';
