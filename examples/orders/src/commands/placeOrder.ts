import { randomUUID } from 'node:crypto';

import { Command, tuple } from '@castore/core';
import { retryOnConflict, runOnce } from '@castore-dynamodb/commands';

import { OutOfStockError } from '../errors.js';
import type { Line } from '../events/orderEventTypes.js';
import { ordersEventStore } from '../events/orders.js';
import { stockEventStore } from '../events/stock.js';
import { dynamoDbClient, VIEW_TABLE } from '../storage.js';
import { pushTogether } from './pushTogether.js';

export interface PlaceOrder {
  /** Chosen by the client before its first attempt, so that a second one places no second order. */
  requestId: string;
  customerId: string;
  lines: Line[];
}

/** Places the order and reserves its articles: all of it in one transaction, or nothing. */
export const placeOrder = new Command({
  commandId: 'PLACE_ORDER',
  requiredEventStores: tuple(ordersEventStore, stockEventStore),
  ...retryOnConflict(),
  handler: async ({ customerId, lines }: PlaceOrder, [orders, stock]) => {
    const orderId = randomUUID();
    const reserve = async ({ sku, quantity }: Line) => {
      const { aggregate } = await stock.getAggregate(sku);
      const { available, version } = aggregate ?? { available: 0, version: 0 };
      if (available < quantity) throw new OutOfStockError(sku, available);
      const reserved = { aggregateId: sku, version: version + 1, type: 'STOCK_RESERVED' } as const;
      return stock.groupEvent({ ...reserved, payload: { quantity, orderId } });
    };
    const placed = { aggregateId: orderId, version: 1, type: 'ORDER_PLACED' } as const;
    await pushTogether([
      orders.groupEvent({ ...placed, payload: { customerId, lines } }),
      ...(await Promise.all(lines.map(reserve))),
    ]);
    return { orderId };
  },
});

/** The same, once for each customer and request, however often it is called. */
export const placeOrderOnce = runOnce({
  command: placeOrder,
  tableName: VIEW_TABLE,
  dynamoDbClient,
  key: ({ customerId, requestId }) => JSON.stringify([customerId, requestId]),
  days: 7,
});
