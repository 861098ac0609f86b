import type { EventDetail, EventsQueryOptions } from '@castore/core';

import type { Checks } from '../check.js';
import { assertAllRefused, assertEqual, assertStored } from '../support/assertions.js';
import { history, newAggregateId, shuffle } from '../support/events.js';
import { fixture, POKEMONS, type TestStores } from '../support/testStores.js';

const versionsOf = (events: readonly EventDetail[]): number[] => events.map(({ version }) => version);

const fiveEvents = fixture(async stores => {
  const store = await stores.open(POKEMONS);
  const aggregateId = newAggregateId();
  for (const event of history(aggregateId, 5)) await store.push(event);
  return { store, aggregateId };
});

/** More than any page that a storage hands out at once: DynamoDB's is 1 MB. */
const threeMegabytes = fixture(async stores => {
  const store = await stores.open(POKEMONS);
  const aggregateId = newAggregateId();
  const events = history(aggregateId, 30, { payload: { text: 'x'.repeat(100_000) } });
  for (const event of events) await store.push(event);
  return { store, aggregateId, events };
});

/** Fails if reading five events with these options yields other versions than these. */
const assertVersions = async (
  stores: TestStores,
  expected: readonly (readonly [options: EventsQueryOptions, versions: number[]])[],
): Promise<void> => {
  const { store, aggregateId } = await fiveEvents(stores);
  const read = expected.map(async ([options]) => [options, versionsOf(await store.read(aggregateId, options))]);
  assertEqual(await Promise.all(read), expected);
};

export const reading = {
  'an unknown aggregate has no events': {
    promise: 'Reading an aggregate that is not there resolves with no events.',
    run: async stores => assertStored(await stores.open(POKEMONS), newAggregateId(), []),
  },
  'events are in version order': {
    promise: 'Events come back by version (9 before 10), whatever order they were pushed in.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      const events = history(aggregateId, 12);
      for (const event of shuffle(events)) await store.push(event);
      await assertStored(store, aggregateId, events);
      assertEqual(await store.read(aggregateId, { reverse: true }), events.toReversed());
    },
  },
  'every write is seen': {
    promise: 'A read that starts after a push was acknowledged sees its event.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      for (const event of history(aggregateId, 20)) {
        await store.push(event);
        assertEqual(await store.read(aggregateId, { minVersion: event.version }), [event]);
      }
    },
  },
  'reverse is latest first': {
    promise: '`reverse: true` reads the latest event first; `false` and `undefined` are the usual order.',
    run: async stores =>
      assertVersions(stores, [
        [{ reverse: true }, [5, 4, 3, 2, 1]],
        [{ reverse: false }, [1, 2, 3, 4, 5]],
        [{ reverse: undefined } as object, [1, 2, 3, 4, 5]],
      ]),
  },
  'ranges are inclusive': {
    promise: '`minVersion` and `maxVersion`, either or both, include their versions, in both directions.',
    run: async stores =>
      assertVersions(stores, [
        [{ minVersion: 3 }, [3, 4, 5]],
        [{ maxVersion: 3 }, [1, 2, 3]],
        [{ minVersion: 2, maxVersion: 4 }, [2, 3, 4]],
        [{ minVersion: 3, maxVersion: 3 }, [3]],
        [{ minVersion: 6 }, []],
        [{ minVersion: 1, maxVersion: Number.MAX_SAFE_INTEGER }, [1, 2, 3, 4, 5]],
        [{ minVersion: 2, maxVersion: 4, reverse: true }, [4, 3, 2]],
        [{ maxVersion: 2, reverse: true }, [2, 1]],
        [{ minVersion: undefined, maxVersion: undefined, limit: undefined } as object, [1, 2, 3, 4, 5]],
      ]),
  },
  'an empty range has no events': {
    promise: 'A `minVersion` above `maxVersion` is a range without events, and no error.',
    run: async stores =>
      assertVersions(stores, [
        [{ minVersion: 4, maxVersion: 3 }, []],
        [{ minVersion: 4, maxVersion: 3, reverse: true }, []],
      ]),
  },
  'limit is exact': {
    promise: '`limit` events are read if there are that many, in both directions and within a range.',
    run: async stores =>
      assertVersions(stores, [
        [{ limit: 2 }, [1, 2]],
        [{ limit: 5 }, [1, 2, 3, 4, 5]],
        [{ limit: 6 }, [1, 2, 3, 4, 5]],
        [{ limit: 1, reverse: true }, [5]],
        [{ minVersion: 2, limit: 2 }, [2, 3]],
        [{ minVersion: 2, maxVersion: 4, limit: 2, reverse: true }, [4, 3]],
        [{ maxVersion: 2, limit: 3 }, [1, 2]],
      ]),
  },
  'a huge limit is no limit': {
    promise: 'A `limit` beyond 32 bits reads all there is.',
    run: async stores =>
      assertVersions(stores, [
        [{ limit: 2 ** 31 }, [1, 2, 3, 4, 5]],
        [{ limit: Number.MAX_SAFE_INTEGER, reverse: true }, [5, 4, 3, 2, 1]],
      ]),
  },
  'large aggregates are read whole': {
    promise: 'An aggregate of 3 MB comes back whole and in order, and so does a range of it, in both directions.',
    run: async stores => {
      const { store, aggregateId, events } = await threeMegabytes(stores);
      await assertStored(store, aggregateId, events);
      const options = { minVersion: 5, maxVersion: 28, reverse: true };
      assertEqual(await store.read(aggregateId, options), events.slice(4, 28).toReversed());
    },
  },
  'limit is exact in large aggregates': {
    promise: '`limit` is exact if the events do not fit one page of the storage.',
    run: async stores => {
      const { store, aggregateId, events } = await threeMegabytes(stores);
      assertEqual(versionsOf(await store.read(aggregateId, { limit: 15 })), versionsOf(events.slice(0, 15)));
      const reversed = await store.read(aggregateId, { limit: 15, reverse: true });
      assertEqual(versionsOf(reversed), versionsOf(events.slice(15).toReversed()));
    },
  },
  'senseless limits are refused': {
    promise: 'A `limit` of 0, a negative or a fractional one is refused, rather than read as something else.',
    run: async stores => {
      const { store, aggregateId } = await fiveEvents(stores);
      const read = (limit: number) => async () => store.read(aggregateId, { limit });
      await assertAllRefused({ '0': read(0), '-1': read(-1), '1.5': read(1.5), NaN: read(Number.NaN) });
    },
  },
} satisfies Checks;
