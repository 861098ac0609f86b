import { EventStore, EventType } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { startLocalDynamoDb } from '@castore-dynamodb/local';
import { createProjectionTable, dynamoDbProjection, replayEvents } from '@castore-dynamodb/streams';

const { dynamoDbClient, stop } = await startLocalDynamoDb();
await createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table', stream: true });
await createProjectionTable(dynamoDbClient, { tableName: 'views' });

const accounts = new EventStore({
  eventStoreId: 'ACCOUNTS',
  eventTypes: [new EventType({ type: 'OPENED' })],
  reducer: (_, { aggregateId, version }) => ({ aggregateId, version }),
  eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
});

const branches = dynamoDbProjection({
  name: 'branches',
  eventStores: [accounts],
  tableName: 'views',
  dynamoDbClient,
  initialView: { accounts: [] },
  key: event => event.payload.branch,
  project: {
    OPENED: (view, event) => ({ accounts: [...view.accounts, event.aggregateId].toSorted() }),
  },
});

for (const [aggregateId, branch] of [
  ['ada', 'London'],
  ['linus', 'Helsinki'],
  ['grace', 'London'],
]) {
  await accounts.pushEvent({ aggregateId, version: 1, type: 'OPENED', payload: { branch } });
}

// On Lambda, createStreamHandler does this as events happen. A replay does it with what is stored.
await replayEvents({ eventStores: [accounts], projections: [branches] });
console.log(await branches.getView('London'));

// Each event is applied once, however often it comes.
await replayEvents({ eventStores: [accounts], projections: [branches], resume: false });
console.log(await branches.getView('London'));

await stop();
