import { deepStrictEqual } from 'node:assert/strict';

import type { EventDetail, EventStoreNotificationMessage } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { deleteEventTable } from '@castore-dynamodb/adapter';
import { PRESET_TIMEOUT_MS } from '@castore-dynamodb/testing/preset';
import { checkProperty } from '@castore-dynamodb/testing/property';
import * as fc from 'fast-check';

import { LIMITS } from '../../src/allEvents/diskSort.js';
import { type ReadAllEventsOptions, readAllEvents } from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import {
  connectEventStores,
  createTables,
  newPokemons,
  newTableNames,
  newTrainers,
  type Pokemons,
  type Trainers,
} from '../support/eventStores.js';

type Stores = readonly [Pokemons, Trainers];
type Message = EventStoreNotificationMessage<Pokemons | Trainers>;

/** Clocks run backwards here, and many events have the same timestamp. */
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const programs = fc.record({
  events: fc.array(fc.record({ isPokemon: fc.boolean(), aggregate: fc.nat(3), second: fc.nat(5) }), {
    maxLength: 40,
    size: 'max',
  }),
  bufferedEvents: fc.integer({ min: 1, max: 100 }),
  cut: fc.nat(5),
  resumeBehind: fc.nat(39),
});

const push = async (
  [pokemons, trainers]: Stores,
  events: { isPokemon: boolean; aggregate: number; second: number }[],
) => {
  const placed: { name: string; sortKey: string }[] = [];
  const last = new Map<string, { version: number; time: string }>();
  for (const { isPokemon, aggregate, second } of events) {
    const eventStoreId = isPokemon ? 'POKEMONS' : 'TRAINERS';
    const aggregateId = `${eventStoreId}-${aggregate}`;
    const before = last.get(aggregateId) ?? { version: 0, time: '' };
    const version = before.version + 1;
    const timestamp = at(second);
    if (isPokemon) {
      const payload = { trainerId: 'ash' };
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_CAUGHT', payload, timestamp });
    } else {
      const payload = { name: 'Ash' };
      await trainers.pushEvent({ aggregateId, version, type: 'TRAINER_CREATED', payload, timestamp });
    }
    const time = timestamp > before.time ? timestamp : before.time;
    last.set(aggregateId, { version, time });
    const sortKey = [time, eventStoreId, aggregateId, String(version).padStart(3, '0')].join(' ');
    placed.push({ name: `${aggregateId} ${version}`, sortKey });
  }
  return placed.toSorted((left, right) => (left.sortKey < right.sortKey ? -1 : 1)).map(({ name }) => name);
};

const nameOf = ({ event }: { event: EventDetail }): string => `${event.aggregateId} ${event.version}`;

const read = async (eventStores: Stores, options: Omit<ReadAllEventsOptions, 'eventStores' | 'eventTypes'> = {}) => {
  const messages: Message[] = [];
  for await (const message of readAllEvents({ eventStores, ...options })) messages.push(message);
  return messages;
};

type Program = typeof programs extends fc.Arbitrary<infer PROGRAM> ? PROGRAM : never;
type Way = Pick<ReadAllEventsOptions, 'bufferedEvents' | 'sortOnDisk'>;

const check = async (stores: Stores, program: Program, ways: Way[] = [program]): Promise<void> => {
  const expected = await push(stores, program.events);
  for (const { bufferedEvents, sortOnDisk } of ways) {
    const way = { ...(bufferedEvents && { bufferedEvents }), ...(sortOnDisk && { sortOnDisk }) };
    await checkWay(stores, expected, program, way);
  }
};

/** Everything is given once and in order; in one go, in two windows of time, or resumed in between. */
const checkWay = async (
  stores: Stores,
  expected: string[],
  { cut, resumeBehind }: Program,
  way: Way,
): Promise<void> => {
  const all = await read(stores, way);
  deepStrictEqual(all.map(nameOf), expected);

  const windows = [
    ...(await read(stores, { to: at(cut), ...way })),
    ...(await read(stores, { from: at(cut).replace('000Z', '001Z'), ...way })),
  ];
  deepStrictEqual(windows.map(nameOf), expected);

  const last = all[resumeBehind];
  if (last === undefined) return;
  const { aggregateId, version } = last.event;
  const rest = await read(stores, { after: { eventStoreId: last.eventStoreId, aggregateId, version }, ...way });
  deepStrictEqual(rest.map(nameOf), expected.slice(resumeBehind + 1));
};

describe('readAllEvents with random events', () => {
  it('is in order, in windows and resumed, with an adapter of Castore', async () => {
    const property = fc.asyncProperty(programs, async program => {
      const adapters = [new InMemoryEventStorageAdapter(), new InMemoryEventStorageAdapter()] as const;
      await check([newPokemons(adapters[0]), newTrainers(adapters[1])], program);
    });
    await checkProperty(property, { quick: 50, soak: 20_000 });
  });
});

describe('the memory of readAllEvents', () => {
  it('holds no more events than it may, and one of each open aggregate', async () => {
    const property = fc.asyncProperty(programs, async program => {
      const adapter = new InMemoryEventStorageAdapter();
      const stores = [newPokemons(adapter), newTrainers(new InMemoryEventStorageAdapter())] as const;
      await push(stores, program.events);
      let held = 0;
      let most = 0;
      for (const store of stores) {
        const getEvents = store.getEvents as (...args: unknown[]) => Promise<{ events: [] }>;
        store.getEvents = (async (...args: unknown[]) => {
          const page = await getEvents(...args);
          held += page.events.length;
          most = Math.max(most, held);
          return page;
        }) as never;
      }
      const { bufferedEvents } = program;
      const messages = readAllEvents({ eventStores: stores, bufferedEvents });
      while ((await messages.next()).done !== true) held -= 1;
      const aggregates = new Set(program.events.map(({ isPokemon, aggregate }) => `${isPokemon} ${aggregate}`)).size;
      // The next page is asked for while the last event of the one before is still there.
      expect(most).toBeLessThanOrEqual(Math.max(bufferedEvents, 2 * aggregates));
    });
    await checkProperty(property, { quick: 50, soak: 20_000 });
  });
});

describeOnEveryLayout('readAllEvents with random events', ({ layout, dynamoDbClient }) => {
  const limits = { ...LIMITS };
  // So that few events make many files, and those are merged several times.
  beforeAll(() => Object.assign(LIMITS, { runBytes: 1_500, runs: 3 }));
  afterAll(() => Object.assign(LIMITS, limits));

  it(
    'is in order, in windows and resumed, by aggregate and sorted on disk',
    async () => {
      const property = fc.asyncProperty(programs, async program => {
        const tableNames = newTableNames(layout);
        await createTables(layout, dynamoDbClient, tableNames);
        const { pokemons, trainers } = connectEventStores(layout, dynamoDbClient, tableNames);
        await check([pokemons, trainers], program, [program, { sortOnDisk: true }]);
        for (const name of new Set(Object.values(tableNames)))
          await deleteEventTable(dynamoDbClient, { tableName: name });
      });
      await checkProperty(property, { quick: 4, soak: 1_000 });
    },
    PRESET_TIMEOUT_MS,
  );
});
