import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  checkClient,
  checkOptions,
  checkString,
  DeadlineExceededError,
  isNamed,
  pause,
  request,
} from '@castore-dynamodb/commons';
import { projectionTableDefinition } from '@castore-dynamodb/table';

import { TIMEOUTS } from '../timeouts.js';

const MAX_CREATION_MS = 300_000;
const POLL_INTERVAL_MS = 1_000;

/**
 * Creates a table for views and checkpoints, on-demand, and waits until it can be used, for 5 minutes at most. A table of
 * that name is left as it is.
 *
 * Meant for tests, demos and scripts. In production, deploy a table with the keys of `projectionTableDefinition` of
 * `@castore-dynamodb/table`, and with the indexes that you query your views by.
 *
 * @throws InvalidArgumentError before any request; DeadlineExceededError; the error of a request.
 */
export const createProjectionTable = async (
  dynamoDbClient: DynamoDBClient,
  options: { tableName: string },
): Promise<void> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkOptions(options, '', { tableName: true });
  const { tableName } = options;
  checkString(tableName, 'tableName');

  const command = new CreateTableCommand({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    ...projectionTableDefinition(),
  });
  try {
    await request({ operation: 'CreateTable', tableName, deadlineMs: TIMEOUTS.request }, abortSignal =>
      dynamoDbClient.send(command, { abortSignal }),
    );
  } catch (error) {
    if (!isNamed(error, 'ResourceInUseException')) throw error;
  }
  const start = performance.now();
  while ((await statusOf(dynamoDbClient, tableName)) !== 'ACTIVE') {
    if (performance.now() - start > MAX_CREATION_MS) {
      throw new DeadlineExceededError(`CreateTable of ${JSON.stringify(tableName)}`, MAX_CREATION_MS);
    }
    await pause(POLL_INTERVAL_MS);
  }
};

/** Undefined for a table that does not show yet. */
const statusOf = async (client: DynamoDBClient, tableName: string): Promise<string | undefined> => {
  try {
    const { Table } = await request(
      { operation: 'DescribeTable', tableName, requires: 'Table', deadlineMs: TIMEOUTS.request },
      abortSignal => client.send(new DescribeTableCommand({ TableName: tableName }), { abortSignal }),
    );
    return Table?.TableStatus;
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    return undefined;
  }
};
