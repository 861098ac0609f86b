import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { ListAggregateIdsOptions } from '@castore/core';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { recordRequests } from '@castore-dynamodb/testing/recordRequests';

import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '../src/index.js';
import { caught, rejection } from './support.js';

const context = { eventStoreId: 'POKEMONS' };

const instant = (number: number): string => `2026-01-01T00:00:00.${String(number).padStart(3, '0')}Z`;

describeOnSomeEngine('initialEventShards', engine => {
  const tableName = uniqueTableName('shards');
  const dynamoDbClient = engine.client();
  const requests = recordRequests(dynamoDbClient);
  const withShards = (initialEventShards?: number) =>
    new DynamoDbSingleTableEventStorageAdapter({
      tableName,
      dynamoDbClient,
      ...(initialEventShards === undefined ? {} : { initialEventShards }),
    });
  // Written before there were shards, with 3, and with 5: 60 aggregates over 20 instants.
  const writers = [withShards(), withShards(3), withShards(5)];
  const adapter = withShards(5);
  const all = Array.from({ length: 60 }, (_, index) => ({
    aggregateId: `pokemon-${index}`,
    initialEventTimestamp: instant(Math.floor(index / 3)),
  }));

  beforeAll(async () => {
    await createEventTable(dynamoDbClient, { tableName, layout: 'single-table' });
    await Promise.all(
      all.map(({ aggregateId, initialEventTimestamp: timestamp }, index) =>
        (writers[index % 3] ?? adapter).pushEvent(caught(aggregateId, 1, { timestamp }), context),
      ),
    );
    const foreign = { eventStoreId: 'OTHERS' };
    await adapter.pushEvent(caught('other', 1, { timestamp: instant(3) }), foreign);
  });
  beforeEach(() => void requests.splice(0));
  afterAll(() => deleteEventTable(dynamoDbClient, { tableName }));

  const listAll = async (options: ListAggregateIdsOptions, lister = adapter) => {
    const pages: { aggregateId: string; initialEventTimestamp: string }[][] = [];
    let pageToken: string | undefined;
    do {
      const page = await lister.listAggregateIds(context, {
        ...options,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      pages.push(page.aggregateIds);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    return pages;
  };

  const byTimeThenId = (aggregates: typeof all, reverse = false) =>
    aggregates.toSorted(
      (left, right) =>
        left.initialEventTimestamp.localeCompare(right.initialEventTimestamp) * (reverse ? -1 : 1) ||
        left.aggregateId.localeCompare(right.aggregateId),
    );

  it('spreads new aggregates over that many keys', async () => {
    requests.splice(0);
    for (let index = 0; index < 100; index++)
      await adapter.pushEvent(caught(`spread-${index}`, 1), { eventStoreId: 'SPREAD' });
    const keys = requests.map(({ input }) => (input.Item as { eventStoreId: { S: string } }).eventStoreId.S);
    expect(new Set(keys)).toStrictEqual(new Set(['SPREAD#0', 'SPREAD#1', 'SPREAD#2', 'SPREAD#3', 'SPREAD#4']));
  });

  it.each([false, true])('lists all in time order, in a request for each key, reverse: %s', async reverse => {
    const pages = await listAll({ reverse });
    expect(pages).toHaveLength(1);
    expect(requests).toHaveLength(6);
    const times = pages.flat().map(({ initialEventTimestamp }) => initialEventTimestamp);
    expect(times).toStrictEqual(reverse ? times.toSorted().toReversed() : times.toSorted());
    expect(byTimeThenId(pages.flat())).toStrictEqual(byTimeThenId(all));
  });

  it.each([1, 2, 7, 30, 59, 60, 61])('pages of %i visit every aggregate once, in both directions', async limit => {
    for (const reverse of [false, true]) {
      const pages = await listAll({ limit, reverse });
      const times = pages.flat().map(({ initialEventTimestamp }) => initialEventTimestamp);
      expect(times).toStrictEqual(reverse ? times.toSorted().toReversed() : times.toSorted());
      expect(byTimeThenId(pages.flat())).toStrictEqual(byTimeThenId(all));
      expect(pages).toHaveLength(Math.ceil(60 / limit));
    }
  });

  it.each([false, true])('keeps to the bounds while paging, reverse: %s', async reverse => {
    const [initialEventAfter, initialEventBefore] = [instant(4), instant(9)];
    const within = all.slice(12, 30);
    for (const limit of [1, 4, 18]) {
      const pages = await listAll({ limit, reverse, initialEventAfter, initialEventBefore });
      expect(byTimeThenId(pages.flat())).toStrictEqual(byTimeThenId(within));
      expect(pages.flat()).toHaveLength(18);
    }
  });

  it('takes options that move the range, given with a token', async () => {
    const { nextPageToken } = await adapter.listAggregateIds(context, { limit: 10 });
    const pageToken = nextPageToken as string;
    const times = async (options: ListAggregateIdsOptions) => {
      const { aggregateIds } = await adapter.listAggregateIds(context, { pageToken, limit: 100, ...options });
      return aggregateIds.map(({ initialEventTimestamp }) => initialEventTimestamp);
    };
    // The tenth aggregate is the first of instant 3.
    await expect(times({})).resolves.toHaveLength(50);
    await expect(times({ initialEventAfter: instant(10) })).resolves.toHaveLength(30);
    await expect(times({ initialEventBefore: instant(3) })).resolves.toHaveLength(2);
    await expect(times({ initialEventBefore: instant(2) })).resolves.toHaveLength(0);
    await expect(times({ reverse: true, initialEventBefore: instant(1) })).resolves.toHaveLength(6);
    await expect(times({ reverse: true, initialEventAfter: instant(4) })).resolves.toHaveLength(0);
  });

  it('asks each key for its share of the page, and tells a token of bounded size', async () => {
    const { nextPageToken } = await adapter.listAggregateIds(context, { limit: 5 });
    expect(requests.map(({ input }) => input.Limit)).toStrictEqual([5, 5, 5, 5, 5, 5]);
    expect((nextPageToken as string).length).toBeLessThan(250);
  });

  it('goes on from a token of before there were shards, and of fewer', async () => {
    for (const earlier of [withShards(), withShards(3)]) {
      const { aggregateIds, nextPageToken } = await earlier.listAggregateIds(context, { limit: 4 });
      const rest = await adapter.listAggregateIds(context, { pageToken: nextPageToken as string, limit: 100 });
      const seen = [...aggregateIds, ...rest.aggregateIds].map(({ aggregateId }) => aggregateId);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it.each([{}, { limit: 100 }, { reverse: true }])(
    'finds what comes after empty pages, which DynamoDB may answer (%j)',
    async options => {
      const client = engine.client();
      // The first answer for each index key tells nothing but where to go on: before the first of its aggregates.
      client.middlewareStack.add(
        next => async args => {
          const { ExclusiveStartKey, ExpressionAttributeValues, ScanIndexForward } = args.input as QueryCommandInput;
          if (ExclusiveStartKey !== undefined) return next(args);
          const LastEvaluatedKey = {
            aggregateId: { S: 'POKEMONS#nobody' },
            version: { N: '1' },
            eventStoreId: ExpressionAttributeValues?.[':indexKey'] as AttributeValue,
            timestamp: { S: ScanIndexForward === false ? '2027' : '2025' },
          };
          return { response: {}, output: { Items: [], LastEvaluatedKey, $metadata: {} } as never };
        },
        { step: 'initialize', name: 'emptyPages' },
      );
      const lister = new DynamoDbSingleTableEventStorageAdapter({
        tableName,
        dynamoDbClient: client,
        initialEventShards: 5,
      });
      await expect(listAll(options, lister)).resolves.toStrictEqual(await listAll(options));
    },
  );

  it('refuses a token of more shards than there are', async () => {
    const pageTokens: string[] = [];
    for (let limit = 1; limit < 60; limit++) {
      const { nextPageToken } = await adapter.listAggregateIds(context, { limit });
      pageTokens.push(nextPageToken as string);
    }
    const errors = await Promise.all(
      pageTokens.map(pageToken =>
        withShards(1)
          .listAggregateIds(context, { pageToken })
          .catch((error: unknown) => error),
      ),
    );
    expect(errors).toContainEqual(expect.objectContaining({ code: 'InvalidPageTokenError' }));
  });

  it('keeps a forced first event listed once', async () => {
    const store = { eventStoreId: 'FORCED' };
    await withShards().pushEvent(caught('moved', 1), store);
    await adapter.pushEvent(caught('moved', 1), { ...store, force: true });
    const { aggregateIds } = await adapter.listAggregateIds(store);
    expect(aggregateIds).toHaveLength(1);
  });

  it('refuses an event store id that has no room for its shards', async () => {
    const event = caught('pikachu1', 1);
    const longest = { eventStoreId: 'x'.repeat(2048 - '#255'.length - 'pikachu1'.length) };
    const tooLong = { eventStoreId: 'x'.repeat(2048 - '#25'.length) };
    await expect(withShards(256).pushEvent(event, longest)).resolves.toBeDefined();
    const error = await rejection(withShards(256).listAggregateIds(tooLong));
    expect(error).toMatchObject({ code: 'InvalidArgumentError', argument: 'context.eventStoreId' });
    await expect(withShards(26).listAggregateIds(tooLong)).resolves.toStrictEqual({ aggregateIds: [] });
  });

  it.each([0, -1, 1.5, 257, '4', null])('refuses %j shards', async shards => {
    const error = await rejection(Promise.resolve().then(() => withShards(shards as number)));
    expect(error).toMatchObject({ code: 'InvalidArgumentError', argument: 'options.initialEventShards' });
  });
});
