import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type CreateEventTableOptions, createEventTable } from '@castore-dynamodb/adapter';
import { isNamed } from '@castore-dynamodb/commons';

import { describeDeployedTable, describeIfThere, tableFacts } from '../connection/deployedTable.js';
import { CommandFailedError } from '../errors.js';
import type { CommandContext, RegisterCommand } from './command.js';
import type { WriteOptions } from './options.js';
import { checkNewTableName, type TableSettings, withTableSettings } from './tableSettings.js';

export const createTableCommand: RegisterCommand = add =>
  withTableSettings(
    add({
      usage: 'create',
      description: 'create an event table and wait until it can be used (on-demand billing)',
      example: 'table create --table events --stream --write',
      writes: true,
      work: createTable,
    }),
  );

/** Creates a table as `table print` has it, and waits until it is active. */
const createTable = async (
  { session, printer, signal }: CommandContext,
  { layout, stream, pointInTimeRecovery, deletionProtection, write }: TableSettings & WriteOptions,
): Promise<void> => {
  const tableName = checkNewTableName(await session.tableName());
  const client = await session.client();
  if ((await describeIfThere(client, tableName)) !== undefined) {
    throw new CommandFailedError(`There is a table ${tableName} already. castore-dynamodb table describe shows it.`);
  }
  signal.throwIfAborted();
  const settings = { layout, stream, pointInTimeRecovery, deletionProtection };
  if (!write) {
    await printer.record({ name: tableName, ...settings });
    printer.note('Not created: --write creates it.');
    return;
  }
  printer.progress.beginWriting('', 'Then castore-dynamodb table describe shows whether the table is there.');
  printer.note(`Creating ${tableName} …`);
  const isRecoverable = await create(client, { tableName, ...settings });
  if (isRecoverable !== pointInTimeRecovery) {
    printer.note('This engine has no point-in-time recovery, so the table has none.');
  }
  const facts = tableFacts(await describeDeployedTable(client, tableName));
  await printer.record({ ...facts, layout, pointInTimeRecovery: isRecoverable });
};

/** Resolves with whether the table can be restored, which a local engine does not know. Then the table is there all the same. */
const create = async (client: DynamoDBClient, options: CreateEventTableOptions): Promise<boolean> => {
  try {
    await createEventTable(client, options);
    return options.pointInTimeRecovery === true;
  } catch (error) {
    if (!isNamed(error, 'UnknownOperationException')) throw error;
    return false;
  }
};
