import type { EventDetail } from '@castore/core';

import type { Check, Checks } from '../check.js';
import { assertConflict, assertConflictOf, assertEqual, assertStored, rejectionOf } from '../support/assertions.js';
import { caught, newAggregateId } from '../support/events.js';
import { POKEMONS, type TestStore } from '../support/testStores.js';

/** Pushes all at once; the events that were acknowledged, and what the others were refused with. */
const pushAtOnce = async (store: TestStore, events: EventDetail[]) => {
  const results = await Promise.allSettled(events.map(async event => store.push(event)));
  return {
    acknowledged: results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : [])),
    refusals: results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  };
};

const WRITERS = 50;

const oneOfManyWins =
  (makePayload: (writer: number) => unknown): Check['run'] =>
  async stores => {
    const store = await stores.open(POKEMONS);
    const aggregateId = newAggregateId();
    const events = Array.from({ length: WRITERS }, (_, writer) =>
      caught(aggregateId, 1, { payload: makePayload(writer) }),
    );
    const { acknowledged, refusals } = await pushAtOnce(store, events);
    assertEqual(
      { acknowledged: acknowledged.length, refused: refusals.length },
      { acknowledged: 1, refused: WRITERS - 1 },
    );
    refusals.forEach(assertConflict);
    await assertStored(store, aggregateId, acknowledged);
  };

export const conflicts = {
  'a taken version is a conflict': {
    promise:
      "A push at a version that is taken rejects with an error that Castore's `isEventAlreadyExistsError` knows.",
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      await store.push(caught(aggregateId));
      assertConflict(
        await rejectionOf(async () => store.push(caught(aggregateId, 1, { type: 'OTHER' })), 'the second'),
      );
    },
  },
  'a conflict names its event': {
    promise: 'The error of a conflict has the event store id, the aggregate id and the version of the push that lost.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      await store.pushAll([caught(aggregateId, 1), caught(aggregateId, 2)]);
      const second = caught(aggregateId, 2, { payload: 'second' });
      assertConflictOf(await rejectionOf(async () => store.push(second), 'the second'), store.context, second);
    },
  },
  'a conflict writes nothing': {
    promise: 'After a conflict the event that was there is unchanged, and the aggregate has no other.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      const first = caught(aggregateId, 1, { payload: 'first', metadata: 'first' });
      await store.push(first);
      await rejectionOf(async () => store.push(caught(aggregateId, 1, { payload: 'second' })), 'the second');
      await assertStored(store, aggregateId, [first]);
    },
  },
  'an equal event is a conflict too': {
    promise: 'Two pushes of equal events are two pushes: only one of them is ever acknowledged.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const event = caught(newAggregateId(), 1, { payload: 'equal' });
      await store.push({ ...event });
      assertConflict(await rejectionOf(async () => store.push({ ...event }), 'the second'));
      await oneOfManyWins(() => 'equal')(stores);
    },
  },
  'one of 50 concurrent pushes wins': {
    promise: 'Of 50 concurrent pushes of one version, one is acknowledged and stored, the others are conflicts.',
    run: oneOfManyWins(writer => ({ writer })),
  },
  'concurrent pushes are all stored': {
    promise: "Concurrent pushes of different versions and aggregates do not get in each other's way.",
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregates = [newAggregateId(), newAggregateId()];
      const events = aggregates.map(aggregateId =>
        Array.from({ length: 25 }, (_, index) => caught(aggregateId, index + 1)),
      );
      const { refusals } = await pushAtOnce(store, events.flat());
      assertEqual(refusals, []);
      for (const [index, aggregateId] of aggregates.entries()) {
        assertEqual(new Set(await store.read(aggregateId)), new Set(events[index]));
      }
    },
  },
} satisfies Checks;
