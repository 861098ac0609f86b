import { EXIT_CODES, type ExitCode } from '../exitCodes.js';
import type { Printer } from '../output/printer.js';
import type { EventWriter } from '../transfer/eventWriter.js';
import type { TransferTable } from '../transfer/transferTable.js';
import type { CommandContext } from './command.js';

/** What is written reaches whoever reads the stream of the table. */
export const warnOfStream = (printer: Printer, { tableName, description }: TransferTable): void => {
  if (description.StreamSpecification?.StreamEnabled !== true) return;
  printer.note(
    `The stream of ${tableName} is on: whoever reads it gets each event that is written. A projection passes over what it has handled by its positions, which are in its projection table and not moved.`,
  );
};

/** What was written, and which events were not, as another one is in their place; these are a finding. */
export const reportWritten = async ({ printer }: CommandContext, writer: EventWriter): Promise<ExitCode | void> => {
  const { written, present, redacted, conflicts } = writer;
  printer.progress.clear();
  const redactions = redacted === 0 ? '' : `, ${redacted} redacted`;
  printer.note(`${written} events written, ${present} were there already${redactions}.`);
  if (conflicts.length === 0) return undefined;
  const rows = async function* () {
    for (const conflict of conflicts) {
      const { eventStoreId, aggregateId, version } = conflict;
      yield { data: { conflict }, cells: [eventStoreId, aggregateId, String(version)] };
    }
  };
  await printer.rows(['conflict in event store', 'aggregate', 'version'], rows());
  printer.note(
    `${conflicts.length} aggregates have another event at these versions. It stays, and nothing after it was written in them.`,
  );
  return EXIT_CODES.findings;
};
