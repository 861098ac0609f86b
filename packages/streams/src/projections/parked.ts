import { describeError, hasCode } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { CheckpointStore } from '../checkpoints/checkpointStore.js';
import type { RewrittenHistoryError } from '../errors.js';
import {
  fingerprintOf,
  formatPosition,
  knownFingerprint,
  PARKED_PREFIX,
  type Position,
  parkedKey,
  parsePosition,
  positionAt,
} from './position.js';
import type { Projector } from './projector.js';

/** An aggregate whose events wait, in one projection, because one of them could not be handled. */
export interface ParkedAggregate {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  /** The version that could not be handled. It and the later ones wait; those before it are done with. */
  readonly version: number;
  /** What was thrown: its name, cut at 200 characters, and its message, cut at 1,000. */
  readonly error: { readonly name: string; readonly message: string };
  readonly attempts: number;
  /** When, in ISO 8601. */
  readonly parkedAt: string;
}

interface Parking {
  readonly projector: Pick<Projector, 'name' | 'checkpoints' | 'positionKey'>;
  readonly aggregate: PendingAggregate;
  readonly version: number;
  readonly error: unknown;
  readonly attempts: number;
}

/**
 * Parks an aggregate: lists it, then marks its position, so that a marked one is always listed.
 *
 * @returns what is listed now; `parked before`; `moved` if another process has moved its position meanwhile.
 */
export const park = async ({
  projector,
  aggregate,
  ...failure
}: Parking): Promise<'parked before' | 'moved' | ParkedAggregate> => {
  const { name, checkpoints } = projector;
  const position = projector.positionKey(aggregate);
  const list = parkedKey(name, aggregate);
  const [checkpoint, listed] = await checkpoints.read([position, list]);
  const current = parsePosition(name, aggregate, checkpoint);
  if (current.isParked) return 'parked before';
  if (current.version >= failure.version && !isRewritten(current, failure)) return 'moved';

  const parked = describe(aggregate, failure);
  const entry = await checkpoints.write(list, JSON.stringify(parked), listed?.revision);
  const mark = formatPosition({ ...positionAt(current, failure.version - 1), isParked: true });
  const isMarked = entry !== undefined && (await checkpoints.write(position, mark, current.revision)) !== undefined;
  return isMarked ? parked : 'moved';
};

/** Whether the position goes by another event at that version than the error names: the only way back. */
const isRewritten = (position: Position, { version, error }: Pick<Parking, 'version' | 'error'>): boolean => {
  if (!hasCode(error, 'RewrittenHistoryError')) return false;
  const known = knownFingerprint(position, version);
  return known !== undefined && known !== fingerprintOf(error as RewrittenHistoryError);
};

const describe = (
  { eventStore: { eventStoreId }, aggregateId }: PendingAggregate,
  { version, error, attempts }: Pick<Parking, 'version' | 'error' | 'attempts'>,
): ParkedAggregate => ({
  eventStoreId,
  aggregateId,
  version,
  error: describeError(error),
  attempts,
  parkedAt: new Date().toISOString(),
});

export const listParked = async (projection: string, checkpoints: CheckpointStore): Promise<ParkedAggregate[]> => {
  const entries = await checkpoints.list(projection, PARKED_PREFIX);
  return entries.map(({ value }) => JSON.parse(value) as ParkedAggregate);
};
