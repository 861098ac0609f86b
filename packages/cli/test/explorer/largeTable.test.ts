import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inParts, mapConcurrently } from '@castore-dynamodb/commons';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';

import type { AggregatesPage, EventsPage, Overview } from '../../src/explorer/api.js';
import { type RunningExplorer, startExplorer } from './startExplorer.js';

const AGGREGATES = preset({ quick: 5_000, soak: 100_000 });
const LONG = 250;

const timestampOf = (at: number): string => new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();

const itemOf = (store: string, id: string, version: number, at: number): Record<string, AttributeValue> => ({
  aggregateId: { S: `${store}#${id}` },
  version: { N: String(version) },
  type: { S: 'HAPPENED' },
  timestamp: { S: timestampOf(at) },
  payload: { M: { text: { S: 'x'.repeat(100) } } },
  ...(version === 1 && { eventStoreId: { S: store } }),
});

const write = async (client: DynamoDBClient, table: string, items: Record<string, AttributeValue>[]): Promise<void> => {
  await mapConcurrently(inParts(items, 25), 4, async part => {
    const requests = part.map(Item => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  });
};

describeOnEveryLayout(
  `the explorer, over ${AGGREGATES} aggregates`,
  ({ engine, tableNames: { events: table }, dynamoDbClient }) => {
    let explorer: RunningExplorer;
    beforeAll(async () => {
      const many = Array.from({ length: AGGREGATES }, (_, at) => itemOf('MANY', `a${at}`, 1, at));
      const long = Array.from({ length: LONG }, (_, at) => itemOf('LONG', 'long', at + 1, at));
      await write(dynamoDbClient, table, [...many, ...long]);
      explorer = await startExplorer({ table, endpointUrl: engine.endpoint });
    }, PRESET_TIMEOUT_MS);
    afterAll(() => explorer.close());

    it('finds the event stores with a look at one item each', async () => {
      const answer = await explorer.view<Overview>('overview');
      expect(answer).toMatchObject({
        data: { eventStores: [{ eventStoreId: 'LONG' }, { eventStoreId: 'MANY' }], mayHaveMore: false },
        cost: { requests: 4 },
      });
      // Engines differ about a Scan that finds nothing.
      expect(answer.cost.readUnits).toBeLessThanOrEqual(1.5);
    });

    it('shows any page of aggregates for one Query of that page', async () => {
      // The first view of an event store asks for the layout of the table.
      await explorer.data('aggregates', { store: 'MANY' });
      const first = await explorer.view<AggregatesPage>('aggregates', { store: 'MANY' });
      expect(first).toMatchObject({ data: { aggregates: { length: 50 } }, cost: { requests: 1 } });
      expect(first.cost.readUnits).toBeLessThanOrEqual(1.5);
      const page = (first as { data: AggregatesPage }).data.nextPageToken ?? '';
      const second = await explorer.view<AggregatesPage>('aggregates', { store: 'MANY', page });
      expect(second).toMatchObject({ data: { aggregates: { length: 50 } }, cost: first.cost });
      const middle = await explorer.view<AggregatesPage>('aggregates', {
        store: 'MANY',
        order: 'oldest',
        after: timestampOf(AGGREGATES / 2),
      });
      expect(middle).toMatchObject({
        data: { aggregates: expect.arrayContaining([expect.objectContaining({ aggregateId: `a${AGGREGATES / 2}` })]) },
        cost: first.cost,
      });
    });

    it('shows the last events of a long aggregate, and any others, for one or two Queries of these', async () => {
      const query = { store: 'LONG', aggregate: 'long' };
      await explorer.data('events', query);
      const last = await explorer.view<EventsPage>('events', query);
      expect(last).toMatchObject({
        data: { lastVersion: LONG, hasMore: false, events: { length: 100 } },
        cost: { requests: 1 },
      });
      expect((last as { data: EventsPage }).data.events.at(-1)).toMatchObject({ version: LONG });
      expect(last.cost.readUnits).toBeLessThanOrEqual(8);
      const middle = await explorer.view<EventsPage>('events', { ...query, from: '60' });
      expect(middle).toMatchObject({ data: { lastVersion: LONG, hasMore: true }, cost: { requests: 2 } });
      expect(middle.cost.readUnits).toBeLessThanOrEqual(9);
      const instant = timestampOf(99);
      const then = await explorer.view<EventsPage>('events', { ...query, at: instant });
      expect(then).toMatchObject({ data: { versionAt: 100, events: { length: 100 } } });
      // The last event, two halvings, the events around, and the page.
      expect(then.cost.requests).toBeLessThanOrEqual(6);
      const exact = await explorer.view<EventsPage>('events', { store: 'MANY', aggregate: 'a7' });
      expect(exact).toMatchObject({ data: { events: { length: 1 } }, cost: { requests: 1, readUnits: 1 } });
    });
  },
  { layouts: ['single-table'], engines: preset<'one' | 'every'>({ quick: 'one', soak: 'every' }) },
);

it('has a page of less than 200 KB', () => {
  const folder = join(__dirname, '..', '..', 'dist', 'page');
  const sizes = ['page.html', 'page.js', 'page.css', 'icon.svg'].map(
    name => gzipSync(readFileSync(join(folder, name))).byteLength,
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
});
