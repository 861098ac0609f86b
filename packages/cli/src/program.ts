import { EVENT_TABLE_LAYOUTS } from '@castore-dynamodb/table';
import { Command, InvalidArgumentError as InvalidOption, Option } from 'commander';

import { aggregates } from './commands/aggregates.js';
import type { CommandContext, CommandWork, GlobalOptions } from './commands/command.js';
import { describeTable } from './commands/describeTable.js';
import { events } from './commands/events.js';
import { iam, OPERATIONS } from './commands/iam.js';
import { FORMATS, printTable } from './commands/printTable.js';
import { state } from './commands/state.js';

/** How a command, once its arguments are parsed, is run. */
export type Runner = (options: GlobalOptions, work: CommandWork) => Promise<void>;

const DEFAULT_READ_UNITS = 1000;

const positiveInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidOption('Expected a whole number from 1 on.');
  return value;
};

const list = (text: string): string[] => text.split(',').filter(Boolean);

/** What each command takes and says in its help, and nothing of what it does. */
export const createProgram = (run: Runner): Command => {
  const program = new Command('castore-dynamodb')
    .description('Look into a Castore event store on DynamoDB.')
    .option('-t, --table <name>', 'the table; else CASTORE_DYNAMODB_TABLE, else the configuration says')
    .option('-c, --config <file>', 'the configuration (default: castore-dynamodb.config.ts, if it is there)')
    .option('--region <region>', 'as the AWS CLI takes it')
    .option('--profile <name>', 'as the AWS CLI takes it')
    .option('--endpoint-url <url>', 'as the AWS CLI takes it')
    .option('--json', 'a line of JSON for each thing found, with every value exact', false)
    .option('--redact', 'shapes of payloads instead of payloads', false)
    .option('--max-read-units <units>', 'stop before more is read', positiveInteger, DEFAULT_READ_UNITS)
    .showHelpAfterError('(--help says more)');

  /** Adds a command; what it does is called with its arguments, its options, and the context. */
  const add = (
    command: Command,
    example: string,
    work: (context: CommandContext, ...parsed: never[]) => ReturnType<CommandWork>,
  ): Command =>
    command.addHelpText('after', `\nExample:\n  castore-dynamodb ${example}`).action(async (...parsed: unknown[]) => {
      // Commander's last argument is the command itself.
      const given = parsed.slice(0, -1) as never[];
      await run(command.optsWithGlobals<GlobalOptions>(), context => work(context, ...given));
    });

  add(
    program
      .command('aggregates <store>')
      .description('list the aggregates of an event store by the time of their first events')
      .option('-n, --limit <count>', 'so many', positiveInteger, 50)
      .option('--all', 'every one, page by page', false)
      .option('-r, --reverse', 'the newest first', false)
      .option('--after <instant>', 'that began at this instant or later')
      .option('--before <instant>', 'that began at this instant or earlier')
      .option('--page <token>', 'go on where a listing ended'),
    'aggregates POKEMONS --table events --reverse',
    aggregates,
  );

  add(
    program
      .command('events <store> <aggregate>')
      .description('show the events of an aggregate')
      .option('--from <version>', 'the first version', positiveInteger)
      .option('--to <version>', 'the last version', positiveInteger)
      .option('-n, --limit <count>', 'so many', positiveInteger)
      .option('-r, --reverse', 'the last version first', false)
      .option('--types <types>', 'of these event types only, separated by commas', list)
      .option('--whole', 'payloads whole instead of cut to a line', false),
    'events POKEMONS pikachu1 --table events --reverse --limit 10',
    events,
  );

  add(
    program
      .command('state <store> <aggregate>')
      .description('show an aggregate as the reducer of the configuration makes it')
      .option('--version <version>', 'as it was at this version', positiveInteger)
      .option('--at <instant>', 'as it was at this instant'),
    'state POKEMONS pikachu1 --at 2026-11-27T10:00',
    state,
  );

  const table = program.command('table').description('the event table itself');
  add(
    table.command('describe').description('show the table and how it differs from what the adapters expect'),
    'table describe --table events',
    describeTable,
  );
  add(
    table
      .command('print')
      .description('print the definition of the table, to be deployed')
      .addOption(new Option('-f, --format <format>', 'for').choices(FORMATS).default('cloudformation'))
      .addOption(new Option('--layout <layout>', 'of the table').choices(EVENT_TABLE_LAYOUTS).default('single-table')),
    'table print --format terraform',
    printTable,
  );

  add(
    program
      .command('iam <operations...>')
      .description(`print the IAM policy for operations: ${OPERATIONS.join(', ')}`)
      .requiredOption('--table-arn <arn>', 'of the event table')
      .option('--projection-table-arn <arn>', 'of the table of projections, for operations on it')
      .option('--snapshot-table-arn <arn>', 'of the table of snapshots, if they have one of their own'),
    'iam getEvents pushEvent --table-arn arn:aws:dynamodb:eu-west-1:111122223333:table/events',
    iam,
  );

  return program;
};
