import { EventType } from '@castore/core';
import { shapesOf } from '@castore-dynamodb/events';
import { z } from 'zod';

export const line = z.object({ sku: z.string().min(1), quantity: z.number().int().positive() });
export type Line = z.infer<typeof line>;

const placed = z.object({ customerId: z.string().min(1), lines: z.array(line).min(1).max(20) });
// Each event names its customer, so that the view of a customer needs no other event.
const shipped = z.object({ customerId: z.string() });
const cancelled = z.object({ customerId: z.string(), reason: z.string() });

export const orderEventTypes = [
  new EventType<'ORDER_PLACED', z.infer<typeof placed>>({ type: 'ORDER_PLACED' }),
  new EventType<'ORDER_SHIPPED', z.infer<typeof shipped>>({ type: 'ORDER_SHIPPED' }),
  new EventType<'ORDER_CANCELLED', z.infer<typeof cancelled>>({ type: 'ORDER_CANCELLED' }),
];

/** What an order was when it held one article. The events are still stored so, and are never rewritten. */
interface PlacedOfOneArticle {
  customerId: string;
  sku: string;
  quantity: number;
}

export const orderShapes = shapesOf(orderEventTypes, {
  ORDER_PLACED: {
    schema: placed,
    upcasters: [
      ({ payload }) => {
        const { customerId, sku, quantity } = payload as PlacedOfOneArticle;
        return { payload: { customerId, lines: [{ sku, quantity }] } };
      },
    ],
  },
  ORDER_SHIPPED: { schema: shipped },
  ORDER_CANCELLED: { schema: cancelled },
});
