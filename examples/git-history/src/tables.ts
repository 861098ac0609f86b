import { DeleteTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createEventTable,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  type EventTransformation,
} from '@castore-dynamodb/adapter';
import { createProjectionTable } from '@castore-dynamodb/streams';

import { createFileEventStore, type FileEventStore } from './fileEventStore.js';
import { UserError } from './userError.js';

export interface EventTable {
  fileEventStore: FileEventStore;
  /** Deletes the table, if this program has created it. */
  remove: () => Promise<void>;
}

/**
 * Creates the table, or takes the one that is there, and checks that it holds no history yet.
 *
 * @param options.transformations Of its events.
 * @param options.stream Whether a table that is created here gets a stream.
 */
export const openEventTable = async (
  dynamoDbClient: DynamoDBClient,
  tableName: string,
  { stream, transformations = [] }: { stream: boolean; transformations?: readonly EventTransformation[] },
): Promise<EventTable> => {
  const existed = await tableExists(dynamoDbClient, tableName);
  await createEventTable(dynamoDbClient, { tableName, layout: 'single-table', stream });
  const fileEventStore = createFileEventStore(
    new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient, transformations }),
  );

  const { aggregateIds } = await fileEventStore.listAggregateIds({ limit: 1 });
  if (aggregateIds.length > 0) {
    throw new UserError(
      `The table ${tableName} holds an imported history already: delete it, or choose another --table.`,
    );
  }
  return {
    fileEventStore,
    remove: async () => {
      if (!existed) await deleteEventTable(dynamoDbClient, { tableName });
    },
  };
};

/** Creates a table for the views, or for keys; `remove` deletes it. One that was there before would hold views of something else. */
export const createViewTable = async (
  dynamoDbClient: DynamoDBClient,
  tableName: string,
): Promise<{ remove: () => Promise<void> }> => {
  if (await tableExists(dynamoDbClient, tableName)) {
    throw new UserError(`The table ${tableName} is there already: delete it, or choose another --table.`);
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
