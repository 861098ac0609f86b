import { createHash } from 'node:crypto';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { Checkpoint, CheckpointKey } from '../checkpoints/checkpointStore.js';

type Aggregate = Pick<PendingAggregate, 'eventStore' | 'aggregateId'>;

/** How far a projection has come with one aggregate. */
export interface Position {
  /** The version of the last event that is done with; 0 before the first. */
  readonly version: number;
  /** Whether the aggregate is parked: its events wait until somebody retries it. */
  readonly isParked: boolean;
  /** What the next write of this position must find; undefined where none was written yet. */
  readonly revision: string | undefined;
}

/** The parked aggregates of a projection are listed in a partition of its own. */
export const PARKED_PREFIX = 'parked#';

/** So are the replays that begin with it. */
export const REPLAY_PREFIX = 'replay#';

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (partition and sort keys). */
const MAX_PARTITION_KEY_SIZE = 2048;
const MAX_SORT_KEY_SIZE = 1024;

export const positionKey = (projection: string, aggregate: Aggregate): CheckpointKey => ({
  partition: withinSize(`${projection}#`, describeAggregate(aggregate), MAX_PARTITION_KEY_SIZE),
  sort: 'position',
});

export const parkedKey = (projection: string, aggregate: Aggregate): CheckpointKey => ({
  partition: projection,
  sort: withinSize(PARKED_PREFIX, describeAggregate(aggregate), MAX_SORT_KEY_SIZE),
});

/** To be read by people, and another one for each aggregate: without its first `#`, an event store's id has none. */
const describeAggregate = ({ eventStore, aggregateId }: Aggregate): string =>
  `${encodeURIComponent(eventStore.eventStoreId)}#${aggregateId}`;

/** What is too long becomes a hash, which begins as no encoded id of an event store does. */
const withinSize = (prefix: string, text: string, maxSize: number): string => {
  const key = prefix + text;
  if (Buffer.byteLength(key) <= maxSize) return key;
  return `${prefix}sha256:${createHash('sha256').update(text).digest('hex')}`;
};

export const parsePosition = (checkpoint: Checkpoint | undefined): Position => {
  if (checkpoint === undefined) return { version: 0, isParked: false, revision: undefined };
  const { version, parked = false } = JSON.parse(checkpoint.value) as { version: number; parked?: boolean };
  return { version, isParked: parked, revision: checkpoint.revision };
};

export const formatPosition = ({ version, isParked }: Omit<Position, 'revision'>): string =>
  JSON.stringify(isParked ? { version, parked: true } : { version });
