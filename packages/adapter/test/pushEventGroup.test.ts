import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventStore, EventType, type GroupedEvent } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';

import { createEventTable, DynamoDbEventAlreadyExistsError, deleteEventTable } from '../src/index.js';
import {
  type Adapter,
  caught,
  context,
  createAdapter,
  describeOnEveryAdapter,
  newAggregateId,
  rejection,
} from './support.js';

interface Aggregate {
  aggregateId: string;
  version: number;
}

const createStore = (eventStoreId: string, eventStorageAdapter: Adapter) =>
  new EventStore({
    eventStoreId,
    eventTypes: [new EventType<'CAUGHT', { by: string }>({ type: 'CAUGHT' })],
    reducer: (_: Aggregate, { aggregateId, version }): Aggregate => ({ aggregateId, version }),
    eventStorageAdapter,
  });

describeOnEveryAdapter('pushEventGroup', ({ engine, layout, tableName, adapter, dynamoDbClient, requests }) => {
  const otherLayout = layout === 'single-table' ? 'table-per-store' : 'single-table';
  const otherTable = uniqueTableName('other');
  const otherAdapter = createAdapter(otherLayout, otherTable, dynamoDbClient);
  const pokemons = createStore('POKEMONS', adapter);
  const trainers = createStore('TRAINERS', otherAdapter);

  beforeAll(() => createEventTable(dynamoDbClient, { tableName: otherTable, layout: otherLayout }));
  afterAll(() => deleteEventTable(dynamoDbClient, { tableName: otherTable }));

  const caughtBy = (aggregateId: string, version = 1, rest: { timestamp?: string } = {}) =>
    ({ aggregateId, version, type: 'CAUGHT', payload: { by: 'ash' }, ...rest }) as const;

  const grouped = (aggregateId: string, version = 1, rest: { timestamp?: string } = {}): GroupedEvent =>
    pokemons.groupEvent(caughtBy(aggregateId, version, rest));

  it('writes the events of two event stores in two tables, at one time, in one request', async () => {
    const [pikachu, ash] = [newAggregateId(), newAggregateId()];

    const { eventGroup } = await EventStore.pushEventGroup(
      pokemons.groupEvent(caughtBy(pikachu)),
      trainers.groupEvent(caughtBy(ash)),
    );

    expect(requests.map(({ operation }) => operation)).toStrictEqual(['TransactWriteItems']);
    const { events: pokemonEvents } = await pokemons.getEvents(pikachu);
    const { events: trainerEvents } = await trainers.getEvents(ash);
    expect([...pokemonEvents, ...trainerEvents]).toStrictEqual(eventGroup.map(({ event }) => event));
    expect(new Set(eventGroup.map(({ event }) => event.timestamp)).size).toBe(1);
  });

  it('writes nothing at all if one of its events is there already, and names that event', async () => {
    const [pikachu, ash] = [newAggregateId(), newAggregateId()];
    const { event: winner } = await trainers.pushEvent(caughtBy(ash));

    const error = await rejection(
      EventStore.pushEventGroup(pokemons.groupEvent(caughtBy(pikachu)), trainers.groupEvent(caughtBy(ash))),
    );

    expect(error).toBeInstanceOf(DynamoDbEventAlreadyExistsError);
    expect(error).toMatchObject({ eventStoreId: 'TRAINERS', aggregateId: ash, version: 1 });
    expect((error as DynamoDbEventAlreadyExistsError).winningEvent).toStrictEqual(winner);
    await expect(pokemons.getEvents(pikachu)).resolves.toStrictEqual({ events: [] });
  });

  it('overwrites with force', async () => {
    const pikachu = newAggregateId();
    await pokemons.pushEvent(caughtBy(pikachu, 1, { timestamp: '2020-01-01T00:00:00.000Z' }));

    await EventStore.pushEventGroup({ force: true }, grouped(pikachu), grouped(pikachu, 2));

    const { events } = await pokemons.getEvents(pikachu);
    expect(events.map(({ version }) => version)).toStrictEqual([1, 2]);
    expect(events[0]?.timestamp).not.toBe('2020-01-01T00:00:00.000Z');
  });

  it('stores two events of one aggregate in order', async () => {
    const pikachu = newAggregateId();
    await EventStore.pushEventGroup(grouped(pikachu, 2), grouped(pikachu, 1));
    const { events } = await pokemons.getEvents(pikachu);
    expect(events.map(({ version }) => version)).toStrictEqual([1, 2]);
  });

  it('writes an event alone at the price of a push', async () => {
    const pikachu = newAggregateId();
    await pokemons.pushEvent(caughtBy(pikachu));
    requests.splice(0);

    await adapter.pushEventGroup({}, grouped(pikachu, 2));

    expect(requests.map(({ operation, units }) => [operation, units])).toStrictEqual([['PutItem', 1]]);
  });

  it('takes 100 events', async () => {
    const pikachu = newAggregateId();
    const group = Array.from({ length: 100 }, (_, index) => grouped(pikachu, index + 1));
    await adapter.pushEventGroup({}, ...(group as [GroupedEvent]));
    const { events } = await pokemons.getEvents(pikachu);
    expect(events).toHaveLength(100);
  });

  it('spreads the one timestamp that is given, and leaves the given events as they are', async () => {
    const [pikachu, timestamp] = [newAggregateId(), '2020-01-01T00:00:00.000Z'];
    const group = [grouped(pikachu, 1), grouped(pikachu, 2, { timestamp }), grouped(pikachu, 3)] as const;

    const { eventGroup } = await EventStore.pushEventGroup(...group);

    expect(eventGroup.map(({ event }) => event.timestamp)).toStrictEqual([timestamp, timestamp, timestamp]);
    const { events } = await pokemons.getEvents(pikachu);
    expect(events.map(event => event.timestamp)).toStrictEqual([timestamp, timestamp, timestamp]);
    expect(group.map(({ event }) => event.timestamp)).toStrictEqual([undefined, timestamp, undefined]);
  });

  it('works through Castore: next aggregates, and onEventPushed once an event, after the commit', async () => {
    const pushed: string[] = [];
    const store = createStore('POKEMONS', adapter);
    store.onEventPushed = async ({ event }) => {
      const { events } = await store.getEvents(event.aggregateId);
      pushed.push(`${event.aggregateId} ${event.version} of ${events.length}`);
    };
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];

    const { eventGroup } = await EventStore.pushEventGroup(
      store.groupEvent(caughtBy(pikachu)),
      store.groupEvent(caughtBy(raichu)),
    );
    await rejection(
      EventStore.pushEventGroup(store.groupEvent(caughtBy(pikachu)), store.groupEvent(caughtBy(raichu, 2))),
    );

    expect(eventGroup.map(({ nextAggregate }) => nextAggregate)).toStrictEqual([
      { aggregateId: pikachu, version: 1 },
      { aggregateId: raichu, version: 1 },
    ]);
    expect(pushed.toSorted()).toStrictEqual([`${pikachu} 1 of 1`, `${raichu} 1 of 1`].toSorted());
  });

  it('shares a transaction between clients of one region, endpoint and account', async () => {
    const twin = createStore('POKEMONS', createAdapter(layout, tableName, engine.client()));
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];

    await EventStore.pushEventGroup(grouped(pikachu), twin.groupEvent(caughtBy(raichu)));

    await expect(pokemons.getEvents(raichu)).resolves.toMatchObject({ events: [{ version: 1 }] });
  });

  it('knows one account by its id if access keys differ', async () => {
    const createTwin = (accessKeyId: string) => {
      const credentials = { accessKeyId, secretAccessKey: 'secret', accountId: '123456789012' };
      return createStore('POKEMONS', createAdapter(layout, tableName, engine.client({ credentials })));
    };
    const [first, second] = [createTwin('one'), createTwin('two')];

    const pushing = EventStore.pushEventGroup(
      first.groupEvent(caughtBy(newAggregateId())),
      second.groupEvent(caughtBy(newAggregateId())),
    );

    // DynamoDB Local keeps the tables of each access key apart, so there the request itself may find no table.
    await expect(pushing.catch(({ name }: Error) => name)).resolves.not.toBe('InvalidEventGroupError');
  });

  describe('refuses before a request', () => {
    const at = (eventStorageAdapter: unknown, event = caught(newAggregateId(), 1)): GroupedEvent =>
      ({ event, context, eventStorageAdapter }) as GroupedEvent;
    const withClient = (config: ConstructorParameters<typeof DynamoDBClient>[0]): Adapter =>
      createAdapter(layout, 'elsewhere', engine.client(config));
    const twice = newAggregateId();
    const many = (count: number) => Array.from({ length: count }, (_, index) => grouped('many', index + 1));

    it.each<[string, () => unknown[], object]>([
      ['no events', () => [], { reason: 'no-events' }],
      ['101 events', () => many(101), { reason: 'too-many-events' }],
      [
        'the same key twice',
        () => [grouped('a'), grouped(twice), grouped(twice)],
        { reason: 'duplicate-event', eventIndex: 2 },
      ],
      [
        'two different timestamps',
        () => [
          grouped('a', 1, { timestamp: '2020-01-01T00:00:00.000Z' }),
          grouped('b'),
          grouped('c', 1, { timestamp: '2021-01-01T00:00:00.000Z' }),
        ],
        { reason: 'different-timestamps', eventIndex: 2 },
      ],
      [
        'a foreign adapter',
        () => [grouped('a'), at(new InMemoryEventStorageAdapter())],
        { reason: 'foreign-adapter', eventIndex: 1 },
      ],
      [
        'a missing context',
        () => [grouped('a'), adapter.groupEvent(caught('b', 1))],
        { reason: 'missing-context', eventIndex: 1 },
      ],
      ['something else', () => [grouped('a'), undefined], { reason: 'not-a-grouped-event', eventIndex: 1 }],
      [
        'another region',
        () => [grouped('a'), at(withClient({ region: 'eu-west-1' }))],
        { reason: 'different-accounts-or-regions', eventIndex: 1 },
      ],
      [
        'another endpoint',
        () => [grouped('a'), grouped('b'), at(withClient({ endpoint: 'http://localhost:1' }))],
        { reason: 'different-accounts-or-regions', eventIndex: 2 },
      ],
      [
        'another account',
        () => [grouped('a'), at(withClient({ credentials: { accessKeyId: 'other', secretAccessKey: 'x' } }))],
        { reason: 'different-accounts-or-regions', eventIndex: 1 },
      ],
    ])('%s', async (_, group, expected) => {
      const pushing = adapter.pushEventGroup({}, ...(group() as [GroupedEvent]));
      await expect(pushing).rejects.toMatchObject({ code: 'InvalidEventGroupError', ...expected });
      expect(requests).toHaveLength(0);
    });

    it('more than 4 MB', async () => {
      const payload = 'x'.repeat(399 * 1024);
      const group = Array.from({ length: 11 }, (_, index) =>
        at(adapter, caught('large', index + 1, { payload, timestamp: '2020-01-01T00:00:00.000Z' })),
      );
      const pushing = adapter.pushEventGroup({}, ...(group as [GroupedEvent]));
      await expect(pushing).rejects.toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-large' });
      expect(requests).toHaveLength(0);
    });

    it('a wrong event, with its position', async () => {
      const pushing = adapter.pushEventGroup({}, grouped('a'), at(adapter, caught('b', 0)));
      await expect(pushing).rejects.toMatchObject({
        code: 'InvalidArgumentError',
        argument: 'groupedEvents[1].event.version',
      });
      expect(requests).toHaveLength(0);
    });
  });
});
