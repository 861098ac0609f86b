import { EventStore, EventType } from '@castore/core';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import { dynamoDbClient, EVENT_TABLE, eventStorageAdapter } from '../storage.js';

/** How many pieces of an article there are; its id is the article's SKU. */
export interface Stock {
  aggregateId: string;
  version: number;
  available: number;
}

/** The event store as commands ask for it, and tests mock it. */
export const stockEventStore = new EventStore({
  eventStoreId: 'STOCK',
  eventTypes: [
    new EventType<'STOCK_RECEIVED', { quantity: number }>({ type: 'STOCK_RECEIVED' }),
    new EventType<'STOCK_RESERVED', { quantity: number; orderId: string }>({ type: 'STOCK_RESERVED' }),
    new EventType<'STOCK_RELEASED', { quantity: number; orderId: string }>({ type: 'STOCK_RELEASED' }),
  ],
  reducer: (stock: Stock | undefined, { aggregateId, version, type, payload }): Stock => {
    const change = type === 'STOCK_RESERVED' ? -payload.quantity : payload.quantity;
    return { aggregateId, version, available: (stock?.available ?? 0) + change };
  },
  eventStorageAdapter,
});

/** The same with snapshots, since an article has an event for each order. */
export const stockWithSnapshots = withSnapshots(stockEventStore, {
  storage: new DynamoDbSnapshotStorage({ tableName: EVENT_TABLE, dynamoDbClient }),
  reducerVersion: '1', // change it with every change of the reducer
  policy: everyNEvents(50),
});
