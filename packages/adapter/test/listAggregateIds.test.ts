import type { ListAggregateIdsOptions } from '@castore/core';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';

import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '../src/index.js';
import { caught, createAdapter, describeOnEveryAdapter, rejection, type TestAdapter } from './support.js';

const day = (number: number): string => `2026-01-${String(number).padStart(2, '0')}T00:00:00.000Z`;

describeOnEveryAdapter('listAggregateIds', ({ layout, adapter, dynamoDbClient, requests }: TestAdapter) => {
  const context = { eventStoreId: 'LISTED' };
  const all = Array.from({ length: 9 }, (_, index) => `pokemon-${index + 1}`);

  beforeAll(async () => {
    for (const [index, aggregateId] of all.entries()) {
      await adapter.pushEvent(caught(aggregateId, 1, { timestamp: day(index + 1) }), context);
      await adapter.pushEvent(caught(aggregateId, 2, { timestamp: day(index + 10) }), context);
    }
  });

  const list = async (options: ListAggregateIdsOptions = {}, target = adapter) => {
    const { aggregateIds, nextPageToken } = await target.listAggregateIds(context, options);
    return { ids: aggregateIds.map(({ aggregateId }) => aggregateId), nextPageToken };
  };

  const listAll = async (options: ListAggregateIdsOptions, target = adapter): Promise<string[][]> => {
    const pages: string[][] = [];
    let pageToken: string | undefined;
    do {
      const page = await list({ ...options, ...(pageToken === undefined ? {} : { pageToken }) }, target);
      pages.push(page.ids);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    return pages;
  };

  it('lists every aggregate once, by the time of its first event, in one request', async () => {
    const { aggregateIds, nextPageToken } = await adapter.listAggregateIds(context);
    expect(aggregateIds).toStrictEqual(
      all.map((aggregateId, index) => ({ aggregateId, initialEventTimestamp: day(index + 1) })),
    );
    expect(nextPageToken).toBeUndefined();
    expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([['Query', 0.5]]);
  });

  it.each<[ListAggregateIdsOptions, number, number]>([
    [{ initialEventAfter: day(3) }, 2, 9],
    [{ initialEventBefore: day(3) }, 0, 3],
    [{ initialEventAfter: day(3), initialEventBefore: day(5) }, 2, 5],
    [{ initialEventAfter: day(5), initialEventBefore: day(3) }, 0, 0],
    [{ initialEventAfter: day(20) }, 0, 0],
    [{ initialEventAfter: '2026-01-03T00:00:00Z' }, 2, 9],
    [{ initialEventAfter: '2026-01-03' }, 2, 9],
    [{ initialEventAfter: '2026-01-03T00:00' }, 2, 9],
    [{ initialEventAfter: '2026-01-03T02:00:00+02:00' }, 2, 9],
    [{ initialEventAfter: '2026-01-02T19:00:00-05:00' }, 2, 9],
    [{ initialEventAfter: '2026-01-03T00:00:00.0001Z' }, 3, 9],
    [{ initialEventBefore: '2026-01-03T00:00:00Z' }, 0, 3],
    [{ initialEventBefore: '2026-01-03' }, 0, 3],
    [{ initialEventBefore: '2026-01-03T02:00:00+02' }, 0, 3],
    [{ initialEventBefore: '2026-01-03T00:00:00.0009Z' }, 0, 3],
    [{ initialEventAfter: '2026', initialEventBefore: '2026-01-02T23:59:59Z' }, 0, 2],
    [{ initialEventAfter: '2025', initialEventBefore: '2027' }, 0, 9],
  ])('lists with %j, in both directions', async (options, from, to) => {
    await expect(list(options)).resolves.toStrictEqual({ ids: all.slice(from, to), nextPageToken: undefined });
    await expect(list({ ...options, reverse: true })).resolves.toStrictEqual({
      ids: all.slice(from, to).toReversed(),
      nextPageToken: undefined,
    });
  });

  it.each([1, 2, 3, 4, 8, 9, 10])(
    'pages of %i visit every aggregate once and end without an empty page',
    async limit => {
      const pages = await listAll({ limit });
      expect(pages.flat()).toStrictEqual(all);
      expect(pages).toHaveLength(Math.ceil(9 / limit));
      expect(requests).toHaveLength(pages.length);

      const reversed = await listAll({ limit, reverse: true });
      expect(reversed.flat()).toStrictEqual([...all].toReversed());
    },
  );

  it('visits every aggregate once if timestamps are equal', async () => {
    const tableName = uniqueTableName('equal');
    await createEventTable(dynamoDbClient, { tableName, layout });
    const crowded = createAdapter(layout, tableName, dynamoDbClient);
    const ids = Array.from({ length: 25 }, (_, index) => `twin-${index}`);
    await Promise.all(ids.map(id => crowded.pushEvent(caught(id, 1, { timestamp: day(1) }), context)));

    for (const options of [{ limit: 7 }, { limit: 7, reverse: true }]) {
      const pages = await listAll(options, crowded);
      expect(pages.map(({ length }) => length)).toStrictEqual([7, 7, 7, 4]);
      expect(pages.flat().toSorted()).toStrictEqual([...ids].toSorted());
    }
    await deleteEventTable(dynamoDbClient, { tableName });
  });

  it('carries the options of the first page along', async () => {
    const pages = await listAll({ limit: 2, initialEventAfter: day(2), initialEventBefore: day(6), reverse: true });
    const first = await list({ limit: 2, initialEventAfter: day(2), initialEventBefore: day(6), reverse: true });
    const second = await list({ pageToken: first.nextPageToken as string });

    expect(pages).toStrictEqual([['pokemon-6', 'pokemon-5'], ['pokemon-4', 'pokemon-3'], ['pokemon-2']]);
    expect(second.ids).toStrictEqual(['pokemon-4', 'pokemon-3']);
  });

  it("lets options given with a token win over the token's, wherever they move the range", async () => {
    const { nextPageToken } = await list({ limit: 3 });
    const pageToken = nextPageToken as string;

    await expect(list({ pageToken, limit: 1 })).resolves.toMatchObject({ ids: ['pokemon-4'] });
    await expect(list({ pageToken, initialEventAfter: day(2) })).resolves.toMatchObject({ ids: all.slice(3, 6) });
    await expect(list({ pageToken, initialEventAfter: day(6) })).resolves.toMatchObject({ ids: all.slice(5, 8) });
    await expect(list({ pageToken, initialEventBefore: day(5) })).resolves.toStrictEqual({
      ids: all.slice(3, 5),
      nextPageToken: undefined,
    });
    await expect(list({ pageToken, initialEventBefore: day(2) })).resolves.toStrictEqual({
      ids: [],
      nextPageToken: undefined,
    });
    await expect(list({ pageToken, reverse: true })).resolves.toMatchObject({ ids: ['pokemon-2', 'pokemon-1'] });
    await expect(list({ pageToken, reverse: true, initialEventBefore: day(2) })).resolves.toMatchObject({
      ids: ['pokemon-2', 'pokemon-1'],
    });
    await expect(list({ pageToken, reverse: true, initialEventAfter: day(5) })).resolves.toMatchObject({ ids: [] });
  });

  it('sends a second request if a page of DynamoDB ends before the limit', async () => {
    const tableName = uniqueTableName('long');
    await createEventTable(dynamoDbClient, { tableName, layout });
    const longIds = createAdapter(layout, tableName, dynamoDbClient);
    // Keys of about 2 KB, so that 1 MB of them ends within the 600.
    const ids = Array.from({ length: 600 }, (_, index) => `${String(index).padStart(4, '0')}${'x'.repeat(1_990)}`);
    for (let start = 0; start < ids.length; start += 100) {
      await Promise.all(ids.slice(start, start + 100).map(id => longIds.pushEvent(caught(id, 1), context)));
    }
    requests.splice(0);

    const limited = await list({ limit: 590 }, longIds);
    expect(new Set(limited.ids).size).toBe(590);
    expect(requests).toHaveLength(2);

    const pages = await listAll({}, longIds);
    expect(pages).toHaveLength(2);
    expect(pages.flat().toSorted()).toStrictEqual(ids);
    await deleteEventTable(dynamoDbClient, { tableName });
  });

  describe('refuses before a request', () => {
    it.each([
      ['limit 0', { limit: 0 }, 'options.limit'],
      ['a negative limit', { limit: -1 }, 'options.limit'],
      ['a fractional limit', { limit: 0.5 }, 'options.limit'],
      ['a reverse that is no boolean', { reverse: 'yes' }, 'options.reverse'],
      ['an initialEventAfter that is no instant', { initialEventAfter: '2026-02-30' }, 'options.initialEventAfter'],
      ['an initialEventBefore that is no instant', { initialEventBefore: '2026-13' }, 'options.initialEventBefore'],
      ['an option that there is not', { initialEventsAfter: '2026' }, 'options.initialEventsAfter'],
      ['an empty initialEventAfter', { initialEventAfter: '' }, 'options.initialEventAfter'],
      ['an initialEventBefore that is no string', { initialEventBefore: new Date() }, 'options.initialEventBefore'],
    ])('%s', async (_, options, argument) => {
      const error = await rejection(adapter.listAggregateIds(context, options as ListAggregateIdsOptions));
      expect(error).toMatchObject({ code: 'InvalidArgumentError', argument });
      expect(requests).toHaveLength(0);
    });

    it('a token that was altered, cut, made up, or handed out for another event store', async () => {
      const { nextPageToken } = await list({ limit: 3 });
      const token = nextPageToken as string;
      const { nextPageToken: elsewhere } = await list({ limit: 3 }, adapter);
      requests.splice(0);

      const altered = [
        '',
        'nonsense',
        token.slice(0, -1),
        token.slice(1),
        `${token}x`,
        token.replace(/.$/, last => (last === 'A' ? 'B' : 'A')),
        JSON.stringify({ limit: 3, lastEvaluatedKey: { aggregateId: { S: 'OTHERS#1' } } }),
        42,
      ];
      for (const pageToken of altered) {
        const error = await rejection(adapter.listAggregateIds(context, { pageToken: pageToken as string }));
        expect(error).toMatchObject({ code: 'InvalidPageTokenError' });
      }
      const foreign = await rejection(
        adapter.listAggregateIds({ eventStoreId: 'OTHERS' }, { pageToken: elsewhere as string }),
      );
      expect(foreign).toMatchObject({ code: 'InvalidPageTokenError' });
      expect(requests).toHaveLength(0);
    });
  });
});

describeOnEveryAdapter('keys of event stores', ({ layout, adapter, dynamoDbClient, tableName, requests }) => {
  if (layout === 'single-table') {
    it('keeps the same aggregate id of two event stores apart', async () => {
      const [pokemons, trainers] = [{ eventStoreId: 'POKEMONS' }, { eventStoreId: 'TRAINERS' }];
      await adapter.pushEvent(caught('1', 1, { payload: 'pokemon' }), pokemons);
      await adapter.pushEvent(caught('1', 1, { payload: 'trainer' }), trainers);

      await expect(adapter.getEvents('1', pokemons)).resolves.toMatchObject({ events: [{ payload: 'pokemon' }] });
      await expect(adapter.getEvents('1', trainers)).resolves.toMatchObject({ events: [{ payload: 'trainer' }] });
      await expect(adapter.listAggregateIds(trainers)).resolves.toMatchObject({ aggregateIds: [{ aggregateId: '1' }] });
    });

    it('refuses an event store id with the separator in it, which could share keys with another one', async () => {
      const error = await rejection(adapter.pushEvent(caught('1', 1), { eventStoreId: 'A#B' }));
      expect(error).toMatchObject({ code: 'InvalidArgumentError', argument: 'options.eventStoreId' });
      expect(await rejection(adapter.getEvents('1', { eventStoreId: 'A#B' }))).toMatchObject({
        code: 'InvalidArgumentError',
      });
      expect(await rejection(adapter.listAggregateIds({ eventStoreId: 'A#B' }))).toMatchObject({
        code: 'InvalidArgumentError',
      });
      expect(requests).toHaveLength(0);
    });
  }

  it.each(['#', '##', 'a#b', '#a', 'a#', 'A#B#1', 'é', '🦄#', ' ', '\u0000', '__proto__'])(
    'takes %j as an aggregate id',
    async aggregateId => {
      const store = { eventStoreId: 'IDS' };
      await adapter.pushEvent(caught(aggregateId, 1), store);

      await expect(adapter.getEvents(aggregateId, store)).resolves.toMatchObject({ events: [{ aggregateId }] });
      const { aggregateIds } = await adapter.listAggregateIds(store);
      expect(aggregateIds.map(id => id.aggregateId)).toContain(aggregateId);
    },
  );

  it('asks for the table name on every call', async () => {
    const names = [tableName, 'nowhere', ''];
    const dynamic = new DynamoDbSingleTableEventStorageAdapter({
      tableName: () => names.shift() ?? '',
      dynamoDbClient,
    });
    await dynamic.getEvents('1', { eventStoreId: 'ANY' });
    expect(await rejection(dynamic.getEvents('1', { eventStoreId: 'ANY' }))).toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect(await rejection(dynamic.getEvents('1', { eventStoreId: 'ANY' }))).toMatchObject({
      argument: 'options.tableName()',
    });
  });
});
