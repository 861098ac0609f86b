import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';

import { PROJECTION_TABLE_PK, PROJECTION_TABLE_SK } from './projectionTable.js';

/**
 * Creates a table for views and checkpoints, on-demand, and waits until it can be used. A table of that name is left as
 * it is.
 *
 * Meant for tests, demos and scripts. In production, deploy a table with the partition key `pk` and the sort key `sk`,
 * both strings, and with the indexes that you query your views by.
 */
export const createProjectionTable = async (
  dynamoDbClient: DynamoDBClient,
  { tableName }: { tableName: string },
): Promise<void> => {
  try {
    await dynamoDbClient.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: PROJECTION_TABLE_PK, AttributeType: 'S' },
          { AttributeName: PROJECTION_TABLE_SK, AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: PROJECTION_TABLE_PK, KeyType: 'HASH' },
          { AttributeName: PROJECTION_TABLE_SK, KeyType: 'RANGE' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceInUseException')) throw error;
  }
  await waitUntilTableExists(
    { client: dynamoDbClient, minDelay: 1, maxDelay: 5, maxWaitTime: 300 },
    { TableName: tableName },
  );
};
