import { EventStore, EventType } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { startLocalDynamoDb } from '@castore-dynamodb/local';

const { dynamoDbClient, stop } = await startLocalDynamoDb();
await createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });

const accounts = new EventStore({
  eventStoreId: 'ACCOUNTS',
  eventTypes: [new EventType({ type: 'OPENED' }), new EventType({ type: 'DEPOSITED' })],
  reducer: (account, { aggregateId, version, payload }) => ({
    aggregateId,
    version,
    balance: (account?.balance ?? 0) + (payload?.amount ?? 0),
  }),
  eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
});

await accounts.pushEvent({ aggregateId: 'ada', version: 1, type: 'OPENED' });
await accounts.pushEvent({ aggregateId: 'ada', version: 2, type: 'DEPOSITED', payload: { amount: 70 } });

const { events } = await accounts.getEvents('ada');
for (const { version, type, payload } of events) console.log(version, type, payload?.amount ?? '');

await stop();
