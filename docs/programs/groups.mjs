import { EventStore, EventType } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { startLocalDynamoDb } from '@castore-dynamodb/local';

const { dynamoDbClient, stop } = await startLocalDynamoDb();
await createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });

const accounts = new EventStore({
  eventStoreId: 'ACCOUNTS',
  eventTypes: [new EventType({ type: 'DEPOSITED' }), new EventType({ type: 'WITHDRAWN' })],
  reducer: (_, { aggregateId, version }) => ({ aggregateId, version }),
  eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
});
const event = (aggregateId, version, type, amount) =>
  accounts.groupEvent({ aggregateId, version, type, payload: { amount } });

await EventStore.pushEventGroup(event('ada', 1, 'DEPOSITED', 100), event('grace', 1, 'DEPOSITED', 100));
await EventStore.pushEventGroup(event('ada', 2, 'WITHDRAWN', 40), event('grace', 2, 'DEPOSITED', 40));

// Ada's version 2 is taken. So nothing of this group is stored, Linus's event neither.
await EventStore.pushEventGroup(event('ada', 2, 'WITHDRAWN', 5), event('linus', 1, 'DEPOSITED', 5)).catch(conflict =>
  console.log(conflict.code, conflict.aggregateId, conflict.version),
);
for (const aggregateId of ['ada', 'grace', 'linus']) {
  const { events } = await accounts.getEvents(aggregateId);
  console.log(aggregateId, events.length);
}

await stop();
