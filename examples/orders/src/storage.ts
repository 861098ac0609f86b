import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { evolution } from '@castore-dynamodb/events';

import { orderShapes } from './events/orderEventTypes.js';

/** Both names are given by the deployment. */
export const EVENT_TABLE = process.env.EVENT_TABLE_NAME ?? 'orders-events';
export const VIEW_TABLE = process.env.VIEW_TABLE_NAME ?? 'orders-views';

export const dynamoDbClient = new DynamoDBClient({});

export const eventStorageAdapter = new DynamoDbSingleTableEventStorageAdapter({
  tableName: EVENT_TABLE,
  dynamoDbClient,
  transformations: [evolution({ eventStores: { ORDERS: orderShapes } })],
});
