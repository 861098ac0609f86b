import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { ListAggregateIdsOptions } from '@castore/core';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';
import { recordRequests } from '@castore-dynamodb/testing/recordRequests';

import { toEventItem } from '../src/codec/eventItem.js';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '../src/index.js';
import { singleTableLayout } from '../src/layout.js';
import { indexModel } from './indexModel.js';
import { caught } from './support.js';

const SHARDS = 16;
/** One more than there are shards: aggregates from before lie under a key of their own. */
const KEYS = SHARDS + 1;

/** Ids as long as a UUID. The hash that spreads them is the same on every run, and so is every number below. */
const idOf = (number: number): string => `pokemon-${String(number).padStart(28, '0')}`;
const instantOf = (number: number): string => new Date(Date.UTC(2026, 0, 1) + number).toISOString();

const listAll = async (adapter: DynamoDbSingleTableEventStorageAdapter, eventStoreId: string, limit?: number) => {
  const pages: string[][] = [];
  let options: ListAggregateIdsOptions = limit === undefined ? {} : { limit };
  for (;;) {
    const { aggregateIds, nextPageToken } = await adapter.listAggregateIds({ eventStoreId }, options);
    pages.push(aggregateIds.map(({ aggregateId }) => aggregateId));
    if (nextPageToken === undefined) return pages;
    options = { pageToken: nextPageToken };
  }
};

describeOnEveryEngine('what a sharded listing costs', engine => {
  const tableName = uniqueTableName('sharded');
  const dynamoDbClient = engine.client();
  const requests = recordRequests(dynamoDbClient);
  const adapter = new DynamoDbSingleTableEventStorageAdapter({
    tableName,
    dynamoDbClient,
    initialEventShards: SHARDS,
  });
  const COUNT = 500;
  const ids = Array.from({ length: COUNT }, (_, index) => idOf(index));

  /** Puts the first events of aggregates, 25 at a time; with so many shards, or none. */
  const store = async (eventStoreId: string, shards?: number): Promise<void> => {
    const layout = singleTableLayout(shards);
    const puts = ids.map((id, index): WriteRequest => {
      const event = caught(id, 1, { timestamp: instantOf(index) });
      return { PutRequest: { Item: toEventItem(layout, eventStoreId, event, undefined).item } };
    });
    for (let start = 0; start < COUNT; start += 25) {
      const RequestItems = { [tableName]: puts.slice(start, start + 25) };
      await dynamoDbClient.send(new BatchWriteItemCommand({ RequestItems }));
    }
  };

  beforeAll(async () => {
    await createEventTable(dynamoDbClient, { tableName, layout: 'single-table' });
    await store('SPREAD', SHARDS);
    await store('BEFORE');
  });
  beforeEach(() => void requests.splice(0));
  afterAll(() => deleteEventTable(dynamoDbClient, { tableName }));

  it('a request and half a unit at most for each key and page, and hardly any key is asked again', async () => {
    await expect(listAll(adapter, 'SPREAD', 100)).resolves.toStrictEqual(
      Array.from({ length: 5 }, (_, page) => ids.slice(page * 100, (page + 1) * 100)),
    );
    expect(requests.length - 5 * KEYS).toBeLessThanOrEqual(2);
    // DynamoDB Local counts none for an empty answer.
    for (const { units } of requests) expect(units).toBeLessThanOrEqual(0.5);
  });

  it('asks each key for its share of a page, and one that ran out for the rest', async () => {
    const { aggregateIds } = await adapter.listAggregateIds({ eventStoreId: 'BEFORE' }, { limit: 100 });
    expect(aggregateIds.map(({ aggregateId }) => aggregateId)).toStrictEqual(ids.slice(0, 100));
    // All lie under the first key, of which nobody knew: 101 / 16, and three times the root of that, are 14.
    expect(requests.map(({ input }) => input.Limit)).toStrictEqual([...Array.from({ length: KEYS }, () => 14), 87]);
  });

  it('a request for each key without a limit', async () => {
    await expect(listAll(adapter, 'SPREAD')).resolves.toStrictEqual([ids]);
    expect(requests).toHaveLength(KEYS);
  });
});

describe('what a sharded listing of many aggregates costs, on a model of the index', () => {
  const layout = singleTableLayout(SHARDS);
  const listed = async (count: number, limit?: number) => {
    const ids = Array.from({ length: count }, (_, index) => idOf(index));
    const { client, costs } = indexModel(
      ids.map((id, index) => ({
        aggregateId: { S: layout.partitionKey('SPREAD', id) },
        version: { N: '1' },
        eventStoreId: layout.initialEventKey.ofAggregate('SPREAD', id),
        timestamp: { S: instantOf(index) },
      })),
    );
    const adapter = new DynamoDbSingleTableEventStorageAdapter({
      tableName: 'events',
      dynamoDbClient: client,
      initialEventShards: SHARDS,
    });
    const pages = await listAll(adapter, 'SPREAD', limit);
    expect(pages.flat()).toStrictEqual(ids);
    return { ...costs, pages };
  };

  it('3,000 in pages of 100: no key has to be asked again', async () => {
    const { requests, units } = await listed(3_000, 100);
    expect({ requests, units }).toStrictEqual({ requests: 30 * KEYS, units: 15 * KEYS });
  });

  it('52,000 without a limit, in pages of bounded size', async () => {
    const { requests, units, pages } = await listed(52_000);
    expect(pages.map(({ length }) => length)).toStrictEqual([50_000, 2_000]);
    expect({ requests, units }).toStrictEqual({ requests: 2 * KEYS, units: 775.5 });
  });
});
