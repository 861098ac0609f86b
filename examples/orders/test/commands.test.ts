import type { EventStoreEventDetails } from '@castore/core';
import { mockEventStore } from '@castore/lib-test-tools';

import { cancelOrder } from '../src/commands/cancelOrder.js';
import { placeOrder } from '../src/commands/placeOrder.js';
import { shipOrder } from '../src/commands/shipOrder.js';
import { ordersEventStore } from '../src/events/orders.js';
import { stockEventStore } from '../src/events/stock.js';

type OrderEvent = EventStoreEventDetails<typeof ordersEventStore>;
type StockEvent = EventStoreEventDetails<typeof stockEventStore>;

/** Both event stores in memory, with what happened before. */
const given = (before: { orders?: OrderEvent[]; stock?: StockEvent[] }) => {
  const stores = [
    mockEventStore(ordersEventStore, before.orders ?? []),
    mockEventStore(stockEventStore, before.stock ?? []),
  ] as const;
  return {
    orders: stores[0],
    stock: stores[1],
    /** What has happened since: type and payload of each new event of an aggregate. */
    newEvents: async (store: 'orders' | 'stock', aggregateId: string) => {
      const earlier = (before[store] ?? []).filter(event => event.aggregateId === aggregateId).length;
      const { events } = await stores[store === 'orders' ? 0 : 1].getEvents(aggregateId);
      return events.slice(earlier).map(({ type, payload }) => ({ type, payload }));
    },
  };
};

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const received: StockEvent = {
  aggregateId: 'tea',
  version: 1,
  type: 'STOCK_RECEIVED',
  timestamp: at(1),
  payload: { quantity: 10 },
};
const reserved: StockEvent = {
  aggregateId: 'tea',
  version: 2,
  type: 'STOCK_RESERVED',
  timestamp: at(2),
  payload: { quantity: 3, orderId: 'o1' },
};
const placed: OrderEvent = {
  aggregateId: 'o1',
  version: 1,
  type: 'ORDER_PLACED',
  timestamp: at(2),
  payload: { customerId: 'ada', lines: [{ sku: 'tea', quantity: 3 }] },
};
const shipped: OrderEvent = {
  aggregateId: 'o1',
  version: 2,
  type: 'ORDER_SHIPPED',
  timestamp: at(3),
  payload: { customerId: 'ada' },
};

describe('PLACE_ORDER', () => {
  const order = (quantity: number) => ({ requestId: 'r1', customerId: 'ada', lines: [{ sku: 'tea', quantity }] });

  it('places the order and reserves its articles', async () => {
    const { orders, stock, newEvents } = given({ stock: [received] });
    const { orderId } = await placeOrder.handler(order(3), [orders, stock]);
    expect(await newEvents('orders', orderId)).toStrictEqual([{ type: 'ORDER_PLACED', payload: placed.payload }]);
    expect(await newEvents('stock', 'tea')).toStrictEqual([
      { type: 'STOCK_RESERVED', payload: { quantity: 3, orderId } },
    ]);
  });

  it('refuses more than there is, and reserves nothing', async () => {
    const { orders, stock, newEvents } = given({ stock: [received] });
    await expect(placeOrder.handler(order(11), [orders, stock])).rejects.toThrow('There are 10 pieces of "tea".');
    expect(await newEvents('stock', 'tea')).toStrictEqual([]);
  });
});

describe('CANCEL_ORDER', () => {
  it('gives the articles back', async () => {
    const { orders, stock, newEvents } = given({ orders: [placed], stock: [received, reserved] });
    await cancelOrder.handler({ orderId: 'o1', reason: 'too late' }, [orders, stock]);
    expect(await newEvents('orders', 'o1')).toStrictEqual([
      { type: 'ORDER_CANCELLED', payload: { customerId: 'ada', reason: 'too late' } },
    ]);
    expect(await newEvents('stock', 'tea')).toStrictEqual([
      { type: 'STOCK_RELEASED', payload: { quantity: 3, orderId: 'o1' } },
    ]);
  });

  it('refuses an order that was shipped', async () => {
    const { orders, stock } = given({ orders: [placed, shipped], stock: [received, reserved] });
    const cancelled = cancelOrder.handler({ orderId: 'o1', reason: 'too late' }, [orders, stock]);
    await expect(cancelled).rejects.toThrow('The order "o1" is shipped already.');
  });
});

describe('SHIP_ORDER', () => {
  it('ships once', async () => {
    const { orders, newEvents } = given({ orders: [placed] });
    await shipOrder.handler({ orderId: 'o1' }, [orders]);
    expect(await newEvents('orders', 'o1')).toStrictEqual([{ type: 'ORDER_SHIPPED', payload: { customerId: 'ada' } }]);
    await expect(shipOrder.handler({ orderId: 'o1' }, [orders])).rejects.toThrow('is shipped already');
  });
});
