import type { Checks } from '../check.js';
import { assertEqual, assertStored } from '../support/assertions.js';
import { caught, history, newAggregateId, untimed } from '../support/events.js';
import { deepFreeze } from '../support/freeze.js';
import {
  assertWholeOrAbsent,
  type Member,
  pushGroup,
  pushMembers,
  readMembers,
  threeMembers,
} from '../support/groups.js';
import { POKEMONS } from '../support/testStores.js';

const TIMESTAMP = '2026-01-01T00:00:00.000Z';

export const groups = {
  'a group is stored whole': {
    promise: 'The events of a group are stored, in all of its event stores, and returned in their order.',
    needs: ['groups'],
    run: async stores => {
      const members = await threeMembers(stores, { payload: 'a' }, { payload: ['b'], metadata: 1 });
      const events = members.map(({ event }) => event);
      assertEqual(await pushMembers(members), events);
      assertEqual(
        await readMembers(members),
        events.map(event => [event]),
      );
    },
  },
  'a group of one is stored': {
    promise: 'A group may have a single event.',
    needs: ['groups'],
    run: async stores => {
      const [member] = await threeMembers(stores);
      assertEqual(await pushMembers([member]), [member.event]);
      await assertStored(member.store, member.event.aggregateId, [member.event]);
    },
  },
  'what pushEventGroup returns is read': {
    promise: 'The events that `pushEventGroup` resolves with are those that later reads return, to the last member.',
    needs: ['groups'],
    run: async stores => {
      const undefinedPayload = { payload: undefined };
      const members = await threeMembers(
        stores,
        { payload: { gone: undefined } },
        { metadata: [-0] },
        undefinedPayload,
      );
      const pushed = await pushMembers(members);
      assertEqual(
        await readMembers(members),
        pushed.map(event => [event]),
      );
    },
  },
  'an aggregate may have several events in a group': {
    promise: 'Consecutive events of one aggregate in one group are stored in their order.',
    needs: ['groups'],
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      const events = history(aggregateId, 3, { timestamp: TIMESTAMP });
      await pushMembers(events.map(event => ({ store, event })));
      await assertStored(store, aggregateId, events);
    },
  },
  'a group of 100 is stored': {
    promise: 'A group of 100 events is stored whole.',
    needs: ['groups'],
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const aggregateId = newAggregateId();
      const events = history(aggregateId, 100, { timestamp: TIMESTAMP });
      await pushMembers(events.map(event => ({ store, event })));
      await assertStored(store, aggregateId, events);
    },
  },
  'larger groups are whole or refused': {
    promise: 'A group of 101 events, or one of 5 MB, is stored whole, or refused and nothing is written.',
    needs: ['groups'],
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const groupOf = (count: number, rest: object): Member[] =>
        Array.from({ length: count }, () => ({
          store,
          event: caught(newAggregateId(), 1, { timestamp: TIMESTAMP, ...rest }),
        }));
      await assertWholeOrAbsent(groupOf(101, {}));
      await assertWholeOrAbsent(groupOf(50, { payload: 'x'.repeat(100_000) }));
    },
  },
  'force overwrites in groups': {
    promise: 'With `force: true`, the events of a group take the places of those that are there.',
    needs: ['groups'],
    run: async stores => {
      const members = await threeMembers(stores, { payload: 1 }, { payload: 2 }, { payload: 3 });
      for (const { store, event } of members.slice(1)) await store.push({ ...event, payload: 'old' });
      await pushMembers(members, { force: true });
      assertEqual(
        await readMembers(members),
        members.map(({ event }) => [event]),
      );
    },
  },
  "the caller's group is not changed": {
    promise: 'Pushing a group changes nothing in the events that it is made of; they may be frozen.',
    needs: ['groups'],
    run: async stores => {
      const store = await stores.open(POKEMONS);
      const [untimedId, timedId] = [newAggregateId(), newAggregateId()];
      const makeEvent = () => ({ ...untimed(untimedId), payload: { name: 'Pikachu' } });
      const event = makeEvent();
      await pushGroup([store.group(event), store.group(deepFreeze(caught(timedId, 1, { payload: {} })))]);
      assertEqual(event, makeEvent());

      await pushGroup([store.group(deepFreeze(untimed(untimedId, 2))), store.group(deepFreeze(caught(timedId, 2)))]);
      assertEqual((await store.read(untimedId)).length, 2);
    },
  },
} satisfies Checks;
