import { eventsAfter } from '../aggregates/eventsAfter.js';
import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { Checkpoint } from '../checkpoints/checkpointStore.js';
import { type Position, parsePosition } from '../projections/position.js';
import { causeOf, type Unfinished } from '../projections/projector.js';
import { findRewrittenHistory } from '../projections/rewrittenHistory.js';
import type { Work } from './applyEvents.js';

/** The next events of an aggregate, `limit` at most; undefined if there are none, or if it is parked. */
export const collectWork = async (
  projection: string,
  aggregate: PendingAggregate,
  checkpoint: Checkpoint | undefined,
  limit: number,
): Promise<Work | Unfinished | undefined> => {
  let position: Position | undefined;
  try {
    position = parsePosition(projection, aggregate, checkpoint);
    if (position.isParked) return undefined;
    const rewritten = await findRewrittenHistory(aggregate, position);
    if (rewritten !== undefined) return { aggregate, version: rewritten.version, cause: causeOf(rewritten) };
    if (position.version >= aggregate.latest) return undefined;
    return { aggregate, position, events: await eventsAfter(aggregate, position.version, limit) };
  } catch (error) {
    return { aggregate, version: position === undefined ? 0 : position.version + 1, cause: causeOf(error) };
  }
};
