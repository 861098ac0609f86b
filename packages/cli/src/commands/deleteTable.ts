import { deleteEventTable } from '@castore-dynamodb/adapter';

import { describeDeployedTable, tableFacts } from '../connection/deployedTable.js';
import { CommandFailedError, UsageError } from '../errors.js';
import { askFor } from '../input/prompt.js';
import type { CommandContext, RegisterCommand } from './command.js';
import type { WriteOptions } from './options.js';

export interface DeleteTableOptions extends WriteOptions {
  readonly confirm?: string | undefined;
}

export const deleteTableCommand: RegisterCommand = add =>
  add({
    usage: 'delete',
    description: 'delete a table with all its events, and wait until it is gone',
    example: 'table delete --table events-test --write --confirm events-test',
    writes: true,
    work: deleteTable,
  }).option('--confirm <name>', "the table's name again; without it, you are asked");

/** Deletes a table whose name was typed twice: a second time at the prompt, or by `--confirm`. */
const deleteTable = async (context: CommandContext, { confirm, write }: DeleteTableOptions): Promise<void> => {
  const { session, printer, signal } = context;
  const [client, tableName] = await Promise.all([session.client(), session.tableName()]);
  if (confirm !== undefined && confirm !== tableName) {
    throw new UsageError(`--confirm ${JSON.stringify(confirm)} is not the table's name, ${JSON.stringify(tableName)}.`);
  }
  const facts = tableFacts(await describeDeployedTable(client, tableName));
  signal.throwIfAborted();
  if (facts.protected) {
    throw new CommandFailedError(
      `The table ${tableName} is protected from deletion. Switch that off where it was deployed, or by: aws dynamodb update-table --table-name ${tableName} --no-deletion-protection-enabled`,
    );
  }
  if (!write) {
    await printer.record(facts);
    printer.note('Not deleted: --write deletes it, with all its events.');
    return;
  }
  if (confirm === undefined) await askForName(context, tableName, facts.items);
  printer.progress.beginWriting('', 'Then castore-dynamodb table describe shows whether the table is still there.');
  printer.note(`Deleting ${tableName} …`);
  await deleteEventTable(client, { tableName });
  await printer.record({ ...facts, status: 'DELETED' });
};

const askForName = async ({ terminal, signal }: CommandContext, tableName: string, items: number): Promise<void> => {
  const question = `Type the name of the table to delete it with about ${items} items: `;
  const answer = await askFor(terminal, question, signal);
  if (answer === undefined) {
    throw new UsageError(`There is no terminal to ask in. Give --confirm ${JSON.stringify(tableName)}.`);
  }
  if (answer !== tableName)
    throw new UsageError(`That is not the name ${JSON.stringify(tableName)}. Nothing was deleted.`);
};
