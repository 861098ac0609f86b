import { createStreamHandler } from '@castore-dynamodb/streams';

import { customerOrders } from '../views/customerOrders.js';
import { shippingLabels } from '../views/shippingLabels.js';

/** Put yours here. What it refuses is parked, and rings the alarm of infrastructure/app.ts. */
const printer = {
  print: async (label: object) => console.log(JSON.stringify({ printed: label })),
};

/** For the stream of the event table. */
export const handler = createStreamHandler({ projections: [customerOrders, shippingLabels(printer)] });
