import { isEventAlreadyExistsError } from '@castore/core';
import {
  DynamoDBSingleTableEventStorageAdapter as CastoreSingleTableAdapter,
  LegacyDynamoDBEventStorageAdapter as CastoreTablePerStoreAdapter,
} from '@castore/event-storage-adapter-dynamodb';
import { costs, describeOnEveryLayout, newAggregateId, rejection } from '@castore-dynamodb/testing/eventTables';
import { sealed } from '@castore-dynamodb/testing/transformations';
import { z } from 'zod';

import { eraseAggregate, evolution, redactEvent, redactionsOf } from '../../src/index.js';
import { caught, context, elsewhere, eventsOf, itemsIn, push, storeOf } from './support.js';

describeOnEveryLayout('redactEvent', tables => {
  const { engine, layout, dynamoDbClient, requests } = tables;
  const tableName = tables.tableNames.events;
  const eventStore = storeOf(tables);
  const redact = (aggregateId: string, version = 2, name = 'someone') =>
    redactEvent(eventStore, {
      aggregateId,
      version,
      reason: 'Article 17',
      redact: ({ payload, metadata }) => ({ payload: { ...payload, name }, metadata }),
    });

  it('replaces the payload, and keeps version, type, timestamp and all other events', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 3);
    const before = await itemsIn(dynamoDbClient, tableName);

    await expect(redact(aggregateId)).resolves.toMatchObject({ events: 1, snapshots: 0 });
    await expect(eventsOf(eventStore, aggregateId)).resolves.toStrictEqual([
      caught(aggregateId, 1),
      caught(aggregateId, 2, { payload: { name: 'someone', level: 2 } }),
      caught(aggregateId, 3),
    ]);
    // Nothing else of any item changes: its index entry, its pushId.
    const without = (items: typeof before) =>
      items.map(({ payload, redactions: _redactions, ...item }) =>
        item['version']?.N === '2' ? item : { ...item, payload },
      );
    expect(without(await itemsIn(dynamoDbClient, tableName))).toStrictEqual(without(before));
  });

  it('keeps when and why it was done, once for each time', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 3);
    const start = new Date().toISOString();
    await redact(aggregateId);
    await redact(aggregateId);
    await redact(aggregateId, 2, 'nobody');

    const [redacted, ...others] = await redactionsOf(eventStore, aggregateId);
    const record = { kind: 'redacted', at: expect.any(String), reason: 'Article 17', references: [] };
    expect(redacted).toStrictEqual({ version: 2, redactions: [record, record] });
    expect(others).toEqual([]);
    expect(redacted?.redactions[0]?.at.localeCompare(start)).toBeGreaterThanOrEqual(0);
  });

  it('costs 4 requests, and 2 if there is nothing to do', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 2);
    requests.splice(0);
    const { readUnits, writeUnits } = await redact(aggregateId, 1);
    // DynamoDB Local counts nothing for a look that finds nothing.
    const look = `Query ${engine.name === 'Dynoxide' ? 1 : 0}`;
    expect(costs(requests)).toEqual(['Query 1', look, 'PutItem 1', look]);
    expect({ readUnits, writeUnits }).toEqual({ readUnits: engine.name === 'Dynoxide' ? 3 : 1, writeUnits: 1 });
    requests.splice(0);
    await expect(redact(aggregateId, 1)).resolves.toMatchObject({ events: 0, writeUnits: 0 });
    expect(costs(requests)).toEqual(['Query 1', look]);
  });

  it('decodes what the transformations have made, and has them make it anew', async () => {
    const objects = new Map<string, unknown>();
    const transformed = storeOf(tables, { transformations: [sealed('sealed'), elsewhere(objects)].toReversed() });
    const aggregateId = newAggregateId();
    await push(transformed, aggregateId, 2);
    const { events, copies } = await redactEvent(transformed, {
      aggregateId,
      version: 2,
      reason: 'Article 17',
      redact: ({ payload }) => ({ payload: { ...payload, name: 'someone' } }),
    });
    expect(events).toBe(1);
    expect(copies.filter(({ kind }) => kind === 'object')).toMatchObject([{ name: 's3://bucket/Ash 2' }]);
    const { metadata: _, ...redacted } = caught(aggregateId, 2, { payload: { name: 'someone', level: 2 } });
    await expect(eventsOf(transformed, aggregateId)).resolves.toStrictEqual([caught(aggregateId, 1), redacted]);
    const [item] = (await itemsIn(dynamoDbClient, tableName)).filter(
      ({ aggregateId: id, version }) => id?.S?.endsWith(aggregateId) && version?.N === '2',
    );
    expect(item).toMatchObject({ encoding: { S: 'elsewhere,sealed' } });
    // The answer to a second call names the object as well: it may still be there.
    const again = await eraseAggregate(transformed, aggregateId, { reason: 'Article 17' });
    expect(
      again.copies
        .filter(({ kind }) => kind === 'object')
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['s3://bucket/Ash 1', 's3://bucket/Ash 2', 's3://bucket/someone']);
  });

  it('stores it in the shape of today, as its schema wants it', async () => {
    const aggregateId = newAggregateId();
    await eventStore.pushEvent(caught(aggregateId, 1, { payload: { called: 'Ash' } }));
    const transformations = [
      evolution({
        eventStores: {
          POKEMONS: {
            CAUGHT: {
              schema: z.object({ name: z.string() }),
              upcasters: [({ payload }) => ({ payload: { name: (payload as { called: string }).called } })],
            },
          },
        },
      }),
    ];
    const evolving = storeOf(tables, { transformations });
    const options = { aggregateId, version: 1, reason: 'Article 17' };
    await expect(
      redactEvent(evolving, { ...options, redact: () => ({ payload: { name: null } }) }),
    ).rejects.toMatchObject({ code: 'InvalidEventError', issues: [{ path: ['payload', 'name'] }] });
    await redactEvent(evolving, { ...options, redact: ({ payload }) => ({ payload: { name: payload.name?.[0] } }) });
    await expect(eventsOf(evolving, aggregateId)).resolves.toMatchObject([{ type: 'CAUGHT', payload: { name: 'A' } }]);
    const items = await itemsIn(dynamoDbClient, tableName);
    expect(items.filter(({ schemaVersion }) => schemaVersion?.N === '2')).toHaveLength(1);
  });

  it('reads again what somebody else has changed meanwhile', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 1);
    let calls = 0;
    const result = await redactEvent(eventStore, {
      aggregateId,
      version: 1,
      reason: 'level',
      redact: async ({ payload, metadata }) => {
        calls += 1;
        if (calls === 1) await redact(aggregateId, 1);
        if (calls === 2)
          await eventStore.pushEvent(caught(aggregateId, 1, { payload: { name: 'Gary' } }), { force: true });
        // Of pushes with force nothing but the content tells one from another.
        if (calls === 3)
          await eventStore.pushEvent(caught(aggregateId, 1, { payload: { name: 'Oak' } }), { force: true });
        return { payload: { ...payload, level: 0 }, metadata };
      },
    });
    expect([calls, result.events]).toEqual([4, 1]);
    await expect(eventsOf(eventStore, aggregateId)).resolves.toMatchObject([{ payload: { name: 'Oak', level: 0 } }]);
  });

  it('is done once if its answer is lost, and the SDK sends it again', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 1);
    const client = engine.client();
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          if (commandName === 'PutItemCommand') await next(args);
          return next(args);
        },
      { step: 'finalizeRequest', priority: 'low', name: 'sendTwice' },
    );
    const result = await redactEvent(storeOf(tables, { client }), {
      aggregateId,
      version: 1,
      reason: 'Article 17',
      redact: ({ payload, metadata }) => ({ payload: { ...payload, name: `${payload.name}!` }, metadata }),
    });
    expect(result.events).toBe(1);
    await expect(eventsOf(eventStore, aggregateId)).resolves.toMatchObject([{ payload: { name: 'Ash 1!' } }]);
    await expect(redactionsOf(eventStore, aggregateId)).resolves.toMatchObject([{ redactions: { length: 1 } }]);
  });

  it('gives up an event that changes all the time', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 1);
    let level = 0;
    const redacting = redactEvent(eventStore, {
      aggregateId,
      version: 1,
      reason: 'level',
      redact: async () => {
        level += 1;
        await eventStore.pushEvent(caught(aggregateId, 1, { payload: { level } }), { force: true });
        return {};
      },
    });
    await expect(redacting).rejects.toMatchObject({ code: 'AggregateBusyError', aggregateId, attempts: 10 });
  });

  it('leaves pushes of the same version in conflict, with the redacted event', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 1);
    await redact(aggregateId, 1);
    const conflict = await rejection(eventStore.pushEvent(caught(aggregateId, 1)));
    expect(isEventAlreadyExistsError(conflict)).toBe(true);
    expect(conflict).toMatchObject({ winningEvent: { payload: { name: 'someone' } } });
  });

  it("is read by Castore's own adapters", async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 2);
    await redact(aggregateId);
    const Adapter = layout === 'single-table' ? CastoreSingleTableAdapter : CastoreTablePerStoreAdapter;
    const castore = new Adapter({ tableName, dynamoDBClient: dynamoDbClient });
    await expect(castore.getEvents(aggregateId, context)).resolves.toEqual({
      events: await eventsOf(eventStore, aggregateId),
    });
  });

  it('keeps members named __proto__', async () => {
    const aggregateId = newAggregateId();
    const payload = JSON.parse('{"__proto__":{"name":"Ash"},"level":1}') as { level: number };
    await eventStore.pushEvent(caught(aggregateId, 1, { payload }));
    await redactEvent(eventStore, {
      aggregateId,
      version: 1,
      reason: 'level',
      redact: event => ({ ...event, payload: Object.assign(event.payload, { level: 0 }) }),
    });
    const [redacted] = await eventsOf(eventStore, aggregateId);
    expect(Object.entries(redacted?.payload as object)).toEqual(
      expect.arrayContaining([
        ['__proto__', { name: 'Ash' }],
        ['level', 0],
      ]),
    );
  });

  it('refuses wrong arguments, and what is not there', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 1);
    const options = { aggregateId, version: 1, reason: 'Article 17', redact: () => ({}) };
    const wrong: [string, object][] = [
      ['options.aggregateId', { aggregateId: '' }],
      ['options.version', { version: 0 }],
      ['options.reason', { reason: '' }],
      ['options.reason', { reason: 'x'.repeat(1001) }],
      ['options.reason', { reason: 'é'.repeat(501) }],
      ['options.redact', { redact: 'name' }],
      ['options.redact()', { redact: () => null }],
      ['options.redact().type', { redact: () => ({ type: 'RELEASED' }) }],
      ['options.why', { why: 'Article 17' }],
      ['options.snapshots', { snapshots: {} }],
      ['options.projections[0].name', { projections: [{}] }],
      ['options.projections[0].eventStoreIds', { projections: [{ name: 'log', eventStoreIds: 'POKEMONS' }] }],
      ['options.readUnitsPerSecond', { readUnitsPerSecond: 0 }],
      ['options.writeUnitsPerSecond', { writeUnitsPerSecond: '5' }],
    ];
    for (const [argument, change] of wrong) {
      await expect(redactEvent(eventStore, { ...options, ...change })).rejects.toMatchObject({
        code: 'InvalidArgumentError',
        argument,
      });
    }
    await expect(redactEvent({} as never, options)).rejects.toMatchObject({ argument: 'eventStore' });
    await expect(redactEvent(eventStore, { ...options, version: 2 })).rejects.toMatchObject({
      code: 'EventNotFoundError',
      ...context,
      aggregateId,
      version: 2,
    });
    await expect(eventsOf(eventStore, aggregateId)).resolves.toStrictEqual([caught(aggregateId, 1)]);
  });
});
