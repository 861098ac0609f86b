import type { BuildProgress, MaintenanceProgress, Snapshots } from '@castore-dynamodb/snapshots';

import { configuredSnapshots } from '../../connection/snapshots.js';
import { EXIT_CODES, type ExitCode } from '../../exitCodes.js';
import type { CommandContext, RegisterCommand } from '../command.js';
import { positiveInteger } from '../options.js';

interface MaintainOptions {
  readonly page?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly scan?: boolean | undefined;
}

export const buildSnapshotsCommand: RegisterCommand = add =>
  add({
    usage: 'build <store>',
    description: 'write the snapshots that are due by the policy of the event store',
    example: 'snapshots build POKEMONS --write',
    writes: true,
    work: (context, eventStoreId: string, options: MaintainOptions) =>
      maintain(context, eventStoreId, options, {
        would: 'write the snapshots that are due of every aggregate',
        run: (snapshots, given) => snapshots.build({ ...given, scan: options.scan }),
      }),
  })
    .option('--page <token>', 'go on where an earlier call was interrupted')
    .option('--concurrency <count>', 'aggregates at a time (default: 25)', positiveInteger)
    .option('--scan', 'scan the table instead of asking for each aggregate: cheaper if many are short');

export const pruneSnapshotsCommand: RegisterCommand = add =>
  add({
    usage: 'prune <store>',
    description: "delete the snapshots of other reducer versions than the configuration's",
    example: 'snapshots prune POKEMONS --write',
    writes: true,
    work: (context, eventStoreId: string, options: MaintainOptions) =>
      maintain(context, eventStoreId, options, {
        would: 'delete the snapshots of other reducer versions of every aggregate',
        run: (snapshots, given) => snapshots.deleteOutdated(given),
      }),
  })
    .option('--page <token>', 'go on where an earlier call was interrupted')
    .option('--concurrency <count>', 'aggregates at a time (default: 25)', positiveInteger);

interface Maintenance {
  /** What is said without `--write`. */
  readonly would: string;
  readonly run: (
    snapshots: Snapshots,
    options: { pageToken?: string | undefined; concurrency?: number | undefined },
  ) => AsyncIterable<MaintenanceProgress | BuildProgress>;
}

const maintain = async (
  { session, printer, options, signal }: CommandContext,
  eventStoreId: string,
  { page, concurrency }: MaintainOptions,
  { would, run }: Maintenance,
): Promise<ExitCode | void> => {
  const { snapshots } = await configuredSnapshots(session, eventStoreId);
  if (options.write !== true) {
    printer.note(`Would ${would} in ${eventStoreId}.`);
    printer.dryRun();
    return;
  }
  printer.progress.beginWriting('The same command goes on; what is done already costs reading only.');
  let progress: MaintenanceProgress | BuildProgress = { aggregates: 0, snapshots: 0, failures: 0, pageToken: page };
  try {
    for await (const next of run(snapshots, { pageToken: page, concurrency })) {
      printer.progress.report(`${next.aggregates} aggregates, ${next.snapshots} snapshots`);
      // What the budget kept from being read counts as a failure: the whole page is to be looked at again.
      if (next.failures > progress.failures) session.checkReadBudget();
      progress = next;
      // After the last page everything is done.
      if (next.pageToken !== undefined) signal.throwIfAborted();
    }
  } catch (error) {
    if (progress.pageToken !== undefined) printer.note(`To go on from there: --page ${progress.pageToken}`);
    throw error;
  }
  const { pageToken: _, ...counts } = progress;
  await printCounts(printer, { eventStoreId, ...counts });
  if (counts.failures > 0) return EXIT_CODES.failed;
};

const printCounts = async (
  printer: CommandContext['printer'],
  counts: Readonly<Record<string, unknown>>,
): Promise<void> => {
  if (printer.isJson) return printer.json(counts);
  await printer.text(
    Object.entries(counts)
      .map(([name, count]) => `${name} ${String(count)}`)
      .join(', '),
  );
};
