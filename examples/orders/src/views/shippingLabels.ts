import { DynamoDbCheckpointStore, projection } from '@castore-dynamodb/streams';

import { ordersEventStore } from '../events/orders.js';
import { dynamoDbClient, VIEW_TABLE } from '../storage.js';

/** What prints labels. It has to take the same label twice for one: a handler is called at least once. */
export interface LabelPrinter {
  print(label: { orderId: string; customerId: string; idempotencyKey: string }): Promise<void>;
}

/** Has a label printed for each order. If the printer refuses one, that order waits, and no other. */
export const shippingLabels = (printer: LabelPrinter, name = 'shipping-labels') =>
  projection({
    name,
    eventStores: [ordersEventStore],
    checkpoints: new DynamoDbCheckpointStore({ tableName: VIEW_TABLE, dynamoDbClient }),
    on: {
      ORDER_PLACED: async ({ aggregateId, version, payload }) => {
        const idempotencyKey = `${aggregateId} ${version}`;
        await printer.print({ orderId: aggregateId, customerId: payload.customerId, idempotencyKey });
      },
    },
  });
