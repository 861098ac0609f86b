import { type EventTableOperation, eventTableOperations } from '@castore-dynamodb/table';

import { announceReading } from '../connection/announceReading.js';
import type { Session } from '../connection/session.js';
import type { Extent } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { UsageError } from '../errors.js';
import { EXIT_CODES, type ExitCode } from '../exitCodes.js';
import { counted } from '../output/counted.js';
import type { Printer } from '../output/printer.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { list, positiveInteger } from './options.js';

export const doctorCommand: RegisterCommand = add =>
  add({
    usage: 'doctor [store] [aggregate]',
    description: 'find what is wrong with the table, the events and what is made from them, and say how to repair it',
    example: 'doctor --table events --scan --max-read-units 20000',
    work: doctor,
  })
    .option('--scan', 'look at the whole table, instead of one page', false)
    .option('--max-lag <seconds>', 'how late a projection may be before it is reported', positiveInteger, 300)
    .option(
      '--operations <names>',
      'check the permissions of these operations, separated by commas',
      list,
      DEFAULT_OPERATIONS,
    );

const DEFAULT_OPERATIONS: readonly string[] = ['getEvents', 'listAggregateIds', 'describeEventTable'];

interface DoctorOptions {
  readonly scan: boolean;
  readonly maxLag: number;
  readonly operations: readonly string[];
}

/** Looks at everything that can be looked at, and reports what is wrong. */
const doctor = async (
  { session, printer, options, signal }: CommandContext,
  eventStoreId: string | undefined,
  aggregateId: string | undefined,
  { scan, maxLag, operations }: DoctorOptions,
): Promise<ExitCode | void> => {
  const checked = operations.map(checkOperation);
  if (scan && eventStoreId !== undefined) throw new UsageError('Give --scan or an event store, not both.');
  const [{ examine }, { subjectOf }] = await Promise.all([
    import('../doctor/examine.js'),
    import('../doctor/subject.js'),
  ]);
  const extent = await extentOf(session, eventStoreId, aggregateId, scan);
  const subject = await subjectOf(session, 'eventStore' in extent ? extent.eventStore : undefined);
  if (scan) await announceReading(subject.tables, { printer, maxReadUnits: options.maxReadUnits });

  const counts = { problem: 0, remark: 0 };
  const lookedAt = new Map<string, number>();
  const findings = examine(subject, {
    extent,
    operations: checked,
    maxLagMs: maxLag * 1000,
    signal,
    onAggregates: (tableName, count, isDone) => {
      lookedAt.set(tableName, count);
      if (!isDone) printer.progress.report(`${count} aggregates of ${tableName} looked at`);
    },
  });
  for await (const finding of findings) {
    signal.throwIfAborted();
    counts[finding.severity] += 1;
    await print(printer, finding);
  }
  const aggregates = [...lookedAt.values()].reduce((sum, count) => sum + count, 0);
  const of = extent.kind === 'sample' ? ', a page of each table (--scan looks at all)' : '';
  printer.note(
    `${counted(counts.problem, 'problem')}, ${counted(counts.remark, 'remark')}. Looked at ${counted(aggregates, 'aggregate')}${of}.`,
  );
  if (counts.problem > 0) return EXIT_CODES.findings;
};

const extentOf = async (
  session: Session,
  eventStoreId: string | undefined,
  aggregateId: string | undefined,
  scan: boolean,
): Promise<Extent> => {
  if (eventStoreId === undefined) return { kind: scan ? 'all' : 'sample' };
  const eventStore = await session.eventStore(eventStoreId);
  return aggregateId === undefined
    ? { kind: 'event-store', eventStore }
    : { kind: 'aggregate', eventStore, aggregateId };
};

const checkOperation = (name: string): EventTableOperation => {
  if (Object.hasOwn(eventTableOperations, name)) return name as EventTableOperation;
  throw new UsageError(
    `There is no operation ${JSON.stringify(name)}. Operations: ${Object.keys(eventTableOperations).join(', ')}.`,
  );
};

const print = async (printer: Printer, finding: Finding): Promise<void> => {
  if (printer.isJson) return printer.json(finding);
  const { check, severity, message, remedy } = finding;
  await printer.text(`${severity}: ${check}: ${message}`);
  await printer.text(`  ${remedy}`);
};
