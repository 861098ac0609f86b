import type { ListAggregateIdsOptions } from '@castore/core';

import type { Checks } from '../check.js';
import { assertAllRefused, assertEqual } from '../support/assertions.js';
import { caught, newAggregateId, timestampAt } from '../support/events.js';
import {
  type ListedAggregate,
  type ListedStore,
  listedStore,
  listPages,
  waitUntilListed,
} from '../support/listedAggregates.js';
import { POKEMONS, type TestStores, TRAINERS } from '../support/testStores.js';

/** The times in the order in which they are listed, each with its ids: in which order those come, nobody promises. */
const byTime = (aggregates: readonly ListedAggregate[]): { time: string; ids: Set<string> }[] => {
  const times: { time: string; ids: Set<string> }[] = [];
  for (const { aggregateId, initialEventTimestamp: time } of aggregates) {
    if (times.at(-1)?.time !== time) times.push({ time, ids: new Set() });
    times.at(-1)?.ids.add(aggregateId);
  }
  return times;
};

const assertListed = (
  listed: readonly ListedAggregate[],
  { aggregates }: ListedStore,
  { initialEventAfter = '', initialEventBefore = '9', reverse = false }: ListAggregateIdsOptions = {},
): void => {
  const expected = aggregates.filter(
    ({ initialEventTimestamp: time }) => time >= initialEventAfter && time <= initialEventBefore,
  );
  assertEqual(byTime(listed), byTime(reverse ? expected.toReversed() : expected));
  assertEqual(listed.length, expected.length);
};

/** Fails unless each of the options lists what lies in its range, in its direction. */
const assertRangesListed = async (stores: TestStores, ranges: readonly ListAggregateIdsOptions[]): Promise<void> => {
  const fixture = await listedStore(stores);
  for (const options of ranges) {
    const { aggregateIds } = await fixture.store.list(options);
    assertListed(aggregateIds, fixture, options);
  }
};

export const listing = {
  'an empty event store lists nothing': {
    promise: 'An event store without aggregates lists none, and has no page token.',
    needs: ['listing'],
    run: async stores => {
      const store = await stores.open('EMPTY');
      assertEqual(await store.list(), { aggregateIds: [] });
      assertEqual(await store.list({ limit: 1, reverse: true }), { aggregateIds: [] });
    },
  },
  'aggregates are listed by first event': {
    promise: 'Every aggregate is listed once, with the time of its first event and in the order of these times.',
    needs: ['listing'],
    run: async stores => assertRangesListed(stores, [{}, { reverse: false }]),
  },
  'listing can be reversed': {
    promise: '`reverse: true` lists the youngest aggregate first.',
    needs: ['listing'],
    run: async stores => assertRangesListed(stores, [{ reverse: true }]),
  },
  'listing bounds are inclusive': {
    promise: '`initialEventAfter` and `initialEventBefore`, either or both, include their times, in both directions.',
    needs: ['listing'],
    run: async stores => {
      const after = { initialEventAfter: timestampAt(30) };
      const before = { initialEventBefore: timestampAt(60) };
      const point = { initialEventAfter: timestampAt(40), initialEventBefore: timestampAt(40) };
      const outside = { initialEventAfter: timestampAt(71) };
      const ranges = [after, before, { ...after, ...before }, point, outside];
      await assertRangesListed(stores, [...ranges, ...ranges.map(range => ({ ...range, reverse: true }))]);
    },
  },
  'an empty time range lists nothing': {
    promise: 'An `initialEventAfter` later than `initialEventBefore` is a range without aggregates, and no error.',
    needs: ['listing'],
    run: async stores =>
      assertRangesListed(stores, [{ initialEventAfter: timestampAt(60), initialEventBefore: timestampAt(30) }]),
  },
  'a listing limit is exact': {
    promise: '`limit` aggregates are listed if there are that many, also within a range.',
    needs: ['listing'],
    run: async stores => {
      const { store, aggregates } = await listedStore(stores);
      const ids = async (options: ListAggregateIdsOptions) => (await store.list(options)).aggregateIds;
      assertEqual(await ids({ limit: 3 }), aggregates.slice(0, 3));
      assertEqual(await ids({ limit: 2, reverse: true }), aggregates.slice(-2).toReversed());
      assertEqual(await ids({ limit: 2, initialEventAfter: timestampAt(20) }), aggregates.slice(1, 3));
      assertEqual((await ids({ limit: 1000 })).length, aggregates.length);
    },
  },
  'listed ids are the pushed ones': {
    promise: 'Aggregate ids of any characters are listed as they were pushed.',
    needs: ['listing'],
    run: async stores => {
      const store = await stores.open('LISTED-WITH-ANY-ID');
      const listed = ['#a#', 'a b', 'é 日本 👩‍👩‍👧‍👦', '"\\\'', '{}', '%00'].map((aggregateId, index) => ({
        aggregateId,
        initialEventTimestamp: timestampAt(index),
      }));
      for (const { aggregateId, initialEventTimestamp: timestamp } of listed) {
        await store.push(caught(aggregateId, 1, { timestamp }));
      }
      await waitUntilListed(async () => (await store.list()).aggregateIds.length >= listed.length);
      assertEqual((await listPages(store, { limit: 2 })).flat(), listed);
    },
  },
  'event stores are listed apart': {
    promise: "An event store lists its own aggregates, never another one's of the same time or id.",
    needs: ['listing'],
    run: async stores => {
      const [pokemons, trainers] = await Promise.all([stores.open(POKEMONS), stores.open(TRAINERS)]);
      const [shared, pokemon] = [newAggregateId(), newAggregateId()];
      const at = { initialEventAfter: '1900-01-01T00:00:00.000Z', initialEventBefore: '1900-01-01T00:00:00.000Z' };
      const first = (aggregateId: string) => caught(aggregateId, 1, { timestamp: '1900-01-01T00:00:00.000Z' });
      await pokemons.pushAll([first(shared), first(pokemon)]);
      await trainers.push(first(shared));

      await waitUntilListed(async () => (await trainers.list(at)).aggregateIds.length > 0);
      const { aggregateIds } = await trainers.list(at);
      assertEqual(aggregateIds, [{ aggregateId: shared, initialEventTimestamp: '1900-01-01T00:00:00.000Z' }]);
    },
  },
  'a forced first event is listed anew': {
    promise: 'An aggregate whose first event was overwritten with `force` is listed once, at the new time.',
    needs: ['listing'],
    run: async stores => {
      const store = await stores.open('LISTED-WITH-FORCE');
      const aggregateId = newAggregateId();
      const [old, corrected] = ['1901-01-01T00:00:00.000Z', '1902-01-01T00:00:00.000Z'];
      await store.push(caught(aggregateId, 1, { timestamp: old }));
      await store.push(caught(aggregateId, 1, { timestamp: corrected }), { force: true });

      const list = async () =>
        (await store.list({ initialEventAfter: old, initialEventBefore: corrected })).aggregateIds;
      await waitUntilListed(async () => (await list()).some(listed => listed.initialEventTimestamp === corrected));
      assertEqual(await list(), [{ aggregateId, initialEventTimestamp: corrected }]);
    },
  },
  'senseless listing limits are refused': {
    promise: 'A listing `limit` of 0, a negative or a fractional one is refused.',
    needs: ['listing'],
    run: async stores => {
      const { store } = await listedStore(stores);
      const list = (limit: number) => async () => store.list({ limit });
      await assertAllRefused({ '0': list(0), '-1': list(-1), '1.5': list(1.5), NaN: list(Number.NaN) });
    },
  },
} satisfies Checks;
