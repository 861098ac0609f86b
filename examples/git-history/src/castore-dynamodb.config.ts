import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { defineConfig } from '@castore-dynamodb/cli';

import { createFileEventStore } from './fileEventStore.js';
import { withFileSnapshots } from './fileSnapshots.js';

// What the command castore-dynamodb knows of this program. The demo sets these variables when it starts the explorer.
const { GIT_HISTORY_TABLE: tableName = 'git-history', GIT_HISTORY_SNAPSHOTS: hasSnapshots } = process.env;
const dynamoDbClient = new DynamoDBClient({});
const fileEventStore = createFileEventStore(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));

export default defineConfig({
  eventStores: [hasSnapshots ? withFileSnapshots(fileEventStore, tableName, dynamoDbClient) : fileEventStore],
  dynamoDbClient,
  tableName,
});
