import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { describeEventTable } from '@castore-dynamodb/adapter';

import { describeDeployedTable, layoutOf } from '../connection/deployedTable.js';
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
      : (await describeEventTable(client, { tableName, layout })).differences;
  const facts = factsOf(table);
  const data = { ...facts, layout: layout ?? null, differences };

  if (printer.isJson) await printer.json(data);
  else {
    for (const [name, value] of Object.entries({ ...facts, layout: layout ?? 'unknown' })) {
      await printer.text(`${name.padEnd(10)} ${String(value)}`);
    }
    for (const { what, expected, actual } of differences) {
      await printer.text(`differs    ${what}: expected ${expected}, is ${actual}`);
    }
  }
  if (differences.length > 0) return EXIT_CODES.findings;
};

const factsOf = (table: TableDescription) => ({
  name: table.TableName ?? '',
  status: table.TableStatus ?? 'UNKNOWN',
  arn: table.TableArn ?? '',
  // DynamoDB counts about every six hours.
  items: table.ItemCount ?? 0,
  bytes: table.TableSizeBytes ?? 0,
  billing: table.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
  stream: table.StreamSpecification?.StreamViewType ?? 'off',
  protected: table.DeletionProtectionEnabled ?? false,
});
