import { eventTableDifferences } from '@castore-dynamodb/adapter';

import { describeDeployedTable, layoutOf, tableFacts } from '../connection/deployedTable.js';
import { EXIT_CODES, type ExitCode } from '../exitCodes.js';
import type { CommandContext, RegisterCommand } from './command.js';

export const describeTableCommand: RegisterCommand = add =>
  add({
    usage: 'describe',
    description: 'show the table and how it differs from what the adapters expect',
    example: 'table describe --table events',
    work: describeTable,
  });

/** Shows the table, and how it differs from the one that the adapters expect; differences are a finding. */
const describeTable = async ({ session, printer }: CommandContext): Promise<ExitCode | void> => {
  const [client, tableName] = await Promise.all([session.client(), session.tableName()]);
  const table = await describeDeployedTable(client, tableName);
  const layout = layoutOf(table);
  const differences =
    layout === undefined
      ? [{ what: 'layout', expected: 'single-table or table-per-store', actual: 'unknown' }]
      : eventTableDifferences(layout, table);
  const facts = tableFacts(table);

  if (printer.isJson) await printer.json({ ...facts, layout: layout ?? null, differences });
  else {
    await printer.record({ ...facts, layout: layout ?? 'unknown' });
    for (const { what, expected, actual } of differences) {
      await printer.text(`differs    ${what}: expected ${expected}, is ${actual}`);
    }
  }
  if (differences.length > 0) return EXIT_CODES.findings;
};
