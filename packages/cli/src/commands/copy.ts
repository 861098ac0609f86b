import { destinationDifference } from '@castore-dynamodb/commons';

import { announceReading } from '../connection/announceReading.js';
import { UsageError } from '../errors.js';
import type { ExitCode } from '../exitCodes.js';
import type { StoredCopy } from '../transfer/copyEvents.js';
import { moveEvents } from '../transfer/moveEvents.js';
import { nameOf, openTable, type TransferTable } from '../transfer/transferTable.js';
import type { CommandContext, RegisterCommand } from './command.js';
import {
  announcement,
  CHECKPOINT_OPTION,
  type CheckpointOptions,
  type MappingOptions,
  readMapping,
  type TargetOptions,
  targetClient,
  transferCheckpoint,
  withMappingOptions,
  withStoreOption,
  withTargetOptions,
} from './transferOptions.js';
import { reportWritten, warnOfStream } from './transferReport.js';

interface CopyCommandOptions extends MappingOptions, TargetOptions, CheckpointOptions {
  readonly follow: boolean;
}

export const copyCommand: RegisterCommand = add =>
  withMappingOptions(
    withTargetOptions(
      withStoreOption(
        add({
          usage: 'copy',
          description: 'write the events of a table to another one, of any layout, region and account',
          example: 'copy --table events --to-table moved --to-profile other-account --follow --write',
          writes: true,
          work: copy,
        }),
      ),
    ),
  )
    .option('-f, --follow', "then keep copying new events, by the table's stream, until Ctrl-C", false)
    .option(...CHECKPOINT_OPTION);

/** How old a checkpoint may be: the stream has no record for longer than 24 hours. */
const MAX_CHECKPOINT_AGE_MS = 20 * 60 * 60 * 1000;

const copy = async (context: CommandContext, options: CopyCommandOptions): Promise<ExitCode | void> => {
  const { session, printer, folder, options: globalOptions, signal } = context;
  if (options.toTable === undefined) throw new UsageError('Where to? Give --to-table.');
  const mapping = await readMapping(folder, options);
  const mapped = options.store?.map(store => mapping.eventStores.get(store) ?? store);
  const source = await openTable(await session.client(), await session.tableName(), options.store);
  const target = await openTable(await targetClient(context, options), options.toTable, mapped);
  await refuseSame(source, target);

  const checkpoint = transferCheckpoint<StoredCopy>(folder, options, mapping, {
    copy: nameOf(source),
    to: nameOf(target),
  });
  const kept = await checkpoint?.read();
  const stored = usable(kept, options.follow);
  if (kept !== stored)
    printer.note('The checkpoint is too old for the stream to have all since: the table is copied anew.');
  await announceReading([source], announcement(context));
  if (globalOptions.write !== true) {
    printer.note(
      `Nothing was read or written. With --write, the events of ${source.tableName} (${source.placement.layout}) go to ${target.tableName} (${target.placement.layout}).`,
    );
    return undefined;
  }
  warnOfStream(printer, target);
  await checkpoint?.prepare();
  printer.progress.beginWriting('The same command goes on: nothing is written twice.');
  const shared = { source, target, eventStores: options.store, mapping, stored, checkpoint, signal };
  const writer = await moveEvents({
    ...shared,
    dynamoDbStreamsClient: options.follow ? await session.streamsClient(source.dynamoDbClient) : undefined,
    report: done => printer.progress.report(done),
    note: sentence => printer.note(sentence),
  });
  return reportWritten(context, writer);
};

/** What lies too far back for the stream is copied anew. */
const usable = (stored: StoredCopy | undefined, follow: boolean): StoredCopy | undefined => {
  if (stored === undefined || !follow) return stored;
  const age = Date.now() - stored.at;
  return age >= 0 && age < MAX_CHECKPOINT_AGE_MS ? stored : undefined;
};

const refuseSame = async (source: TransferTable, target: TransferTable): Promise<void> => {
  const isSame =
    source.tableName === target.tableName &&
    (await destinationDifference(source.dynamoDbClient, target.dynamoDbClient)) === undefined;
  if (isSame) throw new UsageError(`${source.tableName} cannot be copied to itself.`);
};
