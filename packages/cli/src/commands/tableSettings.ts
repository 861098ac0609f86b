import { EVENT_TABLE_LAYOUTS, type EventTableLayout } from '@castore-dynamodb/table';
import { type Command, Option } from 'commander';

import { UsageError } from '../errors.js';

/** How a table is to be made, whether the command makes it or prints how: the same defaults for both. */
export interface TableSettings {
  readonly layout: EventTableLayout;
  readonly stream: boolean;
  readonly pointInTimeRecovery: boolean;
  readonly deletionProtection: boolean;
}

export const withTableSettings = (command: Command): Command =>
  command
    .addOption(new Option('--layout <layout>', 'of the table').choices(EVENT_TABLE_LAYOUTS).default('single-table'))
    .option('--stream', 'new events appear in a stream, for projections and tail', false)
    .option('--no-point-in-time-recovery', 'the table cannot be restored as it was before a mistake')
    .option('--no-deletion-protection', 'the table can be deleted');

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html (TableName) */
const NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

/** @throws UsageError */
export const checkNewTableName = (name: string): string => {
  if (NAME.test(name)) return name;
  throw new UsageError(
    `A table cannot be named ${JSON.stringify(name)}: a name has 3 to 255 of the characters a-z, A-Z, 0-9, _, - and the dot.`,
  );
};
