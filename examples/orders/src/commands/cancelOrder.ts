import { Command, tuple } from '@castore/core';
import { retryOnConflict } from '@castore-dynamodb/commands';

import { OrderClosedError, OrderNotFoundError } from '../errors.js';
import { ordersEventStore } from '../events/orders.js';
import { stockEventStore } from '../events/stock.js';
import { pushTogether } from './pushTogether.js';

/** Cancels an order that was not shipped, and gives its articles back. */
export const cancelOrder = new Command({
  commandId: 'CANCEL_ORDER',
  requiredEventStores: tuple(ordersEventStore, stockEventStore),
  ...retryOnConflict(),
  handler: async ({ orderId, reason }: { orderId: string; reason: string }, [orders, stock]) => {
    const { aggregate: order } = await orders.getAggregate(orderId);
    if (order === undefined) throw new OrderNotFoundError(orderId);
    if (order.status !== 'placed') throw new OrderClosedError(orderId, order.status);

    const released = await Promise.all(
      order.lines.map(async ({ sku, quantity }) => {
        const { aggregate } = await stock.getExistingAggregate(sku);
        const event = { aggregateId: sku, version: aggregate.version + 1, type: 'STOCK_RELEASED' } as const;
        return stock.groupEvent({ ...event, payload: { quantity, orderId } });
      }),
    );
    const cancelled = { aggregateId: orderId, version: order.version + 1, type: 'ORDER_CANCELLED' } as const;
    const payload = { customerId: order.customerId, reason };
    await pushTogether([orders.groupEvent({ ...cancelled, payload }), ...released]);
  },
});
