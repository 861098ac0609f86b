import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter, eventTableOf } from '@castore-dynamodb/adapter';
import * as fc from 'fast-check';

import { type AggregatePage, listedPages } from '../src/maintenance/aggregatePages.js';
import { scannedPages } from '../src/maintenance/scannedPages.js';
import { all } from './inMemory.js';
import { newPokemons } from './pokemons.js';

type Item = Record<string, AttributeValue>;

const MIN_LENGTH = 4;

const eventItem = (partitionKey: string, version: number): Item => ({
  aggregateId: { S: partitionKey },
  version: { N: `${version}` },
  type: { S: 'POKEMON_LEVELED_UP' },
  timestamp: { S: '2026-01-01T00:00:00.000Z' },
});

/** An event store whose table has these pages, in its segments. */
const storeOf = (segments: readonly (readonly (readonly Item[])[])[]) => {
  const dynamoDbClient = new DynamoDBClient({ region: 'eu-west-1' });
  const keyOf = (item: Item | undefined) => JSON.stringify([item?.['aggregateId']?.S, item?.['version']?.N]);
  dynamoDbClient.middlewareStack.add(
    () => async args => {
      const { Segment = 0, ExclusiveStartKey: startKey } = args.input as { Segment?: number; ExclusiveStartKey?: Item };
      const pages = segments[Segment] ?? [];
      const index = startKey ? pages.findIndex(page => keyOf(page.at(-1)) === keyOf(startKey)) + 1 : 0;
      const Items = pages[index] ?? [];
      const { aggregateId, version } = Items.at(-1) ?? {};
      const LastEvaluatedKey = index + 1 < pages.length ? { aggregateId, version } : undefined;
      return { response: {}, output: { Items, Count: Items.length, LastEvaluatedKey, $metadata: {} } } as never;
    },
    { step: 'initialize', priority: 'low' },
  );
  return newPokemons(new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }));
};

const scan = async (eventStore: ReturnType<typeof storeOf>, pageToken?: string): Promise<AggregatePage[]> =>
  all(scannedPages(eventStore, pageToken, ({ version }) => version < MIN_LENGTH));

const cut = (items: readonly Item[], lengths: readonly number[]): Item[][] => {
  const pages: Item[][] = [];
  for (let [start, index] = [0, 0]; start < items.length; index++) {
    const end = start + (lengths[index] ?? items.length);
    pages.push(items.slice(start, end));
    start = end;
  }
  return pages;
};

/** How many events the aggregates have, and what lies between them that is no event of theirs. */
const tables = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }),
  others: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }),
  pages: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 }),
});

const itemsOf = (lengths: readonly number[], others: readonly number[]): Item[][] => {
  const aggregates = lengths.map((length, index) =>
    Array.from({ length }, (_, version) => eventItem(`POKEMONS#${index}`, version + 1)),
  );
  const between = others.map((place, index) => ({
    place,
    items:
      index % 2 === 0
        ? [{ aggregateId: { S: `#snapshots#${index}` }, version: { N: '1.5' } }]
        : [eventItem(`OTHERS#${index}`, 1)],
  }));
  return aggregates.flatMap((items, index) => [
    ...between.filter(({ place }) => place === index).map(each => each.items),
    items,
  ]);
};

const isLong = (lengths: readonly number[], id: string): boolean => (lengths[Number(id)] ?? 0) >= MIN_LENGTH;

describe('the aggregates of a table that is scanned', () => {
  it('are each counted once, and no long one is missed, however pages are cut and wherever a run goes on', async () => {
    const property = fc.asyncProperty(tables, fc.boolean(), async ({ lengths, others, pages }, resumes) => {
      const groups = itemsOf(lengths, others);
      const segments = [0, 1, 2, 3].map(segment =>
        cut(groups.filter((_, index) => index % 4 === segment).flat(), pages),
      );
      const eventStore = storeOf(segments);
      const seen: AggregatePage[] = [];
      if (resumes) {
        for (let pageToken: string | undefined, isEnd = false; !isEnd; isEnd = pageToken === undefined) {
          const [page] = await scan(eventStore, pageToken);
          seen.push(page as AggregatePage);
          pageToken = page?.nextPageToken;
        }
      } else seen.push(...(await scan(eventStore)));
      const ids = seen.flatMap(({ aggregateIds }) => aggregateIds);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length + seen.reduce((sum, { tooShort }) => sum + tooShort, 0)).toBe(lengths.length);
      const long = lengths.map((_, index) => `${index}`).filter(id => isLong(lengths, id));
      expect(ids).toEqual(expect.arrayContaining(long));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('are missed by no order of the items, although DynamoDB promises none between pages', async () => {
    const shuffled = tables.chain(({ lengths, others, pages }) => {
      const items = itemsOf(lengths, others).flat();
      return fc.record({
        lengths: fc.constant(lengths),
        pages: fc.constant(pages),
        items: fc.shuffledSubarray(items, { minLength: items.length }),
      });
    });
    const property = fc.asyncProperty(shuffled, async ({ lengths, pages, items }) => {
      const segments = [0, 1, 2, 3].map(segment =>
        cut(
          items.filter((_, index) => index % 4 === segment),
          pages,
        ),
      );
      const ids = (await scan(storeOf(segments))).flatMap(({ aggregateIds }) => aggregateIds);
      const long = lengths.map((_, index) => `${index}`).filter(id => isLong(lengths, id));
      expect(ids).toEqual(expect.arrayContaining(long));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('are not asked about if an event is missing among theirs, as a load alone tells what is there', async () => {
    const versions = { gap: [1, 3], headless: [2, 3], fraction: [1, 2] };
    const items = Object.entries(versions).flatMap(([id, own]) =>
      own.map(version => eventItem(`POKEMONS#${id}`, version)),
    );
    const foreign = { aggregateId: { S: 'POKEMONS#fraction' }, version: { N: '2.5' } };
    const pages = await scan(storeOf([[[...items, foreign]]]));
    expect(pages).toMatchObject([{ aggregateIds: ['gap', 'headless'], tooShort: 1, nextPageToken: undefined }]);
  });

  it('are looked at if a page was cut at something else under their key', async () => {
    const foreign = { aggregateId: { S: 'POKEMONS#pikachu' }, version: { N: '0' } };
    const events = [1, 2, 3, 4].map(version => eventItem('POKEMONS#pikachu', version));
    const pages = await scan(storeOf([[[foreign], events]]));
    expect(pages.flatMap(({ aggregateIds }) => aggregateIds)).toStrictEqual(['pikachu']);
  });

  it('are asked for again if there was no capacity left', async () => {
    const eventStore = storeOf([[[eventItem('POKEMONS#a', 1)]]]);
    let failures = 2;
    eventTableOf(eventStore.getEventStorageAdapter())?.dynamoDbClient.middlewareStack.add(
      next => args => {
        if (failures-- > 0) throw Object.assign(new Error('no capacity'), { name: 'ThrottlingException' });
        return next(args);
      },
      { step: 'initialize', priority: 'high' },
    );
    await expect(scan(eventStore)).resolves.toMatchObject([{ tooShort: 1 }]);
    expect(failures).toBeLessThan(0);
  });

  it('are not listed with the token of a Scan, whatever adapter would take it', async () => {
    const token = 'scan:anything';
    const listing = listedPages(storeOf([]), token).next();
    await expect(listing).rejects.toMatchObject({ code: 'InvalidArgumentError', argument: 'options.pageToken' });
  });
});
