import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { BatchWriteItemCommand, DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventStorageAdapter, EventStore, EventType } from '@castore/core';
import { itemSize } from '@castore-dynamodb/adapter';
import { inParts } from '@castore-dynamodb/commons';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import {
  createProjectionTable,
  DynamoDbCheckpointStore,
  dynamoDbProjection,
  projection,
  readAllEvents,
  replayEvents,
} from '@castore-dynamodb/streams';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';
import type { RecordedRequest } from '@castore-dynamodb/testing/recordRequests';

import * as formulas from '../bench/src/costs/formulas.js';
import { costsPage } from '../bench/src/costs/page.js';
import { EVENT_STORE_ID, type EventSize, eventOf } from '../bench/src/data/events.js';
import { toItem } from '../bench/src/data/items.js';

it('the page of costs is what the formulas make of it', () => {
  // Written by `npm run costs`.
  expect(readFileSync(join(__dirname, '..', 'COSTS.md'), 'utf8')).toBe(costsPage());
});

type Event = ReturnType<typeof eventOf>;
type Item = Parameters<typeof itemSize>[0];

const MINUTE_MS = 60_000;
const at = (version: number): string => new Date(Date.UTC(2026, 0, 1) + version * 10 * MINUTE_MS).toISOString();
const eventsOf = (aggregateId: string, count: number, size: EventSize): Event[] =>
  Array.from({ length: count }, (_, index) => ({ ...eventOf(aggregateId, index + 1, size), timestamp: at(index + 1) }));

/** What a first event has in the index. */
const entryOf = (event: Event): Item => {
  const { aggregateId, version, timestamp, eventStoreId } = toItem(event);
  return { aggregateId, version, timestamp, eventStoreId } as Item;
};

const sizesOf = (events: readonly [Event, ...Event[]], eventsEach: number): formulas.Sizes => ({
  event: events.reduce((sum, event) => sum + itemSize(toItem(event)), 0) / events.length,
  entry: itemSize(entryOf(events[0])),
  eventsEach,
});

