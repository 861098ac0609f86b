import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { meterRequests } from '../src/requestMeter.js';

describeOnEveryEngine('the request meter', engine => {
  const tableName = uniqueTableName();
  const provisioning = engine.client();
  beforeAll(() => createEventTable(provisioning, { tableName, layout: 'single-table' }));
  afterAll(() => deleteEventTable(provisioning, { tableName }));

  it('counts requests and capacity units by operation', async () => {
    const dynamoDbClient = engine.client();
    const costs = meterRequests(dynamoDbClient);
    const adapter = new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient });
    const context = { eventStoreId: 'FILES' };

    // A first event is written to the table and to its index, a unit each.
    await adapter.pushEvent({ aggregateId: 'a', version: 1, type: 'FILE_ADDED' }, context);
    await adapter.pushEvent({ aggregateId: 'a', version: 2, type: 'FILE_CHANGED' }, context);
    // A strongly consistent read of up to 4 KB is one.
    await adapter.getEvents('a', context);
    await adapter.getEvents('a', context);

    expect([...costs]).toEqual([
      ['PutItem', { requests: 2, capacityUnits: 3 }],
      ['Query', { requests: 2, capacityUnits: 2 }],
    ]);
  });

  it('counts what failed, and each time that the SDK tried', async () => {
    const dynamoDbClient = engine.client({ endpoint: 'http://127.0.0.1:1', maxAttempts: 3 });
    const costs = meterRequests(dynamoDbClient);

    await expect(dynamoDbClient.send(new QueryCommand({ TableName: tableName }))).rejects.toThrow('ECONNREFUSED');

    expect([...costs]).toEqual([['Query', { requests: 3, capacityUnits: 0 }]]);
  });

  it('leaves operations alone that this program does not use', async () => {
    const dynamoDbClient = engine.client();
    const costs = meterRequests(dynamoDbClient);

    const Key = { aggregateId: { S: 'a' }, version: { N: '1' } };
    const { ConsumedCapacity } = await dynamoDbClient.send(new GetItemCommand({ TableName: tableName, Key }));

    expect(ConsumedCapacity).toBeUndefined();
    expect([...costs]).toEqual([['GetItem', { requests: 1 }]]);
  });
});
