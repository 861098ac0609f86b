import type { EventDetail } from '@castore/core';

import type { Checks } from '../check.js';
import { assertEqual, rejectionOf } from '../support/assertions.js';
import { timestampAt, untimed } from '../support/events.js';
import { assertNothingStored, pushGroup, readMembers, threeMembers } from '../support/groups.js';
import { assertIsNow } from '../support/now.js';
import type { TestStores } from '../support/testStores.js';

/** What a member of a group says about its time: a timestamp, `undefined`, or nothing at all. */
type Given = { timestamp?: string | undefined };

/** Groups three events of these times; `push` stores them and resolves with the one timestamp that they then have. */
const groupAt = async (stores: TestStores, given: readonly Given[]) => {
  const members = await threeMembers(stores);
  const groupedEvents = members.map(({ store, event }, index) =>
    store.group({ ...untimed(event.aggregateId), ...given[index] } as EventDetail),
  );
  const push = async (): Promise<string> => {
    const pushed = (await pushGroup(groupedEvents)).map(({ timestamp }) => timestamp);
    const read = (await readMembers(members)).map(events => events.map(({ timestamp }) => timestamp));
    const [first] = pushed as [string];
    assertEqual({ pushed, read }, { pushed: [first, first, first], read: [[first], [first], [first]] });
    return first;
  };
  return { members, push };
};

export const groupTimestamps = {
  'a group without timestamps is now': {
    promise: 'Events of a group without timestamps share one, which is the present time.',
    needs: ['groups'],
    run: async stores => assertIsNow(await (await groupAt(stores, [])).push()),
  },
  'an undefined timestamp is none in a group': {
    promise: 'A timestamp of a group that is there, but `undefined`, is as good as none.',
    needs: ['groups'],
    run: async stores => {
      const isUndefined = { timestamp: undefined };
      assertIsNow(await (await groupAt(stores, [isUndefined, {}, isUndefined])).push());
    },
  },
  "a group's timestamp spreads": {
    promise: 'A timestamp that one event of a group has, wherever it stands, is the timestamp of all of them.',
    needs: ['groups'],
    run: async stores => {
      const timestamp = timestampAt(1);
      for (const given of [
        [{ timestamp }],
        [{}, { timestamp }],
        [{}, {}, { timestamp }],
        [{ timestamp }, {}, { timestamp }],
      ]) {
        assertEqual(await (await groupAt(stores, given)).push(), timestamp);
      }
    },
  },
  'different timestamps in a group are refused': {
    promise: 'A group with two different timestamps is refused, and nothing is written.',
    needs: ['groups'],
    run: async stores => {
      const [one, other] = [{ timestamp: timestampAt(1) }, { timestamp: timestampAt(2) }];
      for (const given of [
        [one, other],
        [one, {}, other],
        [{}, one, other],
        [one, one, other],
      ]) {
        const { members, push } = await groupAt(stores, given);
        await rejectionOf(push, JSON.stringify(given));
        await assertNothingStored(members);
      }
    },
  },
} satisfies Checks;
