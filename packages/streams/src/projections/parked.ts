import { describeError } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import type { CheckpointStore } from '../checkpoints/checkpointStore.js';
import { formatPosition, PARKED_PREFIX, parkedKey, parsePosition, positionKey } from './position.js';

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
  readonly projection: string;
  readonly checkpoints: CheckpointStore;
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
  projection,
  checkpoints,
  aggregate,
  ...failure
}: Parking): Promise<'parked before' | 'moved' | ParkedAggregate> => {
  const position = positionKey(projection, aggregate);
  const list = parkedKey(projection, aggregate);
  const [checkpoint, listed] = await checkpoints.read([position, list]);
  const { version, isParked, revision } = parsePosition(checkpoint);
  if (isParked) return 'parked before';
  if (version >= failure.version) return 'moved';

  const parked = describe(aggregate, failure);
  const entry = await checkpoints.write(list, JSON.stringify(parked), listed?.revision);
  const mark = formatPosition({ version: failure.version - 1, isParked: true });
  const isMarked = entry !== undefined && (await checkpoints.write(position, mark, revision)) !== undefined;
  return isMarked ? parked : 'moved';
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
