import { EventStore } from '@castore/core';

import {
  createStreamHandler,
  dynamoDbProjection,
  InMemoryCheckpointStore,
  projection,
  replayEvents,
} from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { useProjectionTable } from '../support/projectionTable.js';
import { recordOf } from '../support/recordOf.js';

const EVENTS = 40;
const EVENT_SIZE = 100_000;
const SMALL_AGGREGATES = 60;

describeOnEveryLayout('what replayEvents costs', context => {
  const { dynamoDbClient, pokemons, requests } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const operations = (): string[] => requests.map(({ operation }) => operation);

  beforeAll(async () => {
    for (let start = 1; start <= EVENTS; start += 20) {
      const group = Array.from({ length: 20 }, (_, index) =>
        pokemons.groupEvent({
          aggregateId: 'pikachu',
          version: start + index,
          type: 'POKEMON_CAUGHT',
          payload: { trainerId: 'x'.repeat(EVENT_SIZE) },
        }),
      );
      await EventStore.pushEventGroup({}, ...(group as [(typeof group)[0]]));
    }
    for (let index = 0; index < SMALL_AGGREGATES; index++) {
      const payload = { trainerId: 'ash' };
      await pokemons.pushEvent({ aggregateId: `raichu-${index}`, version: 1, type: 'POKEMON_CAUGHT', payload });
    }
  });

  let handled = 0;
  beforeEach(() => (handled = 0));
  const newProjection = () =>
    projection({
      name: 'mailer',
      eventStores: [pokemons],
      checkpoints: new InMemoryCheckpointStore(),
      on: { POKEMON_CAUGHT: () => void handled++ },
    });
  const newCounter = (name: string) =>
    dynamoDbProjection({
      name,
      eventStores: [pokemons],
      tableName,
      dynamoDbClient,
      initialView: { count: 0 },
      key: () => 'all',
      project: { POKEMON_CAUGHT: view => ({ count: view.count + 1 }) },
    });

  it('is a read unit for each 4 KB and a request for each MB, also if an aggregate spans several pages', async () => {
    const { readUnits, items } = await replayEvents({ projections: [newProjection()], segments: 1 });
    expect([items, handled]).toStrictEqual([EVENTS + SMALL_AGGREGATES, EVENTS + SMALL_AGGREGATES]);
    const scans = requests.filter(({ operation }) => operation === 'Scan');
    // Nothing but scans: what a page does not have is not asked for again.
    expect(scans).toHaveLength(requests.length);
    expect(scans.length).toBeGreaterThanOrEqual(4);
    expect(scans.length).toBeLessThanOrEqual(5);
    expect(scans.reduce((sum, { units = 0 }) => sum + units, 0)).toBe(readUnits);
    const exact = (EVENTS * EVENT_SIZE) / 4096;
    expect(readUnits).toBeGreaterThan(exact);
    expect(readUnits).toBeLessThan(exact * 1.02 + scans.length);
  });

  it('is half of that without consistent reads', async () => {
    const { readUnits } = await replayEvents({ projections: [newProjection()], segments: 1 });
    const half = await replayEvents({ projections: [newProjection()], segments: 1, consistentRead: false });
    expect(half.readUnits).toBeCloseTo(readUnits / 2, 0);
    expect(requests.at(-1)?.input).toMatchObject({ ConsistentRead: false });
  });

  it('is the same whatever is looked for: the filter spares the projections', async () => {
    const all = await replayEvents({ projections: [newProjection()], segments: 1 });
    const none = await replayEvents({ projections: [newProjection()], segments: 1, eventTypes: ['POKEMON_NAMED'] });
    expect(none).toMatchObject({ readUnits: all.readUnits, events: 0 });
    expect(handled).toBe(EVENTS + SMALL_AGGREGATES);
  });

  it('keeps pages small if few units a second are to be spent', async () => {
    const abortion = new AbortController();
    const slow = replayEvents({
      projections: [newProjection()],
      segments: 1,
      readUnitsPerSecond: 3,
      signal: abortion.signal,
      onProgress: () => abortion.abort(),
    });
    await expect(slow).rejects.toMatchObject({ name: 'AbortError' });
    expect(requests.find(({ operation }) => operation === 'Scan')?.input).toMatchObject({ Limit: 3 });
  });

  it('for a view that all aggregates feed: no segment waits in vain for another, or does its work twice', async () => {
    const view = newCounter('counter');
    await replayEvents({ projections: [view], segments: 8 });
    await expect(view.getView('all')).resolves.toStrictEqual({ count: EVENTS + SMALL_AGGREGATES });
    const transactions = requests.filter(({ operation }) => operation === 'TransactWriteItems');
    // One for 50 aggregates, or what a segment's page has of them.
    const pages = operations().filter(operation => operation === 'Scan').length;
    expect(transactions.length).toBeLessThanOrEqual(pages + 2);

    requests.splice(0);
    await replayEvents({ projections: [view], segments: 8 });
    // Who is up to date costs the reading of its position, a checkpoint for each page, and its removal.
    const counts = new Set(operations());
    expect([...counts].toSorted()).toStrictEqual(['BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'Scan']);
    const positions = requests.filter(({ operation }) => operation === 'BatchGetItem');
    expect(positions.reduce((sum, { units = 0 }) => sum + units, 0)).toBeLessThanOrEqual(SMALL_AGGREGATES + 2 * pages);
  });

  it('for an aggregate that the stream came to first: one read of it, and then it is up to date', async () => {
    const view = newCounter('joined');
    const live = createStreamHandler({ projections: [view] });
    const record = await recordOf(context, 'pikachu', EVENTS);
    requests.splice(0);
    await live({ Records: [record] });
    const reads = requests.filter(({ operation }) => operation === 'Query');
    expect(reads.reduce((sum, { units = 0 }) => sum + units, 0)).toBeLessThan(((EVENTS * EVENT_SIZE) / 4096) * 1.05);
    requests.splice(0);
    await replayEvents({ projections: [view], segments: 1 });
    await expect(view.getView('all')).resolves.toStrictEqual({ count: EVENTS + SMALL_AGGREGATES });
    expect(
      requests.filter(({ operation, input }) => operation === 'Query' && input['TableName'] !== tableName),
    ).toEqual([]);
  });
});
