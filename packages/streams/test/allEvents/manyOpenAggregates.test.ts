import { setImmediate as nextTurn } from 'node:timers/promises';

import { type EventStorageAdapter, EventStore, EventType } from '@castore/core';

import { readAllEvents } from '../../src/index.js';

const AGGREGATES = 300;
const timestamp = '2026-01-01T00:00:00.000Z';

it('readAllEvents asks for 50 aggregates at a time at most, however many are open', async () => {
  let underWay = 0;
  let most = 0;
  const adapter: Pick<EventStorageAdapter, 'getEvents' | 'listAggregateIds'> = {
    listAggregateIds: async () => ({
      aggregateIds: Array.from({ length: AGGREGATES }, (_, index) => ({
        aggregateId: `pikachu-${index}`,
        initialEventTimestamp: timestamp,
      })),
    }),
    getEvents: async (aggregateId, _, { minVersion = 1, limit = 2 } = {}) => {
      most = Math.max(most, ++underWay);
      // Second pages, which nobody waits for yet, take longer.
      for (let turn = 0; turn < (minVersion === 1 ? 1 : 50); turn++) await nextTurn();
      underWay--;
      const versions = [1, 2].filter(version => version >= minVersion).slice(0, limit);
      return { events: versions.map(version => ({ aggregateId, version, type: 'CAUGHT', timestamp })) };
    },
  };
  const eventStore = new EventStore({
    eventStoreId: 'POKEMONS',
    eventTypes: [new EventType<'CAUGHT'>({ type: 'CAUGHT' })],
    reducer: (_, { aggregateId, version }) => ({ aggregateId, version }),
    eventStorageAdapter: adapter as EventStorageAdapter,
  });
  let events = 0;
  for await (const _ of readAllEvents({ eventStores: [eventStore], bufferedEvents: 10 })) events++;
  expect(events).toBe(2 * AGGREGATES);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(50);
});
