import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  checkBoolean,
  checkClient,
  checkOptions,
  checkString,
  DeadlineExceededError,
  isNamed,
  type OptionNames,
  pause,
  request,
} from '@castore-dynamodb/commons';
import { PROJECTION_TABLE_EXPIRES_AT_KEY, projectionTableDefinition } from '@castore-dynamodb/table';

import { TIMEOUTS } from '../timeouts.js';

const MAX_CREATION_MS = 300_000;
const POLL_INTERVAL_MS = 1_000;

export interface CreateProjectionTableOptions {
  tableName: string;
  /**
   * Has DynamoDB delete items some time after the moment in their attribute `expiresAt` (seconds since 1970): the results
   * of `runOnce`, and any view that has such a number. Also switched on for a table that is there already, and never off.
   * One request more, two to switch it on.
   *
   * @default false
   */
  timeToLive?: boolean;
}

/**
 * Creates a table for views and checkpoints, on-demand, and waits until it can be used, for 5 minutes at most. A table of
 * that name is left as it is, but for its time to live.
 *
 * Meant for tests, demos and scripts. In production, deploy a table with the keys of `projectionTableDefinition` of
 * `@castore-dynamodb/table`, and with the indexes that you query your views by.
 *
 * @throws InvalidArgumentError before any request; DeadlineExceededError; the error of a request.
 *
 * @example
 * await createProjectionTable(dynamoDbClient, { tableName: 'views', timeToLive: true });
 */
export const createProjectionTable = async (
  dynamoDbClient: DynamoDBClient,
  options: CreateProjectionTableOptions,
): Promise<void> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkOptions(options, '', { tableName: true, timeToLive: true } satisfies OptionNames<CreateProjectionTableOptions>);
  const { tableName, timeToLive = false } = options;
  checkString(tableName, 'tableName');
  checkBoolean(timeToLive, 'timeToLive');

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
  if (timeToLive) await enableTimeToLive(dynamoDbClient, tableName);
};

/** DynamoDB refuses to switch on what is on, also what another call or an attempt of this one switched on meanwhile. */
const enableTimeToLive = async (client: DynamoDBClient, tableName: string): Promise<void> => {
  if (await expires(client, tableName)) return;
  const command = new UpdateTimeToLiveCommand({
    TableName: tableName,
    TimeToLiveSpecification: { AttributeName: PROJECTION_TABLE_EXPIRES_AT_KEY, Enabled: true },
  });
  try {
    await request({ operation: 'UpdateTimeToLive', tableName, deadlineMs: TIMEOUTS.request }, abortSignal =>
      client.send(command, { abortSignal }),
    );
  } catch (error) {
    if (!isNamed(error, 'ValidationException') || !(await expires(client, tableName))) throw error;
  }
};

/** Whether the time to live is on already, by the right attribute. */
const expires = async (client: DynamoDBClient, tableName: string): Promise<boolean> => {
  const { TimeToLiveDescription: { AttributeName, TimeToLiveStatus } = {} } = await request(
    {
      operation: 'DescribeTimeToLive',
      tableName,
      requires: 'TimeToLiveDescription',
      deadlineMs: TIMEOUTS.request,
    },
    abortSignal => client.send(new DescribeTimeToLiveCommand({ TableName: tableName }), { abortSignal }),
  );
  return (
    AttributeName === PROJECTION_TABLE_EXPIRES_AT_KEY &&
    (TimeToLiveStatus === 'ENABLED' || TimeToLiveStatus === 'ENABLING')
  );
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
