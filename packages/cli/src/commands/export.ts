import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { announceReading } from '../connection/announceReading.js';
import { UsageError } from '../errors.js';
import { Checkpoint } from '../transfer/checkpoint.js';
import { type ExportOptions, exportEvents, type StoredExport } from '../transfer/exportEvents.js';
import { type ExportSink, fileSink, partialName, streamSink } from '../transfer/exportFile.js';
import { remainderInWords } from '../transfer/remainder.js';
import { openTable } from '../transfer/transferTable.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { announcement, type StoreOptions, withStoreOption } from './transferOptions.js';

interface ExportCommandOptions extends StoreOptions {
  readonly output?: string | undefined;
  readonly gzip: boolean;
}

export const exportCommand: RegisterCommand = add =>
  withStoreOption(
    add({
      usage: 'export',
      description: 'write the events of a table as lines of JSON, exactly as they are stored; resumes with --output',
      example: 'export --table events --output events.ndjson.gz --gzip --max-read-units 50000',
      work: exportTable,
    }),
  )
    .option('-o, --output <file>', 'a file instead of standard output; an unfinished one is continued')
    .option('-z, --gzip', 'compressed', false);

const exportTable = async (context: CommandContext, { store, output, gzip }: ExportCommandOptions): Promise<void> => {
  const { session, terminal, folder, options } = context;
  if (options.redact) {
    throw new UsageError('An export has the payloads, since nobody could import their shapes. Leave out --redact.');
  }
  const table = await openTable(await session.client(), await session.tableName(), store);
  if (output === undefined) {
    await announceReading([table], announcement(context));
    return writeExport(context, { table, eventStores: store }, streamSink(terminal.stdout, gzip), {
      done: '',
      begun: '',
    });
  }
  const path = resolve(folder, output);
  const checkpoint = new Checkpoint<StoredExport>(`${path}.checkpoint`, {
    export: table.description.TableArn ?? table.tableName,
    stores: store ?? null,
    gzip,
  });
  const kept = await checkpoint.read();
  const stored = existsSync(partialName(path)) ? kept : undefined;
  if (stored === undefined) await announceReading([table], announcement(context));
  else context.printer.note(`Going on with ${partialName(path)}, which has ${stored.lines.events} events.`);
  const sink = await fileSink(path, gzip, stored?.bytes);
  return writeExport(context, { table, eventStores: store, stored, checkpoint }, sink, {
    done: ` to ${path}`,
    begun: ` to ${partialName(path)}; the same command goes on there`,
  });
};

const writeExport = async (
  { printer, signal }: CommandContext,
  options: Pick<ExportOptions, 'table' | 'eventStores' | 'stored' | 'checkpoint'>,
  sink: ExportSink,
  where: { readonly done: string; readonly begun: string },
): Promise<void> => {
  try {
    const onProgress = (count: number): void => printer.progress.report(`${count} events exported${where.begun}`);
    const { events, others } = await exportEvents({ ...options, sink, signal, onProgress });
    printer.progress.clear();
    printer.note(`${events} events exported${where.done}.`);
    for (const sentence of remainderInWords({ ...others, inS3: 0, encrypted: 0 })) printer.note(sentence);
  } catch (error) {
    await sink.close().catch(() => {});
    throw error;
  }
};
