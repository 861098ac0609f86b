import type { EventDetail } from '@castore/core';

import { readEvents } from '../aggregates/eventsAfter.js';
import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { isUnreadable, RewrittenHistoryError } from '../errors.js';
import { fingerprintOf, knownFingerprint, type Position } from './position.js';

/**
 * Notices that events which a projection has handled were replaced by others: after a restore from a backup, a
 * failover, a push with `force`. Costs nothing, unless an event comes that differs from the one handled at its version.
 * Then it costs a read: the record may be old, and the table may hold the event that was handled.
 */
export const findRewrittenHistory = async (
  aggregate: PendingAggregate,
  position: Position,
): Promise<RewrittenHistoryError | undefined> => {
  const isOther = (event: EventDetail): boolean => {
    const known = knownFingerprint(position, event.version);
    return known !== undefined && known !== fingerprintOf(event);
  };
  const others = [...aggregate.events.values()].filter(isOther).map(({ version }) => version);
  if (others.length === 0) return undefined;

  const { eventStore, aggregateId } = aggregate;
  const range = { minVersion: Math.min(...others), maxVersion: Math.max(...others) };
  const found = (await readAsFarAsPossible(aggregate, range)).find(isOther);
  return (
    found &&
    new RewrittenHistoryError(
      { eventStoreId: eventStore.eventStoreId, aggregateId, version: found.version },
      found.timestamp,
    )
  );
};

/** The events before one that cannot be read; that one waits for its turn. */
const readAsFarAsPossible = async (
  aggregate: PendingAggregate,
  range: { minVersion: number; maxVersion: number },
): Promise<EventDetail[]> => {
  try {
    return await readEvents(aggregate, range);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const maxVersion = error.version - 1;
    return maxVersion < range.minVersion ? [] : readEvents(aggregate, { ...range, maxVersion });
  }
};
