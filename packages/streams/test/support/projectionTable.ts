import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';

import { createProjectionTable } from '../../src/index.js';

/** A table for views and checkpoints, which is there while the tests of the block run. */
export const useProjectionTable = (dynamoDbClient: DynamoDBClient): string => {
  const tableName = uniqueTableName('views');
  beforeAll(() => createProjectionTable(dynamoDbClient, { tableName }));
  afterAll(() => dynamoDbClient.send(new DeleteTableCommand({ TableName: tableName })));
  return tableName;
};
