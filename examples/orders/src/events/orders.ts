import { EventStore } from '@castore/core';

import { eventStorageAdapter } from '../storage.js';
import { type Line, orderEventTypes } from './orderEventTypes.js';

export interface Order {
  aggregateId: string;
  version: number;
  customerId: string;
  lines: Line[];
  status: 'placed' | 'shipped' | 'cancelled';
}

export const ordersEventStore = new EventStore({
  eventStoreId: 'ORDERS',
  eventTypes: orderEventTypes,
  reducer: (order: Order, event): Order => {
    const { aggregateId, version } = event;
    switch (event.type) {
      case 'ORDER_PLACED':
        return { aggregateId, version, ...event.payload, status: 'placed' };
      case 'ORDER_SHIPPED':
        return { ...order, version, status: 'shipped' };
      case 'ORDER_CANCELLED':
        return { ...order, version, status: 'cancelled' };
    }
  },
  eventStorageAdapter,
});
