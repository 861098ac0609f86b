import { createHash } from 'node:crypto';

import type { EventDetail } from '@castore/core';
import { fitKey, MAX_PARTITION_KEY_SIZE, MAX_SORT_KEY_SIZE } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { Checkpoint, CheckpointKey } from '../checkpoints/checkpointStore.js';
import { UnreadablePositionError } from '../errors.js';

type Aggregate = Pick<PendingAggregate, 'eventStore' | 'aggregateId'>;

/** How far a projection has come with one aggregate. */
export interface Position {
  /** The version of the last event that is handled; 0 before the first. */
  readonly version: number;
  /** Fingerprints of the last events up to that version, as far as they are known, the latest at the end. */
  readonly recent: readonly string[];
  /** Whether the aggregate is parked: its events wait until somebody retries it. */
  readonly isParked: boolean;
  /** What the next write of this position must find; undefined if none was written yet. */
  readonly revision: string | undefined;
}

/** The parked aggregates of a projection are listed in a partition of its own. */
export const PARKED_PREFIX = 'parked#';

/** So are the replays that begin with it. */
export const REPLAY_PREFIX = 'replay#';

export const positionKey = (projection: string, aggregate: Aggregate): CheckpointKey => ({
  partition: fitKey(`${projection}#`, describeAggregate(aggregate), MAX_PARTITION_KEY_SIZE, HASH_MARK),
  sort: 'position',
});

export const parkedKey = (projection: string, aggregate: Aggregate): CheckpointKey => ({
  partition: projection,
  sort: fitKey(PARKED_PREFIX, describeAggregate(aggregate), MAX_SORT_KEY_SIZE, HASH_MARK),
});

/** Begins the hash of what is too long for a key. No encoded id of an event store begins so. */
const HASH_MARK = 'sha256:';

/** To be read by people, and another one for each aggregate: up to its first `#` it is the event store's id, encoded. */
const describeAggregate = ({ eventStore, aggregateId }: Aggregate): string =>
  `${encodeURIComponent(eventStore.eventStoreId)}#${aggregateId}`;

/** @throws UnreadablePositionError for what no projection has written. */
export const parsePosition = (
  projection: string,
  { eventStore: { eventStoreId }, aggregateId }: Aggregate,
  checkpoint: Checkpoint | undefined,
): Position => {
  if (checkpoint === undefined) return { version: 0, recent: [], isParked: false, revision: undefined };
  const stored = parseStored(checkpoint.value);
  if (stored === undefined) throw new UnreadablePositionError({ projection, eventStoreId, aggregateId });
  const { version, recent = '', parked = false } = stored;
  return { version, recent: recent.match(FINGERPRINTS) ?? [], isParked: parked, revision: checkpoint.revision };
};

/** Undefined if it is nothing that a projection writes. Without a version that is a number, every event would pass for handled. */
const parseStored = (value: string): StoredPosition | undefined => {
  try {
    const { version, recent, parked } = JSON.parse(value) as StoredPosition;
    const isText = recent === undefined || typeof recent === 'string';
    const isFlag = parked === undefined || typeof parked === 'boolean';
    return Number.isSafeInteger(version) && isText && isFlag
      ? { version, ...(recent !== undefined && { recent }), ...(parked !== undefined && { parked }) }
      : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The position as it is after a write that was refused, so that the work goes on from there.
 *
 * @throws Error if it is still the one that was seen: then the next write would be refused as well, and so on for ever.
 */
export const movedPosition = (
  projection: string,
  aggregate: Aggregate,
  checkpoint: Checkpoint | undefined,
  seen: Position,
): Position => {
  const position = parsePosition(projection, aggregate, checkpoint);
  if (position.revision !== seen.revision) return position;
  throw new Error('The CheckpointStore refuses to write a position that nobody else has written.');
};

interface StoredPosition {
  version: number;
  recent?: string;
  parked?: boolean;
}

export const formatPosition = ({ version, recent, isParked }: Omit<Position, 'revision'>): string =>
  JSON.stringify({
    version,
    ...(recent.length > 0 && { recent: recent.join('') }),
    ...(isParked && { parked: true }),
  });

/** The position after the events that follow on it. */
export const positionAfter = (position: Position, events: readonly EventDetail[]): Position => ({
  ...position,
  version: events.at(-1)?.version ?? position.version,
  recent: [...position.recent, ...events.slice(-MAX_RECENT).map(fingerprintOf)].slice(-MAX_RECENT),
});

/** An earlier position, or a later one if it is not known what lies between. */
export const positionAt = (position: Position, version: number): Position => ({
  ...position,
  version,
  recent:
    version > position.version ? [] : position.recent.slice(0, position.recent.length + version - position.version),
});

/** The fingerprint that the event of a version had when it was handled; undefined if that is not known. */
export const knownFingerprint = ({ version: last, recent }: Position, version: number): string | undefined =>
  version > last ? undefined : recent[recent.length - 1 + version - last];

/** So many that a backup of some minutes ago is noticed, and so few that a position still takes one write unit. */
const MAX_RECENT = 16;
const FINGERPRINT_LENGTH = 6;
const FINGERPRINTS = new RegExp(`.{${FINGERPRINT_LENGTH}}`, 'g');

/**
 * Tells an event from another one at the same version. Goes by the timestamp alone, which an event keeps when its payload
 * is redacted or its type is renamed.
 */
export const fingerprintOf = ({ timestamp }: Pick<EventDetail, 'timestamp'>): string =>
  createHash('sha256').update(timestamp).digest('base64url').slice(0, FINGERPRINT_LENGTH);