const store = async (client: DynamoDBClient, tableName: string, events: readonly Event[]): Promise<void> => {
  for (const part of inParts(events, 25)) {
    const puts = part.map(event => ({ PutRequest: { Item: toItem(event) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }));
  }
};

const newEventStore = (adapter: EventStorageAdapter) =>
  new EventStore({
    eventStoreId: EVENT_STORE_ID,
    eventTypes: [new EventType({ type: 'POKEMON_LEVELED_UP' })],
    reducer: (_: unknown, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter: adapter,
  });

const WRITES = ['PutItem', 'TransactWriteItems', 'DeleteItem'];

/** What was sent since the last call. */
const spent = (requests: RecordedRequest[]): formulas.Cost => {
  const cost = { requests: 0, readUnits: 0, writeUnits: 0 };
  for (const { operation, units = 0 } of requests.splice(0)) {
    cost.requests++;
    cost[WRITES.includes(operation) ? 'writeUnits' : 'readUnits'] += units;
  }
  return cost;
};

/** As much as the formula says, or a little more: for what is rounded up, and for what does not grow. */
const expectAbout = (requests: RecordedRequest[], cost: formulas.Cost, more: Partial<formulas.Cost> = {}): void => {
  const counted = spent(requests);
  for (const part of ['requests', 'readUnits', 'writeUnits'] as const) {
    expect([part, counted[part]]).toStrictEqual([part, Math.max(counted[part], cost[part])]);
    expect([part, counted[part]]).toStrictEqual([part, Math.min(counted[part], cost[part] + (more[part] ?? 0))]);
  }
};

const ONE_TABLE = { layouts: ['single-table'], engines: 'one' } as const;

describeOnEveryLayout(
  'what the formulas say of one aggregate, an engine counts, on',
  ({ layout, tableNames: { events: tableName }, dynamoDbClient, requests }) => {
    const eventStore = newEventStore(newAdapter(layout, { tableName, dynamoDbClient }));
    const count = 700;
    const events = eventsOf('pikachu', count, 2000) as [Event, ...Event[]];
    const sizes = sizesOf(events, count);
    beforeAll(() => store(dynamoDbClient, tableName, events));

    it('a read of all events, of two pages', async () => {
      await eventStore.getEvents('pikachu');
      const cost = formulas.getEvents(sizes, count);
      expect(cost.requests).toBe(2);
      expectAbout(requests, cost, { readUnits: 1 });
    });

    it('a load from memory', async () => {
      const pokemons = withSnapshots(eventStore, { cache: { maxBytes: 1_000_000 } });
      await pokemons.getAggregate('pikachu');
      spent(requests);
      await pokemons.getAggregate('pikachu');
      expectAbout(requests, formulas.loadFromMemory(sizes));
    });

    it('a load of an instant long ago', async () => {
      const pokemons = withSnapshots(eventStore, { cache: { maxBytes: 1_000_000 } });
      await pokemons.getAggregate('pikachu', { at: at(6) });
      const [counted, most] = [spent(requests), formulas.loadOfInstant(sizes, count)];
      expect(counted.requests).toBeLessThanOrEqual(most.requests);
      expect(counted.readUnits).toBeLessThanOrEqual(most.readUnits);
      expect(counted.requests).toBeGreaterThan(most.requests / 3);
    });

    it('pushes, and a load from the snapshot of the last event', async () => {
      const [first, second] = eventsOf('mew', 2, 300) as [Event, Event];
      const ofShort = sizesOf([first, second], 2);
      await eventStore.pushEvent(first);
      expectAbout(requests, formulas.pushFirst(ofShort));
      await eventStore.pushEvent(second);
      expectAbout(requests, formulas.push(ofShort));

      const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
      const pokemons = withSnapshots(eventStore, { storage, reducerVersion: '1', policy: everyNEvents(1) });
      await pokemons.pushEvent({ ...second, version: 3, timestamp: at(3) });
      await pokemons.snapshots.settled();
      spent(requests);
      await pokemons.getAggregate('mew');
      expectAbout(requests, formulas.loadFromSnapshot(ofShort, 100));
    });
  },
  ONE_TABLE,
);

describeOnEveryLayout(
  'what the formulas say of many aggregates, an engine counts, on',
  ({ layout, tableNames: { events: tableName }, dynamoDbClient, requests }) => {
    const eventStore = newEventStore(newAdapter(layout, { tableName, dynamoDbClient }));
    const eventStores = [eventStore];
    const [count, eventsEach] = [105, 5];
    const ids = Array.from({ length: count }, (_, index) => `aggregate-${index}-`.padEnd(36, 'x'));
    const events = ids.flatMap(id => eventsOf(id, eventsEach, 300)) as [Event, ...Event[]];
    const sizes = sizesOf(events, eventsEach);
    const views = { tableName: uniqueTableName('views'), dynamoDbClient };

    beforeAll(async () => {
      await store(dynamoDbClient, tableName, events);
      await createProjectionTable(dynamoDbClient, { tableName: views.tableName });
    });
    afterAll(() => dynamoDbClient.send(new DeleteTableCommand({ TableName: views.tableName })));

    it('a page of a listing, and all of it', async () => {
      await eventStore.listAggregateIds({ limit: 100 });
      expectAbout(requests, formulas.listPage(sizes, 100));
      await eventStore.listAggregateIds();
      expectAbout(requests, formulas.listAll(sizes, count));
    });

    it('a read of all events, aggregate by aggregate', async () => {
      for await (const { event } of readAllEvents({ eventStores })) expect(event.version).toBeGreaterThan(0);
      expectAbout(requests, formulas.readMerged(sizes, count), { requests: 3, readUnits: 5 });
    });

    it('a read of all events, sorted on disk', async () => {
      for await (const { event } of readAllEvents({ eventStores, sortOnDisk: true }))
        expect(event.version).toBeGreaterThan(0);
      expectAbout(requests, formulas.scan(sizes, count), { readUnits: 4 });
    });

    it('a build of snapshots for which all aggregates are too short, listed and scanned', async () => {
      const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
      const { snapshots } = withSnapshots(eventStore, { storage, reducerVersion: '1', policy: everyNEvents(6) });
      for await (const { failures } of snapshots.build()) expect(failures).toBe(0);
      expectAbout(requests, formulas.buildOfShort(sizes, count), { readUnits: 2 });
      for await (const { failures } of snapshots.build({ scan: true })) expect(failures).toBe(0);
      expectAbout(requests, formulas.scan(sizes, count), { readUnits: 4 });
    });

    /** Scans are rounded up, and there are checkpoints: some for the beginning and the end, and one for each page. */
    const checkpoints = { requests: 30, readUnits: 20, writeUnits: 20 };

    it('a replay to a projection', async () => {
      const on = { POKEMON_LEVELED_UP: () => {} };
      const mails = projection({ name: 'mails', eventStores, checkpoints: new DynamoDbCheckpointStore(views), on });
      await replayEvents({ projections: [mails] });
      expectAbout(requests, formulas.replayToHandler(sizes, count), checkpoints);
    });

    it('a replay to one view of all', async () => {
      const levels = dynamoDbProjection({
        name: 'levels',
        eventStores,
        ...views,
        initialView: { events: 0 },
        key: () => 'all',
        project: { POKEMON_LEVELED_UP: (view: { events: number }) => ({ events: view.events + 1 }) },
      });
      await replayEvents({ projections: [levels] });
      expectAbout(requests, formulas.replayToOneView(sizes, count), checkpoints);
    });
  },
  ONE_TABLE,
);
