import {
  CreateTableCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';

import { EventTableMismatchError } from '../errors/index.js';
import { checkBoolean, checkClient } from '../events/checkEvent.js';
import { checkAutoscaling, type EventTableAutoscaling, prepareAutoscaling } from './autoscaling.js';
import { createTableInput, type EventTableSettings } from './createTableInput.js';
import { checkTableName, describeEventTable, type EventTableReference } from './describeEventTable.js';
import { hasErrorName, waitForTable } from './waitForTable.js';

export interface CreateEventTableOptions extends EventTableReference, EventTableSettings {
  /** Whether the table can be restored to any second of the last 35 days. Local engines do not have it. @default false */
  pointInTimeRecovery?: boolean;
  /** Lets provisioned capacity follow the traffic. Of the real service only. @default none */
  autoscaling?: EventTableAutoscaling;
}

/**
 * Creates an event table and waits until it and its index can be used. May be called again, also at the same time: a
 * table that is there already and has the right keys and index is left as it is, but for point-in-time recovery and
 * autoscaling, which are set up again where they are asked for.
 *
 * Meant for tests, demos and scripts; deploy production tables with the CDK construct or the Terraform module.
 *
 * @throws InvalidArgumentError before any request.
 * @throws EventTableMismatchError where a table of that name has other keys or another index, naming each difference; where
 *   it is being deleted or archived, or its encryption key cannot be used.
 */
export const createEventTable = async (
  dynamoDbClient: DynamoDBClient,
  options: CreateEventTableOptions,
): Promise<void> => {
  checkClient(dynamoDbClient, 'dynamoDbClient');
  checkTableName(options);
  const { tableName, layout, pointInTimeRecovery = false, autoscaling } = options;
  checkBoolean(pointInTimeRecovery, 'options.pointInTimeRecovery');
  if (autoscaling !== undefined) checkAutoscaling(autoscaling);
  const input = createTableInput(options);
  const setUpAutoscaling = autoscaling && (await prepareAutoscaling(tableName, autoscaling));
  try {
    await dynamoDbClient.send(new CreateTableCommand(input));
  } catch (error) {
    if (!hasErrorName(error, 'ResourceInUseException')) throw error;
    const { status, differences } = await describeEventTable(dynamoDbClient, options);
    if (status === 'DELETING') {
      await waitForTable(dynamoDbClient, tableName, table => table === undefined);
      return createEventTable(dynamoDbClient, options);
    }
    if (differences.length > 0) throw new EventTableMismatchError(tableName, layout, differences);
  }
  await waitForTable(dynamoDbClient, tableName, table => {
    const status = table?.TableStatus ?? 'CREATING';
    if (UNUSABLE.has(status)) {
      throw new EventTableMismatchError(tableName, layout, [{ what: 'status', expected: 'ACTIVE', actual: status }]);
    }
    return isUsable(table);
  });
  if (pointInTimeRecovery) {
    await dynamoDbClient.send(
      new UpdateContinuousBackupsCommand({
        TableName: tableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
  }
  await setUpAutoscaling?.();
};

/**
 * No waiting makes a table of these usable.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html (TableStatus).
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

/** An update of a table's settings goes on beside reads and writes. */
const isActive = (status: string | undefined): boolean => status === 'ACTIVE' || status === 'UPDATING';
