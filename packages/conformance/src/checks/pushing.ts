import assert from 'node:assert/strict';

import type { EventDetail } from '@castore/core';

import type { Checks } from '../check.js';
import { assertAllRefused, assertEqual, assertStored } from '../support/assertions.js';
import { caught, newAggregateId, untimed } from '../support/events.js';
import { deepFreeze } from '../support/freeze.js';
import { assertIsNow } from '../support/now.js';
import { POKEMONS, type TestStores } from '../support/testStores.js';

const payload = () => ({ name: 'Pikachu', types: ['electric'], moves: [{ name: 'Thunder', power: 110 }] });

const assertReturnedIsRead = async (stores: TestStores, rest: Partial<EventDetail>): Promise<EventDetail> => {
  const store = await stores.open(POKEMONS);
  const pushed = await store.push({ ...untimed(newAggregateId()), ...rest });
  await assertStored(store, pushed.aggregateId, [pushed]);
  return pushed;
};

export const pushing = {
  'an event is read as it was pushed': {
    promise: 'An event comes back with its aggregate id, version, type, timestamp, payload and metadata.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      const event = () => caught(aggregateId, 1, { payload: payload(), metadata: { trainer: 'Ash' } });
      await store.push(event());
      await assertStored(store, aggregateId, [event()]);
    },
  },
  'what pushEvent returns is read': {
    promise: 'The event that `pushEvent` resolves with is the one that later reads return, to the last member.',
    run: async stores => {
      await assertReturnedIsRead(stores, { payload: payload() });
      await assertReturnedIsRead(stores, { payload: { kept: 1, gone: undefined, list: [{ gone: undefined }] } });
      await assertReturnedIsRead(stores, { payload: { minusZero: -0 }, metadata: [-0] });
      await assertReturnedIsRead(stores, { payload: undefined, metadata: undefined });
    },
  },
  'absent stays absent': {
    promise: 'An event without payload or metadata is read without them: there is not even a member.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      await store.push(caught(aggregateId, 1));
      await store.push(caught(aggregateId, 2, { payload: null }));
      const members = (await store.read(aggregateId)).map(event => Object.keys(event).toSorted());
      const always = ['aggregateId', 'timestamp', 'type', 'version'];
      assertEqual(members, [always, [...always, 'payload'].toSorted()]);
    },
  },
  'a given timestamp is kept': {
    promise: 'A timestamp that is given is the one that is returned and read.',
    run: async stores => {
      const timestamp = '1996-02-27T00:00:00.001Z';
      const pushed = await assertReturnedIsRead(stores, { timestamp });
      assertEqual(pushed.timestamp, timestamp);
    },
  },
  'a missing timestamp is now': {
    promise: 'An event without a timestamp gets the present time, in ISO 8601 with milliseconds.',
    run: async stores => assertIsNow((await assertReturnedIsRead(stores, {})).timestamp),
  },
  'an undefined timestamp is now': {
    promise: 'An event whose timestamp is there, but `undefined`, gets the present time as well.',
    run: async stores =>
      // Castore's types forbid it only under `exactOptionalPropertyTypes`.
      assertIsNow((await assertReturnedIsRead(stores, { timestamp: undefined } as object)).timestamp),
  },
  "the caller's event is not changed": {
    promise: 'Pushing changes nothing in the objects that it is given; they may be frozen.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      const event = { ...untimed(aggregateId), payload: payload() };
      await store.push(event);
      assertEqual(event, { ...untimed(aggregateId), payload: payload() });

      const options = deepFreeze({ ...store.context });
      await store.adapter.pushEvent(deepFreeze({ ...untimed(aggregateId, 2), payload: payload() }), options);
      assertEqual((await store.read(aggregateId)).length, 2);
    },
  },
  'stored events are out of reach': {
    promise: 'Changing an object after it was pushed, or one that was read, changes nothing that is stored.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      const event = caught(aggregateId, 1, { payload: payload() });
      const returned = await store.push(event);
      const [read] = await store.read(aggregateId);
      for (const reachable of [event, returned, read]) {
        assert.ok(reachable !== undefined);
        (reachable.payload as { name: string }).name = 'Missingno';
        reachable.type = 'CHANGED';
      }
      await assertStored(store, aggregateId, [caught(aggregateId, 1, { payload: payload() })]);
    },
  },
  'force overwrites': {
    promise: 'With `force: true`, an event takes the place of the one at its version, or a place that is free.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      await store.push(caught(aggregateId, 1, { payload: { old: true }, metadata: 'old' }));
      await store.push(caught(aggregateId, 1, { payload: { new: true } }), { force: true });
      await store.push(caught(aggregateId, 2), { force: true });
      await assertStored(store, aggregateId, [
        caught(aggregateId, 1, { payload: { new: true } }),
        caught(aggregateId, 2),
      ]);
    },
  },
  'force: false does not overwrite': {
    promise: 'With `force: false`, as without it, the event that is there stays.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      await store.push(caught(aggregateId, 1, { payload: 'first' }));
      await assertAllRefused({
        'force: false': async () => store.push(caught(aggregateId, 1, { payload: 'second' }), { force: false }),
      });
      await assertStored(store, aggregateId, [caught(aggregateId, 1, { payload: 'first' })]);
    },
  },
  'versions are positive integers': {
    promise: 'Version 0, a negative or fractional one, or one that is no number is refused.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const versions = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', undefined, null];
      const pushes = versions.map(version => {
        const event = { ...caught(newAggregateId()), version } as EventDetail;
        return [`version ${JSON.stringify(version)} (${String(version)})`, async () => store.push(event)] as const;
      });
      await assertAllRefused(Object.fromEntries(pushes));
    },
  },
  'incomplete events are refused': {
    promise: 'An event without a type or an aggregate id is refused; an empty id counts as none.',
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const push = (wrong: object) => async () => store.push({ ...caught(newAggregateId()), ...wrong });
      await assertAllRefused({
        'no type': push({ type: undefined }),
        'no aggregate id': push({ aggregateId: undefined }),
        'null as aggregate id': push({ aggregateId: null }),
        'a number as aggregate id': push({ aggregateId: 25 }),
        'an empty aggregate id': push({ aggregateId: '' }),
      });
    },
  },
} satisfies Checks;
