import type { EventStore } from '@castore/core';
import { describeErrorInWords, hasCode, mapConcurrently } from '@castore-dynamodb/commons';
import type { EventStoreWithSnapshots } from '@castore-dynamodb/snapshots';

import { type Finding, problem } from '../finding.js';

const AT_A_TIME = 10;

const MESSAGES = {
  'ahead-of-events': 'is ahead of the events: there is no such version any more, as after a restore',
  'other-events': 'is stale: it was made of another event than the one that is stored now',
  unreadable: 'cannot be decoded',
} as const;

/** Newest snapshots that are stale or ahead. Two requests for each aggregate, about two read units. */
export const findWrongSnapshots = async (
  { eventStoreId, snapshots }: EventStoreWithSnapshots<EventStore>,
  aggregateIds: readonly string[],
): Promise<Finding[]> => {
  const inspected = await mapConcurrently(aggregateIds, AT_A_TIME, async aggregateId => {
    const snapshot = await snapshots.inspect(aggregateId).catch((error: unknown) => {
      if (!hasCode(error, 'UnreadableEventError')) throw error;
      return describeErrorInWords(error);
    });
    if (typeof snapshot === 'string') {
      const message = `The snapshot of ${aggregateId} in ${eventStoreId} cannot be held against the events. ${snapshot}`;
      return [
        problem('snapshot', {
          eventStoreId,
          aggregateId,
          message,
          remedy: 'Mend what keeps the event from being read.',
        }),
      ];
    }
    if (snapshot === undefined || snapshot.state === 'usable') return [];
    return [
      problem('snapshot', {
        eventStoreId,
        aggregateId,
        version: snapshot.version,
        message: `The snapshot of ${aggregateId} in ${eventStoreId} at version ${snapshot.version} ${MESSAGES[snapshot.state]}. Loads go without it.`,
        remedy: `castore-dynamodb snapshots delete ${eventStoreId} ID --write, with its id: the next one is made of the events.`,
      }),
    ];
  });
  return inspected.flat();
};
