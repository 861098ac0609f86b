import { EventStore, EventType } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { startLocalDynamoDb } from '@castore-dynamodb/local';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

const { dynamoDbClient, stop } = await startLocalDynamoDb();
await createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });

const accounts = new EventStore({
  eventStoreId: 'ACCOUNTS',
  eventTypes: [new EventType({ type: 'DEPOSITED' })],
  reducer: (account, { aggregateId, version, payload }) => ({
    aggregateId,
    version,
    balance: (account?.balance ?? 0) + payload.amount,
  }),
  eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
});
const accountsWithSnapshots = withSnapshots(accounts, {
  storage: new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient }),
  reducerVersion: '1', // change it with every change of the reducer
  policy: everyNEvents(100),
});

for (let version = 1; version <= 120; version++) {
  await accountsWithSnapshots.pushEvent({ aggregateId: 'ada', version, type: 'DEPOSITED', payload: { amount: 1 } });
}
await accountsWithSnapshots.snapshots.settled();

const { aggregate, snapshot, events } = await accountsWithSnapshots.getAggregate('ada');
console.log(aggregate, `from version ${snapshot.version} and ${events.length} events`);
const { aggregate: earlier } = await accountsWithSnapshots.getAggregate('ada', { maxVersion: 42 });
console.log(earlier.balance);

await stop();
