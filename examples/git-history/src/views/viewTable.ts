import { DeleteTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createProjectionTable } from '@castore-dynamodb/streams';

import { UserError } from '../userError.js';

/** Creates the table for the views; `remove` deletes it. One that was there before would hold views of something else. */
export const createViewTable = async (
  dynamoDbClient: DynamoDBClient,
  tableName: string,
): Promise<{ remove: () => Promise<void> }> => {
  if (await tableExists(dynamoDbClient, tableName)) {
    throw new UserError(`The table ${tableName} for the views is there already: delete it, or choose another --table.`);
  }
  await createProjectionTable(dynamoDbClient, { tableName });
  return {
    remove: async () => {
      await dynamoDbClient.send(new DeleteTableCommand({ TableName: tableName }));
    },
  };
};

const tableExists = async (dynamoDbClient: DynamoDBClient, tableName: string): Promise<boolean> => {
  try {
    await dynamoDbClient.send(new DescribeTableCommand({ TableName: tableName }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return false;
    throw error;
  }
};
