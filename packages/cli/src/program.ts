import { Command } from 'commander';

import { aggregatesCommand } from './commands/aggregates.js';
import type { AddCommand, CommandGroup, GlobalOptions, RegisterCommand, Runner } from './commands/command.js';
import { completionCommand } from './commands/completion.js';
import { copyCommand } from './commands/copy.js';
import { createTableCommand } from './commands/createTable.js';
import { deleteTableCommand } from './commands/deleteTable.js';
import { describeTableCommand } from './commands/describeTable.js';
import { doctorCommand } from './commands/doctor.js';
import { eventsCommand } from './commands/events.js';
import { explorerCommand } from './commands/explorer.js';
import { exportCommand } from './commands/export.js';
import { iamCommand } from './commands/iam.js';
import { importCommand } from './commands/import.js';
import { positiveInteger } from './commands/options.js';
import { listParkedCommand } from './commands/parked/list.js';
import { retryParkedCommand, skipParkedCommand } from './commands/parked/retry.js';
import { printTableCommand } from './commands/printTable.js';
import { pushCommand } from './commands/push.js';
import { replayCommand } from './commands/replay.js';
import { deleteSnapshotsCommand } from './commands/snapshots/delete.js';
import { buildSnapshotsCommand, pruneSnapshotsCommand } from './commands/snapshots/maintain.js';
import { stateCommand } from './commands/state.js';
import { tailCommand } from './commands/tail.js';
import { verifyCommand } from './commands/verify.js';
import { UsageError } from './errors.js';

/** In the order of `--help`. */
const COMMANDS: readonly (RegisterCommand | CommandGroup)[] = [
  aggregatesCommand,
  eventsCommand,
  stateCommand,
  explorerCommand,
  tailCommand,
  pushCommand,
  exportCommand,
  importCommand,
  copyCommand,
  verifyCommand,
  {
    name: 'table',
    description: 'the event table itself',
    commands: [createTableCommand, describeTableCommand, deleteTableCommand, printTableCommand],
  },
  doctorCommand,
  {
    name: 'parked',
    description: 'aggregates that a projection has parked, because one of their events could not be handled',
    commands: [listParkedCommand, retryParkedCommand, skipParkedCommand],
  },
  replayCommand,
  {
    name: 'snapshots',
    description: 'write and delete snapshots of aggregates',
    commands: [buildSnapshotsCommand, pruneSnapshotsCommand, deleteSnapshotsCommand],
  },
  iamCommand,
  completionCommand,
];

const DEFAULT_READ_UNITS = 1000;

/**
 * The program with its commands, of which each says in a file of its own what it takes and does. What only some commands
 * need (streams, snapshots, the explorer, the doctor), these load when they are run: at the start it would be a third of all.
 */
export const createProgram = (run: Runner): Command => {
  const program = new Command('castore-dynamodb')
    .description('Look into Castore event stores on DynamoDB, and maintain them.')
    .option('-t, --table <name>', 'the table (default: CASTORE_DYNAMODB_TABLE, or that of the configuration)')
    .option('-c, --config <file>', 'the configuration (default: castore-dynamodb.config.ts, if it is there)')
    .option('--region <region>', 'as in the AWS CLI')
    .option('--profile <name>', 'as in the AWS CLI')
    .option('--endpoint-url <url>', 'as in the AWS CLI')
    .option('--json', 'print a line of JSON for each result, with exact values', false)
    .option('--redact', 'print the shapes of payloads, not their content', false)
    .option('--max-read-units <units>', 'stop before reading more than this', positiveInteger, DEFAULT_READ_UNITS)
    .addHelpText('after', '\ncastore-dynamodb --version prints the version of this program.')
    .showHelpAfterError('(--help says more; an id or a payload that begins with - goes after -- at the end)');

  for (const command of COMMANDS) {
    if (typeof command === 'function') command(adderTo(program, run));
    else {
      const group = program.command(command.name).description(command.description);
      for (const register of command.commands) register(adderTo(group, run));
    }
  }
  return program;
};

const adderTo =
  (parent: Command, run: Runner): AddCommand =>
  ({ usage, description, example, writes = false, work }) => {
    const command = parent.command(usage).description(description);
    if (writes) command.option('--write', 'do it; without it, only say what would be done', false);
    return command
      .addHelpText('after', `\nExample:\n  castore-dynamodb ${example}`)
      .action(async (...parsed: unknown[]) => {
        // Commander's last argument is the command itself.
        const given = parsed.slice(0, -1) as never[];
        await run(command.optsWithGlobals<GlobalOptions>(), async context => {
          const empty = command.registeredArguments.find((_, at) => parsed[at] === '');
          if (empty !== undefined) throw new UsageError(`The argument <${empty.name()}> is empty.`);
          return work(context, ...given);
        });
      });
  };
