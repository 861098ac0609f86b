import type { EventStore } from '@castore/core';
import { checkOptions, InvalidArgumentError, mapConcurrently, type OptionNames } from '@castore-dynamodb/commons';

import { AggregateWork } from './aggregateWork.js';
import { removeAggregate } from './deleteAggregate.js';
import { formatScanToken, parseScanToken, scanPage } from './eventStoreScan.js';
import type { RemainingCopy } from './remainingCopies.js';
import { deleteInTable } from './snapshotDeletion.js';
import { checkStoredOptions, STORED_OPTIONS, type StoredEventsOptions } from './storedOptions.js';

export interface DeleteEventStoreOptions extends StoredEventsOptions {
  /** The event store's id once more: what is deleted does not come back. */
  confirm: string;
  /** Where to go on: `pageToken` of the last progress that was seen. Leave it out to begin anew, which is always right. */
  pageToken?: string | undefined;
}

/** How far the deletion has come. */
export interface EventStoreDeletionProgress {
  /** `listed`: aggregates of the listing. `scanned`: what the listing lacks. `done`: nothing is left. */
  readonly phase: 'listed' | 'scanned' | 'done';
  /** Aggregates removed since the start of this run, and their events and snapshots. */
  readonly aggregates: number;
  readonly events: number;
  readonly snapshots: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Goes on after this point of the scan; undefined while the listing is worked on, and at the end. */
  readonly pageToken: string | undefined;
  /** Where something of the events may still be; of objects, those that no earlier progress has named. */
  readonly copies: readonly RemainingCopy[];
}

const OPTIONS = { ...STORED_OPTIONS, confirm: true, pageToken: true } satisfies OptionNames<DeleteEventStoreOptions>;

const PAGE_SIZE = 100;
const AT_A_TIME = 10;

/**
 * Removes all aggregates of an event store with their snapshots, as `deleteAggregate` does it. It does its work while it is
 * iterated over. Items of other event stores, and whatever else is in the table, stay; so does the table.
 *
 * It goes through the listing, and then scans the table for what that lacks: aggregates without a first event, and snapshots
 * without an aggregate. If it fails or is interrupted, call it again.
 *
 * Stop all writers first: an aggregate that is pushed to meanwhile may be left. A second call finds it.
 *
 * Costs what `deleteAggregate` costs for each aggregate, the listing, and a Scan: a read unit for each 4 KB of what else is in
 * the table, that of other event stores included.
 *
 * @throws InvalidArgumentError, if `confirm` is not the event store's id too; what `deleteAggregate` throws.
 *
 * @example
 * for await (const { aggregates } of deleteEventStore(pokemons, { confirm: 'POKEMONS' })) console.log(aggregates);
 */
export async function* deleteEventStore(
  eventStore: EventStore,
  options: DeleteEventStoreOptions,
): AsyncGenerator<EventStoreDeletionProgress, void, undefined> {
  checkOptions(options, 'options', OPTIONS);
  checkStoredOptions(options);
  const work = new AggregateWork(eventStore, options);
  const { eventStoreId, stored, meter } = work;
  if (options.confirm !== eventStoreId) {
    throw new InvalidArgumentError(
      'options.confirm',
      `expected the id of the event store to delete, ${JSON.stringify(eventStoreId)}.`,
    );
  }
  let startKey = options.pageToken === undefined ? undefined : parseScanToken(options.pageToken, eventStoreId);
  let aggregates = 0;
  const remove = async (aggregateId: string): Promise<void> => {
    const removed = await removeAggregate(work, aggregateId);
    if (removed > 0) aggregates += 1;
  };
  const progress = (phase: EventStoreDeletionProgress['phase'], pageToken?: string): EventStoreDeletionProgress => {
    const { events, snapshots, readUnits, writeUnits, copies } = work.result();
    work.references.clear();
    work.snapshotDeletion.objects.splice(0);
    return { phase, aggregates, events, snapshots, readUnits, writeUnits, pageToken, copies };
  };

  if (startKey === undefined) {
    let page: { limit: number } | { pageToken: string } | undefined = { limit: PAGE_SIZE };
    while (page !== undefined) {
      const { aggregateIds, nextPageToken } = await eventStore.listAggregateIds(page);
      await mapConcurrently(aggregateIds, AT_A_TIME, ({ aggregateId }) => remove(aggregateId));
      if (aggregateIds.length > 0) yield progress('listed');
      page = nextPageToken === undefined ? undefined : { pageToken: nextPageToken };
    }
  }
  do {
    const { keys, nextKey } = await scanPage(stored, eventStoreId, meter, startKey);
    const { aggregateIds, snapshotPartitions } = keys;
    await mapConcurrently(aggregateIds, AT_A_TIME, remove);
    await mapConcurrently(snapshotPartitions, AT_A_TIME, async partitionKey => {
      const count = await deleteInTable(stored.table, partitionKey, meter, work.snapshotDeletion.objects);
      work.snapshots += count;
    });
    startKey = nextKey;
    if (nextKey !== undefined) yield progress('scanned', formatScanToken(nextKey, eventStoreId));
  } while (startKey !== undefined);
  yield progress('done');
}
