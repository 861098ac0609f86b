import type { EventStore } from '@castore/core';
import { MAX_REMOVED_EVENTS } from '@castore-dynamodb/adapter';
import { checkOptions, checkString, notify, type OptionNames } from '@castore-dynamodb/commons';

import { AggregateWork, type StoredEventsResult } from './aggregateWork.js';
import {
  checkProgressCallback,
  checkStoredOptions,
  STORED_OPTIONS,
  type StoredEventsOptions,
} from './storedOptions.js';

/**
 * @example
 * const showProgress = ({ events, writeUnits }: AggregateDeletionProgress): void => console.log(events, writeUnits);
 * await deleteAggregate(pokemons, 'pikachu-1', { onProgress: showProgress });
 */
export interface AggregateDeletionProgress {
  /** Events removed until now. */
  readonly events: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/**
 * @example
 * await deleteAggregate(pokemons, 'pikachu-1', {
 *   snapshots: new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient }),
 *   projections: [{ name: 'pokedex' }],
 *   onProgress: ({ events, writeUnits }) => console.log(events, writeUnits),
 * });
 */
export interface DeleteAggregateOptions extends StoredEventsOptions {
  /** Is called after each 99 events. */
  onProgress?: ((progress: AggregateDeletionProgress) => void) | undefined;
}

const OPTIONS = { ...STORED_OPTIONS, onProgress: true } satisfies OptionNames<DeleteAggregateOptions>;

/**
 * Removes all events of an aggregate, and its snapshots. Its id is free again.
 *
 * The newest events go first, 99 in a transaction, and only if no event has come after them. So an aggregate of up to 99 events
 * is gone at once; of a larger one, readers see its beginning until it is gone, and listings show it until then. If it fails or
 * is interrupted, call it again. Events that are pushed meanwhile are removed too.
 *
 * A writer that had loaded the aggregate before may push to it afterwards, and leave an event without a beginning: stop writers
 * first, or call this again. An adapter with `gapless: true` refuses such a push.
 *
 * Costs, for each 99 events, a request with a read unit for each 4 KB and one with two write units for each KB of each of them
 * and two more; and a request at the end, which looks whether all is gone; and as `redactEvent` for snapshots.
 *
 * @throws InvalidArgumentError; AggregateBusyError if somebody pushes to it all the time; UnreadableEventError if the adapter
 *   lacks a transformation that may have put content elsewhere.
 *
 * @example
 * const { events, copies } = await deleteAggregate(pokemons, 'pikachu-1');
 * for (const { kind, name, remedy } of copies) console.log(`${kind} ${name}: ${remedy}`);
 */
export const deleteAggregate = async (
  eventStore: EventStore,
  aggregateId: string,
  options: DeleteAggregateOptions = {},
): Promise<StoredEventsResult> => {
  checkString(aggregateId, 'aggregateId');
  checkOptions(options, 'options', OPTIONS);
  checkStoredOptions(options);
  checkProgressCallback(options.onProgress);
  const work = new AggregateWork(eventStore, options);
  await removeAggregate(work, aggregateId, () => {
    const { readUnits, writeUnits } = work.meter;
    notify('options.onProgress', options.onProgress, { events: work.events, readUnits, writeUnits });
  });
  return work.result();
};

/** How many events were removed. Others may be at work on other aggregates with the same `work`, which counts them all. */
export const removeAggregate = async (
  work: AggregateWork,
  aggregateId: string,
  onProgress = (): void => {},
): Promise<number> => {
  let removed = 0;
  await work.deleteSnapshots(aggregateId);
  await work.untilUnchanged(aggregateId, async () => {
    const { events } = await work.read(aggregateId, { reverse: true, limit: MAX_REMOVED_EVENTS });
    if (events.length === 0) return 'done';
    for (const event of events) work.remember(await work.stored.referencesOf(event));
    const { outcome } = await work.meter.write(2 * events.length + 2, () => work.stored.removeLast(events));
    if (outcome === 'changed') return 'changed';
    removed += events.length;
    work.events += events.length;
    onProgress();
    return 'progress';
  });
  await work.deleteSnapshots(aggregateId);
  return removed;
};
