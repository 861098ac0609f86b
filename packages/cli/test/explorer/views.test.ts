import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describeOnEveryLayout, newAdapter, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { newPokemons, newTrainers } from '@castore-dynamodb/testing/pokemons';

import type {
  AggregatesPage,
  Correlation,
  EventsPage,
  Overview,
  RawItem,
  StateAtVersion,
} from '../../src/explorer/api.js';
import { type RunningExplorer, startExplorer } from './startExplorer.js';

describeOnEveryLayout(
  'the explorer',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient }) => {
    const adapter = newAdapter(layout, { tableName, dynamoDbClient });
    const pokemons = newPokemons(adapter);
    const store = layout === 'single-table' ? 'POKEMONS' : tableName;
    const hostile = `<img src=x onerror=alert(1)>\u001B[31m#%/?&__proto__\u202E`;
    const pikachu = newAggregateId();

    let explorer: RunningExplorer;
    beforeAll(async () => {
      explorer = await startExplorer({ table: tableName, endpointUrl: engine.endpoint });
      const links = { correlationId: 'c1', eventId: 'e1' };
      await pokemons.pushEvent({
        aggregateId: pikachu,
        version: 1,
        type: 'POKEMON_NAMED',
        payload: { a: 1, b: [1, { c: 2 }] },
        metadata: links,
      });
      await pokemons.pushEvent({
        aggregateId: pikachu,
        version: 2,
        type: 'POKEMON_NAMED',
        payload: JSON.parse('{"b":[1,{"c":3}],"__proto__":{"x":1}}'),
        metadata: { correlationId: 'c1', causationId: 'e1', eventId: 'e2' },
      });
      await pokemons.pushEvent({
        aggregateId: pikachu,
        version: 3,
        type: 'POKEMON_NAMED',
        payload: { bytes: new Uint8Array([1, 2]), big: 2n ** 70n, set: new Set([1]) },
      });
      await pokemons.pushEvent({
        aggregateId: hostile,
        version: 1,
        type: 'POKEMON_NAMED',
        payload: { name: hostile },
        metadata: { correlationId: 'c1', causationId: 'e2' },
      });
      for (let at = 0; at < 60; at++) {
        await pokemons.pushEvent({ aggregateId: `${at}`, version: 1, type: 'POKEMON_RELEASED' });
      }
    });
    afterAll(() => explorer.close());

    it('finds the event stores of a table by jumping from one to the next', async () => {
      if (layout === 'single-table') {
        await newTrainers(adapter).pushEvent({
          aggregateId: 'ash',
          version: 1,
          type: 'TRAINER_CREATED',
          payload: { name: 'Ash' },
        });
      }
      const answer = await explorer.view<Overview>('overview');
      expect(answer).toMatchObject({
        data: {
          eventStores: (layout === 'single-table' ? ['POKEMONS', 'TRAINERS'] : [tableName]).map(eventStoreId => ({
            eventStoreId,
            tableName,
            isConfigured: false,
          })),
          mayHaveMore: false,
        },
        // A look for each event store and one that finds no more, after a DescribeTable.
        cost: layout === 'single-table' ? { requests: 4 } : { requests: 1, readUnits: 0 },
      });
    });

    it('lists aggregates a page at a time, one Query each', async () => {
      await explorer.data('aggregates', { store });
      const first = await explorer.view<AggregatesPage>('aggregates', { store, order: 'oldest' });
      expect(first).toMatchObject({
        data: { nextPageToken: expect.any(String) },
        cost: { requests: 1, readUnits: expect.any(Number) },
      });
      const { aggregates, nextPageToken = '' } = await explorer.data<AggregatesPage>('aggregates', {
        store,
        order: 'oldest',
      });
      expect(aggregates.slice(0, 3).map(({ aggregateId }) => aggregateId)).toEqual([pikachu, hostile, '0']);
      const rest = await explorer.data<AggregatesPage>('aggregates', { store, page: nextPageToken });
      expect(rest.aggregates).toHaveLength(12);
      expect(rest.nextPageToken).toBeUndefined();
      const newest = await explorer.data<AggregatesPage>('aggregates', { store, after: '2000', before: '2100-01-01' });
      expect(newest.aggregates[0]).toMatchObject({ aggregateId: '59' });
      expect(await explorer.view('aggregates', { store, page: 'x' })).toMatchObject({
        problem: { code: 'InvalidPageTokenError', advice: expect.stringMatching(/first page/) },
      });
    });

    it('shows the events of an aggregate, whatever its id and its values are', async () => {
      expect(await explorer.view<EventsPage>('events', { store, aggregate: pikachu })).toMatchObject({
        data: {
          lastVersion: 3,
          hasMore: false,
          events: [
            {
              version: 1,
              type: 'POKEMON_NAMED',
              payload: { a: 1 },
              size: expect.any(Number),
              writeUnits: 1,
              readUnits: 1,
              encoding: [],
              redactions: [],
              links: { correlationId: 'c1', eventId: 'e1' },
            },
            { version: 2 },
            {
              version: 3,
              payload: { bytes: { $bytes: 'AQI=' }, big: { $bigint: String(2n ** 70n) }, set: { $set: [1] } },
              links: {},
            },
          ],
        },
        cost: { requests: 1, readUnits: 1 },
      });
      const { events } = await explorer.data<EventsPage>('events', { store, aggregate: hostile });
      expect(events).toMatchObject([{ version: 1, payload: { name: hostile } }]);
      expect(await explorer.data('events', { store, aggregate: 'nobody' })).toEqual({
        events: [],
        hasMore: false,
        lastVersion: 0,
      });
      expect(await explorer.data('events', { store, aggregate: pikachu, from: '7' })).toEqual({
        events: [],
        hasMore: false,
        lastVersion: 3,
      });
    });

    it('folds payloads where there is no reducer, and says what each version changed', async () => {
      const { state, before, difference, by } = await explorer.data<StateAtVersion>('state', {
        store,
        aggregate: pikachu,
        version: '2',
      });
      expect(by).toBe('payloads');
      expect(before).toEqual({ a: 1, b: [1, { c: 2 }] });
      expect(Object.entries(state as object)).toEqual(
        expect.arrayContaining([
          ['__proto__', { x: 1 }],
          ['a', 1],
          ['b', [1, { c: 3 }]],
        ]),
      );
      expect(difference).toEqual([
        { path: ['b', '1', 'c'], kind: 'changed', before: 2, after: 3 },
        { path: ['__proto__'], kind: 'added', after: { x: 1 } },
      ]);
      const first = await explorer.data<StateAtVersion>('state', { store, aggregate: pikachu, version: '1' });
      expect(first.before).toBeUndefined();
      expect(first.difference).toEqual([{ path: [], kind: 'added', after: { a: 1, b: [1, { c: 2 }] } }]);
      expect(first.hasEvent).toBe(true);
      expect(await explorer.data('state', { store, aggregate: pikachu, version: '9' })).toMatchObject({
        hasEvent: false,
        difference: [],
        state: { a: 1, big: { $bigint: String(2n ** 70n) } },
      });
    });

    it('shows the item as it is stored', async () => {
      const { item } = await explorer.data<RawItem>('item', { store, aggregate: pikachu, version: '3' });
      expect(item).toMatchObject({
        version: { N: '3' },
        payload: { M: { bytes: { B: 'AQI=' } } },
        pushId: { B: expect.any(String) },
      });
      expect(await explorer.data('item', { store, aggregate: pikachu, version: '9' })).toBeNull();
    });

    it('shows what correlates among the events that were read, each after its cause', async () => {
      for (const aggregate of [pikachu, hostile]) await explorer.data('events', { store, aggregate });
      const answer = await explorer.view<Correlation>('correlation', { id: 'c1' });
      expect(answer).toMatchObject({
        data: {
          lines: [
            { depth: 0, event: { aggregateId: pikachu, version: 1 } },
            { depth: 1, event: { aggregateId: pikachu, version: 2 } },
            { depth: 2, event: { aggregateId: hostile, version: 1 } },
          ],
          isPartial: false,
        },
        cost: { requests: 0, readUnits: 0 },
      });
    });

    it('shows an event that cannot be read as it is stored, beside those that can', async () => {
      const aggregateId = newAggregateId();
      await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_RELEASED' });
      const item = {
        aggregateId: { S: layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId },
        version: { N: '2' },
        type: { S: 'POKEMON_NAMED' },
        timestamp: { S: '2026-01-01T00:00:00.000Z' },
        payload: { M: { name: { B: new Uint8Array([9]) } } },
        encoding: { S: 'encryption' },
      };
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item: item }));
      const { events } = await explorer.data<EventsPage>('events', { store, aggregate: aggregateId });
      expect(events).toMatchObject([
        { version: 1 },
        {
          version: 2,
          encoding: ['encryption'],
          payload: { name: { $bytes: 'CQ==' } },
          problem: { code: 'UnreadableEventError', advice: expect.stringMatching(/transformation/) },
        },
      ]);
    });

    it('stops a view, and not the next one, at its budget', async () => {
      const aggregateId = newAggregateId();
      const events = 4;
      for (let version = 1; version <= events; version++) {
        await pokemons.pushEvent({
          aggregateId,
          version,
          type: 'POKEMON_NAMED',
          payload: { text: 'x'.repeat(390_000) },
        });
      }
      const frugal = await startExplorer({ table: tableName, endpointUrl: engine.endpoint }, { maxReadUnits: 100 });
      const query = { store, aggregate: aggregateId };
      expect(await frugal.view('state', { ...query, version: '4' })).toMatchObject({
        problem: { code: 'ReadBudgetError', advice: expect.stringMatching(/--max-read-units/) },
      });
      expect(await frugal.view('state', { ...query, version: '1' })).toMatchObject({ data: { version: 1 } });
      await frugal.close();
    });

    it('shows shapes alone if values must not be seen', async () => {
      const redacted = await startExplorer({ table: tableName, endpointUrl: engine.endpoint }, { isRedacted: true });
      const query = { store, aggregate: hostile, version: '1' };
      const seen = JSON.stringify([
        await redacted.data('events', query),
        await redacted.data('state', query),
        await redacted.data('item', query),
      ]);
      expect(seen).toContain('"name":"string"');
      expect(seen.replaceAll(JSON.stringify(hostile), '').split('"links"')[0]).not.toContain('"c1"');
      expect(seen).not.toContain(JSON.stringify({ name: hostile }).slice(1, -1));
      await redacted.close();
    });

    it('says that live events need a stream, and ends', async () => {
      const stream = await (await explorer.get('/api/live')).text();
      expect(stream).toMatch(/^event: problem\ndata: \{"code":"StreamNotReadableError".*new images.*\n\nevent: end\n/);
    });

    it('says what AWS said, and what to do', async () => {
      const lost = await startExplorer({ table: 'no-such-table', endpointUrl: engine.endpoint });
      expect(await lost.view('events', { store, aggregate: 'x' })).toMatchObject({
        problem: { code: 'ResourceNotFoundException', advice: expect.stringMatching(/--table/) },
      });
      expect(await lost.data<Overview>('overview')).toMatchObject({
        eventStores: [],
        problem: { code: 'ResourceNotFoundException' },
      });
      await lost.close();
    });
  },
  { engines: 'one' },
);
