import { Hono } from 'hono';
import { z } from 'zod';

import { cancelOrder } from '../commands/cancelOrder.js';
import { placeOrderOnce } from '../commands/placeOrder.js';
import { receiveStock } from '../commands/receiveStock.js';
import { shipOrder } from '../commands/shipOrder.js';
import { OrderError, OrderNotFoundError } from '../errors.js';
import { line } from '../events/orderEventTypes.js';
import { ordersEventStore } from '../events/orders.js';
import { stockWithSnapshots } from '../events/stock.js';
import { customerOrders } from '../views/customerOrders.js';

const newOrder = z.object({ lines: z.array(line).min(1).max(20) });
const receipt = z.object({ quantity: z.number().int().positive() });
const cancellation = z.object({ reason: z.string().max(200) });

/** The API, the same on Lambda and on this machine. Who may do what is for your authorizer to say. */
export const app = new Hono();

app.post('/stock/:sku', async c => {
  const { quantity } = receipt.parse(await c.req.json());
  await receiveStock(c.req.param('sku'), quantity);
  return c.body(null, 204);
});

app.post('/customers/:customerId/orders', async c => {
  const requestId = c.req.header('idempotency-key');
  if (!requestId) return c.json({ error: 'Send an Idempotency-Key, the same with each attempt.' }, 400);
  const { lines } = newOrder.parse(await c.req.json());
  const placed = { requestId, customerId: c.req.param('customerId'), lines };
  return c.json(await placeOrderOnce.handler(placed, [ordersEventStore, stockWithSnapshots]), 201);
});

/** From the view: a moment behind the events, for one read unit. */
app.get('/customers/:customerId/orders', async c => {
  const view = await customerOrders.getView(c.req.param('customerId'));
  return c.json(view ?? { orders: [] });
});

/** From the events: as it is now, or as it was after any of them. */
app.get('/orders/:orderId', async c => {
  const orderId = c.req.param('orderId');
  const maxVersion = z.coerce.number().int().positive().optional().parse(c.req.query('version'));
  const { aggregate } = await ordersEventStore.getAggregate(orderId, maxVersion === undefined ? {} : { maxVersion });
  if (aggregate === undefined) throw new OrderNotFoundError(orderId);
  return c.json(aggregate);
});

app.post('/orders/:orderId/shipment', async c => {
  await shipOrder.handler({ orderId: c.req.param('orderId') }, [ordersEventStore]);
  return c.body(null, 204);
});

app.post('/orders/:orderId/cancellation', async c => {
  const { reason } = cancellation.parse(await c.req.json());
  await cancelOrder.handler({ orderId: c.req.param('orderId'), reason }, [ordersEventStore, stockWithSnapshots]);
  return c.body(null, 204);
});

app.onError((error, c) => {
  if (error instanceof OrderError) return c.json({ error: error.message }, error.status);
  if (error instanceof z.ZodError) return c.json({ error: 'Not what is expected', issues: error.issues }, 400);
  if (error instanceof SyntaxError) return c.json({ error: 'The body is no JSON.' }, 400);
  console.error(error);
  return c.json({ error: 'Something went wrong.' }, 500);
});
