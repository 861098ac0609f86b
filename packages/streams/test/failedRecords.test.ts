import type { EventStore } from '@castore/core';

import type { RecordedEvent } from '../src/images/decodeRecords.js';
import { failedRecordsOf } from '../src/lambda/failedRecords.js';
import { outOfTime } from '../src/projections/projector.js';
import { newPokemons } from './support/eventStores.js';

const eventStore: EventStore = newPokemons();

const recorded = (aggregateId: string, version: number): RecordedEvent => ({
  eventStore,
  aggregateId,
  version,
  event: undefined,
});

const unfinished = (aggregateId: string, version: number) => ({
  ...outOfTime({ eventStore, aggregateId, latest: 9, events: new Map() }),
  version,
});

describe('The records that Lambda is asked to deliver again', () => {
  it('are the first of each aggregate that is not done', () => {
    const events = [
      recorded('a', 1),
      undefined,
      recorded('b', 2),
      recorded('a', 3),
      recorded('a', 2),
      recorded('b', 1),
    ];
    const of = (aggregateId: string, version: number) => failedRecordsOf([unfinished(aggregateId, version)], events)[0];
    expect([of('a', 0), of('a', 2), of('b', 2), of('b', 3), of('c', 0)]).toStrictEqual([0, 3, 2, -1, -1]);
  });

  it('are found in one walk through the batch, as they are looked for when the time is nearly over', () => {
    const count = 1_000;
    let reads = 0;
    const events = Array.from({ length: count }, (_, index) => {
      const event = recorded(String(index), 1);
      return Object.defineProperty(event, 'aggregateId', { get: () => (reads++, String(index)) });
    });
    const all = events.map((_, index) => unfinished(String(index), 0));
    expect(failedRecordsOf(all, events)).toStrictEqual(events.map((_, index) => index));
    expect(reads).toBeLessThanOrEqual(count * 3);
  });
});
