import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBSingleTableEventStorageAdapter as CastoreSingleTableAdapter,
  LegacyDynamoDBEventStorageAdapter as CastoreTablePerStoreAdapter,
} from '@castore/event-storage-adapter-dynamodb';
import { describeOnEveryLayout, newAggregateId, operations } from '@castore-dynamodb/testing/eventTables';

import { type ErasureProgress, eraseAggregate, evolution, redactEvent, redactionsOf } from '../../src/index.js';
import { caught, context, elsewhere, eventsOf, itemsIn, push, storeOf } from './support.js';

const erased = (aggregateId: string, version: number, rest: object = {}) => {
  const { payload: _payload, metadata: _metadata, ...event } = caught(aggregateId, version, rest);
  return event;
};

describeOnEveryLayout('eraseAggregate', tables => {
  const { layout, dynamoDbClient, requests } = tables;
  const tableName = tables.tableNames.events;
  const eventStore = storeOf(tables);
  const options = { reason: 'Article 17' };
  const partitionKey = (aggregateId: string): string =>
    layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId;

  it('takes payload and metadata away, and keeps versions, types, timestamps and the listing', async () => {
    const [aggregateId, other] = [newAggregateId(), newAggregateId()];
    await push(eventStore, aggregateId, 3);
    await push(eventStore, other, 2);
    await expect(eraseAggregate(eventStore, aggregateId, options)).resolves.toMatchObject({ events: 3, snapshots: 0 });

    const events = [1, 2, 3].map(version => erased(aggregateId, version));
    await expect(eventsOf(eventStore, aggregateId)).resolves.toStrictEqual(events);
    await expect(eventsOf(eventStore, other)).resolves.toStrictEqual([caught(other, 1), caught(other, 2)]);
    const { aggregateIds } = await eventStore.listAggregateIds();
    expect(aggregateIds.map(({ aggregateId: id }) => id)).toContain(aggregateId);
    const Adapter = layout === 'single-table' ? CastoreSingleTableAdapter : CastoreTablePerStoreAdapter;
    const castore = new Adapter({ tableName, dynamoDBClient: dynamoDbClient });
    await expect(castore.getEvents(aggregateId, context)).resolves.toEqual({ events });
    // It goes on as any other.
    await push(eventStore, aggregateId, 4, 4);
    await expect(eventsOf(eventStore, aggregateId)).resolves.toStrictEqual([...events, caught(aggregateId, 4)]);
  });

  it('keeps when and why, and does not do it twice', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 2);
    await eventStore.pushEvent({ ...erased(aggregateId, 3) } as never);
    await eraseAggregate(eventStore, aggregateId, options);
    requests.splice(0);
    await expect(eraseAggregate(eventStore, aggregateId, { reason: 'again' })).resolves.toMatchObject({
      events: 0,
      writeUnits: 0,
    });
    expect(operations(requests)).toEqual(['Query', 'Query', 'Query']);
    const record = { kind: 'erased', at: expect.any(String), reason: 'Article 17', references: [] };
    await expect(redactionsOf(eventStore, aggregateId)).resolves.toStrictEqual([
      { version: 1, redactions: [record] },
      { version: 2, redactions: [record] },
    ]);
    // There is nothing to redact, and nothing comes back.
    const redacting = redactEvent(eventStore, {
      ...options,
      aggregateId,
      version: 1,
      redact: () => ({ payload: { name: 'Ash' } }),
    });
    await expect(redacting).resolves.toMatchObject({ events: 0 });
    await expect(eventsOf(eventStore, aggregateId)).resolves.toMatchObject([erased(aggregateId, 1), {}, {}]);
  });

  it('costs a request and a write unit for each KB of each event', async () => {
    const aggregateId = newAggregateId();
    await eventStore.pushEvent(caught(aggregateId, 1, { payload: { name: 'x'.repeat(3000) } }));
    await push(eventStore, aggregateId, 3, 2);
    requests.splice(0);
    const { writeUnits } = await eraseAggregate(eventStore, aggregateId, options);
    expect(operations(requests)).toEqual(['Query', 'Query', 'PutItem', 'PutItem', 'PutItem', 'Query']);
    expect(requests.map(({ operation, units }) => (operation === 'PutItem' ? units : 0))).toEqual([0, 0, 4, 1, 1, 0]);
    expect(requests[1]?.units).toBe(1);
    expect(writeUnits).toBe(6);
  });

  it('reads all pages, and reports after each of them', async () => {
    const aggregateId = newAggregateId();
    const name = 'x'.repeat(300_000);
    for (let version = 1; version <= 5; version++) {
      await eventStore.pushEvent(caught(aggregateId, version, { payload: { name } }));
    }
    const progress: ErasureProgress[] = [];
    await eraseAggregate(eventStore, aggregateId, { ...options, onProgress: each => void progress.push(each) });
    expect(progress.map(({ version, events }) => [version, events])).toEqual([
      [expect.any(Number), expect.any(Number)],
      [5, 5],
    ]);
    expect(progress[0]?.version).toBe(progress[0]?.events);
    await expect(eventsOf(eventStore, aggregateId)).resolves.toHaveLength(5);
  });

  it('keeps below the units a second that it is given', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 6);
    const start = performance.now();
    await eraseAggregate(eventStore, aggregateId, { ...options, readUnitsPerSecond: 50, writeUnitsPerSecond: 20 });
    expect(performance.now() - start).toBeGreaterThan(240);
  });

  it('erases what nobody can read', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 1);
    await dynamoDbClient.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { aggregateId: { S: partitionKey(aggregateId) }, version: { N: '1' } },
        UpdateExpression: 'SET payload = :payload REMOVE pushId',
        ExpressionAttributeValues: { ':payload': { N: '9007199254740993.5' } },
      }),
    );
    await expect(eventsOf(eventStore, aggregateId)).rejects.toMatchObject({ code: 'UnreadableEventError' });
    await eraseAggregate(eventStore, aggregateId, options);
    await expect(eventsOf(eventStore, aggregateId)).resolves.toStrictEqual([erased(aggregateId, 1)]);
  });

  it('needs no upcaster of events without content, and reads them by their names of today', async () => {
    const aggregateId = newAggregateId();
    await eventStore.pushEvent(caught(aggregateId, 1, { type: 'TRAPPED' }));
    await push(eventStore, aggregateId, 2, 2);
    const failing = () => {
      throw new Error('There is no payload.');
    };
    const evolving = storeOf(tables, {
      transformations: [
        evolution({
          eventStores: {
            POKEMONS: { TRAPPED: { upcasters: [failing], renamedTo: 'CAUGHT' }, CAUGHT: { upcasters: [failing] } },
          },
          validate: 'both',
        }),
      ],
    });
    await expect(eventsOf(evolving, aggregateId)).rejects.toMatchObject({ code: 'UnreadableEventError' });
    await eraseAggregate(evolving, aggregateId, options);
    await expect(eventsOf(evolving, aggregateId)).resolves.toStrictEqual(
      [1, 2].map(version => erased(aggregateId, version)),
    );
  });

  it('names the objects that nothing refers to any more, in each answer', async () => {
    const transformed = storeOf(tables, { transformations: [elsewhere()] });
    const aggregateId = newAggregateId();
    await push(transformed, aggregateId, 2);
    for (const events of [2, 0]) {
      const result = await eraseAggregate(transformed, aggregateId, {
        ...options,
        projections: [
          { name: 'names', eventStoreIds: ['POKEMONS'] },
          { name: 'others', eventStoreIds: ['TRAINERS'] },
        ],
      });
      expect(result.events).toBe(events);
      expect(result.copies.map(({ kind, name }) => [kind, name])).toEqual([
        ['object', 's3://bucket/Ash 1'],
        ['object', 's3://bucket/Ash 2'],
        ['projection', 'names'],
        ['snapshots', 'POKEMONS'],
        ['stream', tableName],
        ['backups', tableName],
      ]);
    }
    const items = await itemsIn(dynamoDbClient, tableName);
    const own = items.filter(({ aggregateId: key }) => key?.S === partitionKey(aggregateId));
    expect(own.map(({ encoding }) => encoding)).toEqual([undefined, undefined]);
    // Without the transformation, nobody would know of them.
    await push(transformed, aggregateId, 3, 3);
    await expect(eraseAggregate(eventStore, aggregateId, options)).rejects.toMatchObject({
      code: 'UnreadableEventError',
      version: 3,
    });
  });

  it('does what two callers want at once, once', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 20);
    const results = await Promise.all([1, 2].map(() => eraseAggregate(eventStore, aggregateId, options)));
    expect(results.reduce((sum, { events }) => sum + events, 0)).toBe(20);
    const redacted = await redactionsOf(eventStore, aggregateId);
    expect(redacted.map(({ redactions }) => redactions.length)).toEqual(Array(20).fill(1));
  });
});
