import { Command, tuple } from '@castore/core';
import { retryOnConflict } from '@castore-dynamodb/commands';

import { OrderClosedError, OrderNotFoundError } from '../errors.js';
import { ordersEventStore } from '../events/orders.js';

export const shipOrder = new Command({
  commandId: 'SHIP_ORDER',
  requiredEventStores: tuple(ordersEventStore),
  ...retryOnConflict(),
  handler: async ({ orderId }: { orderId: string }, [orders]) => {
    const { aggregate: order } = await orders.getAggregate(orderId);
    if (order === undefined) throw new OrderNotFoundError(orderId);
    if (order.status !== 'placed') throw new OrderClosedError(orderId, order.status);

    const shipped = { aggregateId: orderId, version: order.version + 1, type: 'ORDER_SHIPPED' } as const;
    await orders.pushEvent({ ...shipped, payload: { customerId: order.customerId } });
  },
});
