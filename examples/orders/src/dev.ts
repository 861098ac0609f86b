/** npm run dev: everything on this machine. The engine takes the place of DynamoDB, a poller that of the stream handler. */
import { startLocalDynamoDb } from '@castore-dynamodb/local';

const { dynamoDbClient, endpoint, stop: stopEngine } = await startLocalDynamoDb();
// The other modules make their clients as they do on Lambda: of the environment, which so has to come before them.
process.env.AWS_ENDPOINT_URL = endpoint;
process.env.AWS_REGION ??= 'local';
process.env.AWS_ACCESS_KEY_ID ??= 'local';
process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
const { createEventTable } = await import('@castore-dynamodb/adapter');
const { createProjectionTable, DynamoDbCheckpointStore, StreamPoller } = await import('@castore-dynamodb/streams');
const { DynamoDBStreamsClient } = await import('@aws-sdk/client-dynamodb-streams');
const { serve } = await import('@hono/node-server');
const { app } = await import('./api/app.js');
const { EVENT_TABLE, VIEW_TABLE } = await import('./storage.js');
const { customerOrders } = await import('./views/customerOrders.js');
const { shippingLabels } = await import('./views/shippingLabels.js');

await createEventTable(dynamoDbClient, { tableName: EVENT_TABLE, layout: 'single-table', stream: true });
await createProjectionTable(dynamoDbClient, { tableName: VIEW_TABLE, timeToLive: true });

const poller = new StreamPoller({
  name: 'dev',
  projections: [customerOrders, shippingLabels({ print: async label => console.log('label', label) })],
  checkpoints: new DynamoDbCheckpointStore({ tableName: VIEW_TABLE, dynamoDbClient }),
  dynamoDbStreamsClient: new DynamoDBStreamsClient({}),
  onParked: ({ projection, aggregateId, error }) => console.error('parked', projection, aggregateId, error.message),
});
await poller.start();

const server = serve(
  { fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' },
  ({ port }) => {
    console.log(`The API: http://127.0.0.1:${port}`);
    console.log('For the command `npx castore-dynamodb aggregates ORDERS`, in another terminal:');
    console.log(
      `export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=local AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`,
    );
  },
);
const end = async (): Promise<void> => {
  server.close();
  await poller.stop();
  await stopEngine();
};
process.once('SIGINT', () => void end()).once('SIGTERM', () => void end());
