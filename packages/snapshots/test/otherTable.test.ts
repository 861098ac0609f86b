import { createEventTable, deleteEventTable } from '@castore-dynamodb/adapter';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';

import { DynamoDbSnapshotStorage, everyNEvents, type SnapshotError, withSnapshots } from '../src/index.js';
import { newAggregateId, push } from './pokemons.js';
import { describeOnEveryTable } from './support.js';

describeOnEveryTable('snapshots in a table of their own', ({ layout, dynamoDbClient, eventStore, requests }) => {
  const tableName = uniqueTableName('snapshots');
  beforeAll(() => createEventTable(dynamoDbClient, { tableName, layout }));
  afterAll(() => deleteEventTable(dynamoDbClient, { tableName }));

  it.each([{}, { transactional: true as const }])('are written and read there, and only there (%j)', async mode => {
    const errors: SnapshotError[] = [];
    const pokemons = withSnapshots(eventStore, {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
      reducerVersion: '1',
      policy: everyNEvents(5),
      ...mode,
      onSnapshotError: error => void errors.push(error),
    });
    const aggregateId = newAggregateId();
    await push(pokemons, aggregateId, 1, 12);
    await pokemons.snapshots.settled();
    requests.splice(0);

    const { snapshot, aggregate, lastEvent } = await pokemons.getAggregate(aggregateId);

    expect(snapshot?.version).toBe(10);
    const replayed = await eventStore.getAggregate(aggregateId);
    expect({ aggregate, lastEvent }).toStrictEqual({ aggregate: replayed.aggregate, lastEvent: replayed.lastEvent });
    const tables = requests.map(({ input }) => input['TableName']);
    expect(tables).toHaveLength(3);
    expect(tables.filter(table => table === tableName)).toHaveLength(1);
    expect(errors).toStrictEqual([]);
  });
});
