import { defineConfig } from '@castore-dynamodb/cli';

import { ordersEventStore } from './src/events/orders.js';
import { stockWithSnapshots } from './src/events/stock.js';
import { dynamoDbClient, EVENT_TABLE } from './src/storage.js';
import { customerOrders } from './src/views/customerOrders.js';

/** For the command: `npx castore-dynamodb state ORDERS <order>`. */
export default defineConfig({
  eventStores: [ordersEventStore, stockWithSnapshots],
  projections: [customerOrders],
  tableName: EVENT_TABLE,
  dynamoDbClient,
});
