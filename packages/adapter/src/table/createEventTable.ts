import {
  CreateTableCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { checkBoolean, checkClient, checkOptions, isNamed, type OptionNames } from '@castore-dynamodb/commons';

import { EventTableMismatchError } from '../errors.js';
import { checkAutoscaling, type EventTableAutoscaling, prepareAutoscaling } from './autoscaling.js';
import {
  checkTableName,
  type EventTableReference,
  isActive,
  requestOfTable,
  waitForTable,
  withinWait,
} from './controlPlane.js';
import { createTableInput, type EventTableSettings, TABLE_OPTIONS } from './createTableInput.js';
import { describeEventTable } from './describeEventTable.js';

export interface CreateEventTableOptions extends EventTableReference, EventTableSettings {
  /** Whether the table can be restored to any second of the last 35 days. Local engines do not have it. @default false */
  pointInTimeRecovery?: boolean;
  /** Lets provisioned capacity follow the traffic. Only the real service has it. @default none */
  autoscaling?: EventTableAutoscaling;
}

/**
 * Creates an event table and waits until it and its index can be used. May be called again, also at the same time: a
 * table that is there already and has the right keys and index is left as it is, but for point-in-time recovery and
 * autoscaling, which are set up again if they are asked for.
 *
 * Each request may take 10 s, and all of it 10 minutes.
 *
 * Meant for tests, demos and scripts; deploy production tables with the CDK construct or the Terraform module.
 *
 * @throws InvalidArgumentError before any request.
 * @throws EventTableMismatchError if a table of that name has other keys or another index, naming each difference; if it
 *   is being deleted or archived, or its encryption key cannot be used.
 * @throws DeadlineExceededError
 *
 * @example
 * await createEventTable(dynamoDbClient, {
 *   tableName: 'events',
 *   layout: 'single-table',
 *   stream: true,
 *   billing: { mode: 'provisioned', readCapacityUnits: 5, writeCapacityUnits: 5 },
 *   autoscaling: {
 *     applicationAutoScalingClient: new ApplicationAutoScalingClient({}),
 *     read: { min: 5, max: 100 },
 *     write: { min: 5, max: 100 },
 *   },
 * });
 */
export const createEventTable = async (
  dynamoDbClient: DynamoDBClient,
  options: CreateEventTableOptions,
): Promise<void> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkOptions(options, 'options', TABLE_OPTIONS satisfies OptionNames<CreateEventTableOptions>);
  checkTableName(options);
  const { tableName, pointInTimeRecovery = false, autoscaling } = options;
  checkBoolean(pointInTimeRecovery, 'options.pointInTimeRecovery');
  if (autoscaling !== undefined) checkAutoscaling(autoscaling);
  const input = createTableInput(options);
  const setUpAutoscaling = autoscaling && (await prepareAutoscaling(tableName, autoscaling));
  await withinWait(`createEventTable of ${JSON.stringify(tableName)}`, async signal => {
    await create(dynamoDbClient, options, new CreateTableCommand(input), signal);
    if (!pointInTimeRecovery) return;
    const command = new UpdateContinuousBackupsCommand({
      TableName: tableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    await requestOfTable({ operation: 'UpdateContinuousBackups', tableName, signal }, sending =>
      dynamoDbClient.send(command, sending),
    );
  });
  await setUpAutoscaling?.();
};

const create = async (
  client: DynamoDBClient,
  options: CreateEventTableOptions,
  command: CreateTableCommand,
  signal: AbortSignal,
): Promise<void> => {
  const { tableName, layout } = options;
  try {
    await requestOfTable({ operation: 'CreateTable', tableName, requires: 'TableDescription', signal }, sending =>
      client.send(command, sending),
    );
  } catch (error) {
    if (!isNamed(error, 'ResourceInUseException')) throw error;
    const { status, differences } = await describeEventTable(client, options);
    if (status === 'DELETING') {
      await waitForTable(client, tableName, signal, table => table === undefined);
      return create(client, options, command, signal);
    }
    if (differences.length > 0) throw new EventTableMismatchError(tableName, layout, differences);
  }
  await waitForTable(client, tableName, signal, table => {
    const status = table?.TableStatus ?? 'CREATING';
    if (UNUSABLE.has(status)) {
      throw new EventTableMismatchError(tableName, layout, [{ what: 'status', expected: 'ACTIVE', actual: status }]);
    }
    return isUsable(table);
  });
};

/**
 * A table with one of these statuses does not become usable by waiting. Source:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html (TableStatus).
 */
const UNUSABLE: ReadonlySet<string> = new Set([
  'DELETING',
  'ARCHIVING',
  'ARCHIVED',
  'INACCESSIBLE_ENCRYPTION_CREDENTIALS',
]);

const isUsable = (table: TableDescription | undefined): boolean =>
  table !== undefined &&
  isActive(table.TableStatus) &&
  (table.GlobalSecondaryIndexes ?? []).every(({ IndexStatus }) => isActive(IndexStatus));
