import { dynamoDbProjection } from '@castore-dynamodb/streams';

import { type Order, ordersEventStore } from '../events/orders.js';
import { dynamoDbClient, VIEW_TABLE } from '../storage.js';

export interface CustomerOrders {
  orders: { orderId: string; status: Order['status']; pieces: number }[];
}

const noOrders: CustomerOrders = { orders: [] };

const withStatus = (view: CustomerOrders, orderId: string, status: Order['status']): CustomerOrders => ({
  orders: view.orders.map(order => (order.orderId === orderId ? { ...order, status } : order)),
});

/** What a customer sees of her orders: a view for each customer, in which each event is applied exactly once. */
export const customerOrders = dynamoDbProjection({
  name: 'customer-orders',
  eventStores: [ordersEventStore],
  tableName: VIEW_TABLE,
  dynamoDbClient,
  initialView: noOrders,
  key: ({ payload }) => payload.customerId,
  project: {
    ORDER_PLACED: (view, { aggregateId, payload }) => {
      const pieces = payload.lines.reduce((sum, { quantity }) => sum + quantity, 0);
      return { orders: [...view.orders, { orderId: aggregateId, status: 'placed' as const, pieces }] };
    },
    ORDER_SHIPPED: (view, { aggregateId }) => withStatus(view, aggregateId, 'shipped'),
    ORDER_CANCELLED: (view, { aggregateId }) => withStatus(view, aggregateId, 'cancelled'),
  },
});
