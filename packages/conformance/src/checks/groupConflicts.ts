import type { Check, Checks } from '../check.js';
import { assertConflict, assertConflictOf, assertEqual, rejectionOf } from '../support/assertions.js';
import { caught } from '../support/events.js';
import { type Member, pushMembers, readMembers, threeMembers } from '../support/groups.js';
import { waitUntilListed } from '../support/listedAggregates.js';

/** Puts another event into the place of each member in turn, and looks at how pushing the group then fails. */
const withEachMemberTaken =
  (look: (error: unknown, taken: Member, members: Member[]) => Promise<void> | void): Check['run'] =>
  async stores => {
    for (const position of [0, 1, 2] as const) {
      const members = await threeMembers(stores);
      const taken = members[position];
      await taken.store.push({ ...taken.event, payload: 'was here first' });
      await look(await rejectionOf(async () => pushMembers(members), 'the group'), taken, members);
    }
  };

const WRITERS = 10;

export const groupConflicts = {
  "a group's conflict is a conflict": {
    promise: "Castore's `isEventAlreadyExistsError` knows the error of a group that met a conflict.",
    needs: ['groups'],
    run: withEachMemberTaken(assertConflict),
  },
  "a group's conflict names its event": {
    promise:
      'The error of a group that met a conflict has the event store id, the aggregate id and the version that lost.',
    needs: ['groups'],
    run: withEachMemberTaken((error, { store, event }) => assertConflictOf(error, store.context, event)),
  },
  "a group's conflict writes nothing": {
    promise: 'If any event of a group meets a conflict, none is stored, and the one that was there stays.',
    needs: ['groups'],
    run: withEachMemberTaken(async (_, taken, members) =>
      assertEqual(
        await readMembers(members),
        members.map(({ event }) => (event === taken.event ? [{ ...event, payload: 'was here first' }] : [])),
      ),
    ),
  },
  'a refused group is not listed': {
    promise: 'A group that met a conflict adds nothing to what its event stores list.',
    needs: ['groups', 'listing'],
    run: async stores => {
      const store = await stores.open('LISTED-WITH-A-CONFLICT');
      const [free, taken] = [caught('free', 1), caught('taken', 1)];
      await store.push(taken);
      const members = [free, taken].map(event => ({ store, event }));
      await rejectionOf(async () => pushMembers(members), 'the group');
      await waitUntilListed(async () => (await store.list()).aggregateIds.length > 0);
      const listed = { aggregateId: taken.aggregateId, initialEventTimestamp: taken.timestamp };
      assertEqual(await store.list(), { aggregateIds: [listed] });
    },
  },
  'concurrent groups are whole or absent': {
    promise: 'Of ten concurrent groups of the same versions, one is stored whole, and the others are conflicts.',
    needs: ['groups'],
    run: async stores => {
      const members = await threeMembers(stores);
      const groupOf = (writer: number): Member[] =>
        members.map(({ store, event }) => ({ store, event: { ...event, payload: { writer } } }));
      const writers = Array.from({ length: WRITERS }, (_, writer) => writer);
      const results = await Promise.allSettled(writers.map(async writer => pushMembers(groupOf(writer))));

      const [winner, ...others] = writers.filter(writer => results[writer]?.status === 'fulfilled');
      assertEqual({ hasWinner: winner !== undefined, others }, { hasWinner: true, others: [] });
      for (const result of results) if (result.status === 'rejected') assertConflict(result.reason);
      const expected = groupOf(winner as number).map(({ event }) => [event]);
      assertEqual(await readMembers(members), expected);
    },
  },
} satisfies Checks;
