import { EventStore, EventType } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { evolution } from '@castore-dynamodb/events';
import { startLocalDynamoDb } from '@castore-dynamodb/local';

const { dynamoDbClient, stop } = await startLocalDynamoDb();
await createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });

const accountsOf = transformations =>
  new EventStore({
    eventStoreId: 'ACCOUNTS',
    eventTypes: [new EventType({ type: 'DEPOSITED' })],
    reducer: (_, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({
      tableName: 'events',
      dynamoDbClient,
      transformations,
    }),
  });

// Last year's code: amounts of one currency, which went without saying.
await accountsOf([]).pushEvent({ aggregateId: 'ada', version: 1, type: 'DEPOSITED', payload: { euros: 70 } });

// Today's: an amount has a currency. The stored event is not touched.
const upcaster = ({ payload }) => ({ payload: { amount: payload.euros, currency: 'EUR' } });
const accounts = accountsOf([evolution({ eventStores: { ACCOUNTS: { DEPOSITED: { upcasters: [upcaster] } } } })]);
const pounds = { amount: 9, currency: 'GBP' };
await accounts.pushEvent({ aggregateId: 'ada', version: 2, type: 'DEPOSITED', payload: pounds });

const { events } = await accounts.getEvents('ada');
for (const { version, payload } of events) console.log(version, payload);

// Code that does not know the new shape says so, instead of reading it wrongly.
await accountsOf([])
  .getEvents('ada')
  .catch(error => console.log(error.code));

await stop();
