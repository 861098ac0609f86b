import type { UnreadableEventError } from '@castore-dynamodb/adapter';
import { hasCode, InvalidArgumentError } from '@castore-dynamodb/commons';

import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { catchUp } from './catchUp.js';
import type { ParkedAggregate } from './parked.js';
import { formatPosition, parkedKey, parsePosition, positionKey } from './position.js';
import type { Projector } from './projector.js';

export interface RetryParkedOptions {
  /**
   * Takes the event that could not be handled for done, and goes on behind it; where events are missing, at the next one
   * that is there.
   *
   * @default false
   */
  skip?: boolean;
}

/** What `listParked` tells, or as much of it as says which aggregate is meant. */
export type ParkedPlace = Pick<ParkedAggregate, 'eventStoreId' | 'aggregateId'> &
  Partial<Pick<ParkedAggregate, 'version'>>;

type Aggregate = Pick<PendingAggregate, 'eventStore' | 'aggregateId'>;

/** As often as a stream handler tries by itself. */
const MAX_ATTEMPTS = 5;

/**
 * Lets an aggregate's events go on, and handles those that wait.
 *
 * The mark at the position goes first, so that events which come meanwhile are handled and not left to wait. The entry in
 * the list goes last: where the process dies in between, the aggregate is still listed, and is retried again.
 */
export const retryParked = async (
  projector: Projector,
  { eventStoreId, aggregateId, version }: ParkedPlace,
  { skip = false }: RetryParkedOptions,
): Promise<'done' | 'parked'> => {
  const { name, checkpoints, eventStores } = projector;
  const eventStore = eventStores.find(candidate => candidate.eventStoreId === eventStoreId);
  if (eventStore === undefined) {
    throw new InvalidArgumentError('eventStoreId', `projection ${JSON.stringify(name)} has no such event store.`);
  }
  const aggregate = { eventStore, aggregateId };
  const entryKey = parkedKey(name, aggregate);
  const [entry] = await checkpoints.read([entryKey]);
  await release(projector, aggregate, skip, version);

  let passing: unknown;
  const { unfinished } = await catchUp(projector, [await upToNow(aggregate)], {
    replay: false,
    concurrency: 1,
    maxAttempts: MAX_ATTEMPTS,
    hasTime: () => true,
    onFailure: ({ kind, error }) => {
      if (kind === 'passing') passing = error;
    },
  });
  if (unfinished.length > 0) throw passing;

  const [checkpoint] = await checkpoints.read([positionKey(name, aggregate)]);
  if (parsePosition(checkpoint).isParked) return 'parked';
  if (entry !== undefined) await checkpoints.remove(entryKey, entry.revision);
  return 'done';
};

/**
 * Takes the mark from the aggregate's position, where there is one. Skipped is no other version than the one that was given,
 * or was parked when this began: another process may meanwhile have retried it, and come as far as the next bad event.
 */
const release = async (
  { name, checkpoints }: Projector,
  aggregate: Aggregate,
  skip: boolean,
  given: number | undefined,
): Promise<void> => {
  const key = positionKey(name, aggregate);
  let givenUp = given;
  for (;;) {
    const [checkpoint] = await checkpoints.read([key]);
    const { version, isParked, revision } = parsePosition(checkpoint);
    if (!isParked) return;

    givenUp ??= version + 1;
    const skips = skip && givenUp === version + 1;
    const released = formatPosition({
      version: skips ? await lastToSkip(aggregate, version + 1) : version,
      isParked: false,
    });
    if ((await checkpoints.write(key, released, revision)) !== undefined) return;
  }
};

/** The version itself where there is an event; else the last one before the next event that is there. */
const lastToSkip = async ({ eventStore, aggregateId }: Aggregate, version: number): Promise<number> => {
  try {
    const { events } = await eventStore.getEvents(aggregateId, { minVersion: version, limit: 1 });
    return Math.max(version, (events[0]?.version ?? version) - 1);
  } catch (error) {
    if (!hasCode(error, 'UnreadableEventError')) throw error;
    return Math.max(version, (error as UnreadableEventError).version - 1);
  }
};

/** As if the aggregate's last event had just been seen. */
const upToNow = async ({ eventStore, aggregateId }: Aggregate): Promise<PendingAggregate> => {
  const latest = await latestVersion({ eventStore, aggregateId });
  return { eventStore, aggregateId, latest, events: new Map() };
};

const latestVersion = async ({ eventStore, aggregateId }: Aggregate): Promise<number> => {
  try {
    const { events } = await eventStore.getEvents(aggregateId, { reverse: true, limit: 1 });
    return events[0]?.version ?? 0;
  } catch (error) {
    if (!hasCode(error, 'UnreadableEventError')) throw error;
    return (error as UnreadableEventError).version;
  }
};
