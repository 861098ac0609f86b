import type { EventDetail, EventStore } from '@castore/core';

import { LoggedEvents } from '../src/apiGateway/loggedEvents.js';

const PLACE = { eventStoreId: 'POKEMONS', aggregateId: 'pikachu' };

/** An event store in which one version cannot be read, for a reason with this code. */
const storeWith = (code: string, unreadable: number): EventStore =>
  ({
    eventStoreId: PLACE.eventStoreId,
    getEvents: async (aggregateId: string, { minVersion = 1, maxVersion = 3 }) => {
      if (minVersion <= unreadable && unreadable <= maxVersion) {
        throw Object.assign(new Error('It cannot be read.'), { code, ...PLACE, version: unreadable });
      }
      const versions = Array.from({ length: maxVersion - minVersion + 1 }, (_, index) => minVersion + index);
      return {
        events: versions.map((version): EventDetail => ({ aggregateId, version, type: 'CAUGHT', timestamp: '' })),
      };
    },
  }) as never;

describe('the events that a log names', () => {
  const entry = { number: 1, runs: [{ ...PLACE, version: 1, types: ['CAUGHT', 'CAUGHT', 'CAUGHT'] }] } as never;

  it.each(['UnreadableEventError', 'InvalidEventError'])(
    'are sent without one that cannot be read (%s), which is reported',
    async code => {
      const errors: unknown[] = [];
      const events = new LoggedEvents([storeWith(code, 2)], error => errors.push(error));
      const outgoing = await events.outgoing('log', [entry], () => true);
      expect(outgoing.get(1)?.map(({ done }) => done)).toEqual([1, 3]);
      expect(errors).toMatchObject([{ code, version: 2 }]);
    },
  );

  it('are asked for again if the table does not answer', async () => {
    const events = new LoggedEvents([storeWith('ThrottlingException', 2)], () => {});
    await expect(events.outgoing('log', [entry], () => true)).rejects.toMatchObject({ code: 'ThrottlingException' });
  });
});
