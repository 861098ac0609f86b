import { appendEvents } from '@castore-dynamodb/commands';

import { stockEventStore } from '../events/stock.js';

/** Books what came in. It is true whatever was booked before, so no version is needed. */
export const receiveStock = async (sku: string, quantity: number): Promise<void> => {
  await appendEvents(stockEventStore, sku, [{ type: 'STOCK_RECEIVED', payload: { quantity } }]);
};
