import { mapConcurrently } from '@castore-dynamodb/commons';
import type { Snapshots } from '@castore-dynamodb/snapshots';

import { snapshotsInTable } from '../../connection/snapshots.js';
import type { CommandContext, RegisterCommand } from '../command.js';

export const deleteSnapshotsCommand: RegisterCommand = add =>
  add({
    usage: 'delete <store> [aggregate]',
    description: 'delete the snapshots of one aggregate or of all, of every reducer version; new ones are made later',
    example: 'snapshots delete POKEMONS pikachu1 --table events --write',
    writes: true,
    work: deleteSnapshots,
  }).option(
    '--snapshot-table <name>',
    'the table of the snapshots, without a configuration (default: the event table)',
  );

const AT_A_TIME = 25;

const deleteSnapshots = async (
  { session, printer, options, signal }: CommandContext,
  eventStoreId: string,
  aggregateId: string | undefined,
  { snapshotTable }: { snapshotTable?: string },
): Promise<void> => {
  const eventStore = await snapshotsInTable(session, eventStoreId, snapshotTable);
  const whose = aggregateId === undefined ? 'every aggregate' : JSON.stringify(aggregateId);
  if (options.write !== true) {
    printer.note(`Would delete all snapshots of ${whose} in ${eventStoreId}.`);
    printer.dryRun();
    return;
  }
  printer.progress.beginWriting('What is deleted stays so; the same command deletes the rest.');
  const counts = { aggregates: 0, snapshots: 0 };
  let hasLeftOut = false;
  /** Throws nothing at an interruption, so that whatever is under way ends, and is counted. */
  const deleteOf = async (snapshots: Snapshots, id: string) => {
    hasLeftOut ||= signal.aborted;
    if (signal.aborted) return;
    const deleted = await snapshots.deleteOf(id);
    counts.snapshots += deleted;
    counts.aggregates += 1;
    printer.progress.report(`${counts.snapshots} snapshots of ${counts.aggregates} aggregates deleted`);
  };
  signal.throwIfAborted();
  if (aggregateId !== undefined) await deleteOf(eventStore.snapshots, aggregateId);
  else {
    let pageToken: string | undefined;
    do {
      signal.throwIfAborted();
      const page = await eventStore.listAggregateIds(pageToken === undefined ? { limit: 100 } : { pageToken });
      await mapConcurrently(page.aggregateIds, AT_A_TIME, each => deleteOf(eventStore.snapshots, each.aggregateId));
      if (hasLeftOut) signal.throwIfAborted();
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
  }
  if (printer.isJson) await printer.json({ eventStoreId, ...counts });
  else await printer.text(`${counts.snapshots} snapshots of ${counts.aggregates} aggregates deleted.`);
};
