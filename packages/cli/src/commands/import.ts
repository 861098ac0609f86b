import type { ExitCode } from '../exitCodes.js';
import { EventWriter } from '../transfer/eventWriter.js';
import { type ImportPlan, type StoredImport, stage, writeStaged } from '../transfer/importEvents.js';
import { openSource } from '../transfer/importSource.js';
import { remainderInWords } from '../transfer/remainder.js';
import { nameOf, openTable } from '../transfer/transferTable.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { sourceOptions } from './sourceOptions.js';
import {
  CHECKPOINT_OPTION,
  type CheckpointOptions,
  type MappingOptions,
  readMapping,
  transferCheckpoint,
  withMappingOptions,
  withStoreOption,
} from './transferOptions.js';
import { reportWritten, warnOfStream } from './transferReport.js';

type ImportCommandOptions = MappingOptions & CheckpointOptions;

export const importCommand: RegisterCommand = add =>
  withMappingOptions(
    withStoreOption(
      add({
        usage: 'import <source>',
        description: 'write the events of an export to a table: a file, -, or a point-in-time export, here or in S3',
        example: 'import events.ndjson.gz --table restored --write',
        writes: true,
        work: importSource,
      }),
    ),
  ).option(...CHECKPOINT_OPTION);

const importSource = async (
  context: CommandContext,
  location: string,
  options: ImportCommandOptions,
): Promise<ExitCode | void> => {
  const { session, printer, signal, folder, options: globalOptions } = context;
  const mapping = await readMapping(folder, options);
  const source = await openSource(location, sourceOptions(context, options.store));
  const mapped = options.store?.map(store => mapping.eventStores.get(store) ?? store);
  const target = await openTable(await session.client(), await session.tableName(), mapped);

  const onProgress = (events: number): void => printer.progress.report(`${events} events read from ${source.name}`);
  const { staging, plan } = await stage(source, target, mapping, { signal, onProgress });
  try {
    printer.progress.clear();
    await printPlan(context, plan);
    noteAbsent(context, mapped, plan, source.name);
    if (globalOptions.write !== true) {
      printer.note(
        `Nothing was written. With --write, ${plan.events} events go to ${target.tableName}, for about ${plan.writeUnits} write units.`,
      );
      return undefined;
    }
    warnOfStream(printer, target);
    const writer = new EventWriter(target, signal, { redacts: false });
    const checkpoint = transferCheckpoint<StoredImport>(folder, options, mapping, {
      import: source.name,
      to: nameOf(target),
      events: plan.events,
    });
    await checkpoint?.prepare();
    printer.progress.beginWriting('The same command goes on: nothing is written twice.');
    await writeStaged(staging, writer, {
      checkpoint,
      onProgress: () => {
        const done = writer.written + writer.present;
        printer.progress.report(
          `${done} of ${plan.events} events are in ${target.tableName}`,
          plan.events === 0 ? 1 : done / plan.events,
        );
      },
    });
    return await reportWritten(context, writer);
  } finally {
    await staging.remove();
  }
};

/** A misspelt store would else look like one whose events are all there already. */
const noteAbsent = (
  { printer }: CommandContext,
  asked: readonly string[] | undefined,
  { eventStores }: ImportPlan,
  source: string,
): void => {
  const absent = asked?.filter(store => !eventStores.some(({ eventStoreId }) => eventStoreId === store)) ?? [];
  if (absent.length > 0) printer.note(`${source} has no events for ${absent.join(', ')}.`);
};

const printPlan = async ({ printer }: CommandContext, { eventStores, remainder }: ImportPlan): Promise<void> => {
  const rows = async function* () {
    for (const { eventStoreId, aggregates, events } of eventStores) {
      yield { data: { eventStoreId, aggregates, events }, cells: [eventStoreId, String(aggregates), String(events)] };
    }
  };
  await printer.rows(['event store', 'aggregates', 'events'], rows());
  for (const sentence of remainderInWords(remainder)) printer.note(sentence);
};
