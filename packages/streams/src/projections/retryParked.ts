import {
  checkBoolean,
  checkInteger,
  checkObject,
  checkOptions,
  checkString,
  InvalidArgumentError,
  type OptionNames,
} from '@castore-dynamodb/commons';

import { readEvents } from '../aggregates/eventsAfter.js';
import type { PendingAggregate } from '../aggregates/pendingAggregate.js';
import { isUnreadable } from '../errors.js';
import { catchUp } from './catchUp.js';
import type { ParkedAggregate } from './parked.js';
import { formatPosition, movedPosition, type Position, parkedKey, parsePosition, positionAt } from './position.js';
import type { Projector } from './projector.js';

/**
 * @example
 * const [parked] = await pokedex.listParked();
 * // The projection never handles this event, and goes on with the next one.
 * if (parked !== undefined) await pokedex.retryParked(parked, { skip: true });
 */
export interface RetryParkedOptions {
  /**
   * Treats the event that could not be handled as done, and goes on after it. If events are missing, goes on at the
   * next one that is there.
   *
   * @default false
   */
  skip?: boolean;
}

const OPTIONS = { skip: true } satisfies OptionNames<RetryParkedOptions>;

/** An entry of `listParked`, or as much of it as identifies the aggregate. */
export type ParkedPlace = Pick<ParkedAggregate, 'eventStoreId' | 'aggregateId'> &
  Partial<Pick<ParkedAggregate, 'version'>>;

type Aggregate = Pick<PendingAggregate, 'eventStore' | 'aggregateId'>;

/** As often as a stream handler tries by itself. */
const MAX_ATTEMPTS = 5;

/**
 * Lets an aggregate's events go on, and handles those that wait.
 *
 * The mark at the position goes first, so that events which come meanwhile are handled and not left to wait. The entry in
 * the list goes last: if the process dies in between, the aggregate is still listed, and is retried again.
 */
export const retryParked = async (
  projector: Projector,
  place: ParkedPlace,
  options: RetryParkedOptions,
): Promise<'done' | 'parked'> => {
  checkObject(place, 'aggregate');
  checkOptions(options, '', OPTIONS);
  const { eventStoreId, aggregateId, version } = place;
  const { skip = false } = options;
  checkString(aggregateId, 'aggregateId');
  if (version !== undefined) checkInteger(version, 'version');
  checkBoolean(skip, 'skip');
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

  const [checkpoint] = await checkpoints.read([projector.positionKey(aggregate)]);
  if (parsePosition(name, aggregate, checkpoint).isParked) return 'parked';
  if (entry !== undefined) await checkpoints.remove(entryKey, entry.revision);
  return 'done';
};

/**
 * Takes the mark from the aggregate's position, if there is one. Only the version that was given is skipped or, without
 * one, the version that was parked when this began: another process may meanwhile have retried it, and parked it again
 * at a later event.
 */
const release = async (
  projector: Projector,
  aggregate: Aggregate,
  skip: boolean,
  given: number | undefined,
): Promise<void> => {
  const { name, checkpoints } = projector;
  const key = projector.positionKey(aggregate);
  let givenUp = given;
  for (let seen: Position | undefined; ; ) {
    const [checkpoint] = await checkpoints.read([key]);
    const position =
      seen === undefined
        ? parsePosition(name, aggregate, checkpoint)
        : movedPosition(name, aggregate, checkpoint, seen);
    if (!position.isParked) return;

    const next = position.version + 1;
    givenUp ??= next;
    const skips = skip && givenUp === next;
    const released = skips ? positionAt(position, await lastToSkip(aggregate, next)) : position;
    const value = formatPosition({ ...released, isParked: false });
    if ((await checkpoints.write(key, value, position.revision)) !== undefined) return;
    seen = position;
  }
};

/** The version itself if there is an event; else the last one before the next event that is there. */
const lastToSkip = async (aggregate: Aggregate, version: number): Promise<number> => {
  try {
    const [next] = await readEvents(aggregate, { minVersion: version, limit: 1 });
    return Math.max(version, (next?.version ?? version) - 1);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return Math.max(version, error.version - 1);
  }
};

/** The aggregate up to its last event. */
const upToNow = async (aggregate: Aggregate): Promise<PendingAggregate> => {
  const latest = await latestVersion(aggregate);
  return { ...aggregate, latest, events: new Map() };
};

const latestVersion = async (aggregate: Aggregate): Promise<number> => {
  try {
    const [latest] = await readEvents(aggregate, { reverse: true, limit: 1 });
    return latest?.version ?? 0;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return error.version;
  }
};
