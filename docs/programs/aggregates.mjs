import { EventStore, EventType } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { startLocalDynamoDb } from '@castore-dynamodb/local';

const { dynamoDbClient, stop } = await startLocalDynamoDb();
await createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });

const accounts = new EventStore({
  eventStoreId: 'ACCOUNTS',
  eventTypes: [new EventType({ type: 'DEPOSITED' }), new EventType({ type: 'WITHDRAWN' })],
  reducer: (account, { aggregateId, version, type, payload }) => ({
    aggregateId,
    version,
    balance: (account?.balance ?? 0) + (type === 'WITHDRAWN' ? -payload.amount : payload.amount),
  }),
  eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
});

const withdraw = async (account, amount) => {
  if (account.balance < amount) throw new Error(`There are ${account.balance} left.`);
  const { aggregateId, version } = account;
  await accounts.pushEvent({ aggregateId, version: version + 1, type: 'WITHDRAWN', payload: { amount } });
};

await accounts.pushEvent({ aggregateId: 'ada', version: 1, type: 'DEPOSITED', payload: { amount: 100 } });

// Two cards at once: both have read version 1, and one of them is first.
const [one, other] = await Promise.all([accounts.getAggregate('ada'), accounts.getAggregate('ada')]);
const outcomes = await Promise.allSettled([withdraw(one.aggregate, 70), withdraw(other.aggregate, 70)]);
console.log(outcomes.map(({ status, reason }) => reason?.code ?? status).toSorted());

const { aggregate } = await accounts.getAggregate('ada');
console.log(aggregate);
console.log((await accounts.getAggregate('ada', { maxVersion: 1 })).aggregate.balance);

await stop();
