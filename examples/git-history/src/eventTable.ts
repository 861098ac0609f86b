import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createEventTable,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  describeEventTable,
} from '@castore-dynamodb/adapter';

import { createFileEventStore, type FileEventStore } from './fileEventStore.js';
import { UserError } from './userError.js';

export interface EventTable {
  fileEventStore: FileEventStore;
  /** Deletes the table, where this program has created it. */
  remove: () => Promise<void>;
}

/**
 * Creates the table, or takes the one that is there, and looks that it holds no history yet.
 *
 * @param options.stream Whether a table that is created here gets a stream.
 */
export const openEventTable = async (
  dynamoDbClient: DynamoDBClient,
  tableName: string,
  { stream }: { stream: boolean },
): Promise<EventTable> => {
  const existed = await tableExists(dynamoDbClient, tableName);
  await createEventTable(dynamoDbClient, { tableName, layout: 'single-table', stream });
  const fileEventStore = createFileEventStore(
    new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }),
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

const tableExists = async (dynamoDbClient: DynamoDBClient, tableName: string): Promise<boolean> => {
  try {
    await describeEventTable(dynamoDbClient, { tableName, layout: 'single-table' });
    return true;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return false;
    throw error;
  }
};
