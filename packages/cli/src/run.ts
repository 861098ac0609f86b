import { setMaxListeners } from 'node:events';

import { CommanderError } from 'commander';

import type { CommandWork, GlobalOptions } from './commands/command.js';
import type { CastoreDynamoDbConfig } from './config/defineConfig.js';
import { Answers, type Patience } from './connection/answers.js';
import { ReadBudget } from './connection/readBudget.js';
import { Session } from './connection/session.js';
import { failureOf } from './errors.js';
import { EXIT_CODES, type ExitCode } from './exitCodes.js';
import { Printer, type Terminal } from './output/printer.js';
import { createProgram } from './program.js';

export interface RunOptions {
  readonly terminal: Terminal;
  /** The folder in which a configuration is looked for. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Instead of the one that is looked for. */
  readonly config?: CastoreDynamoDbConfig | undefined;
  readonly patience?: Patience | undefined;
}

/** Runs the command with its arguments, the program's name left out. Never throws. */
export const run = async (
  argv: readonly string[],
  { terminal, folder, signal, config, patience }: RunOptions,
): Promise<ExitCode> => {
  // Many requests at a time listen to it.
  setMaxListeners(0, signal);
  let exitCode: ExitCode = EXIT_CODES.done;

  const runWork = async (options: GlobalOptions, work: CommandWork): Promise<void> => {
    const printer = new Printer(terminal, { json: options.json });
    const budget = new ReadBudget(options.maxReadUnits);
    const answers = new Answers(sentence => printer.note(sentence), patience);
    const session = new Session(options, terminal.env, folder, budget, { config, answers });
    try {
      signal.throwIfAborted();
      exitCode =
        (await untilAborted(signal, printer, work({ session, printer, options, terminal, folder, signal }))) ??
        EXIT_CODES.done;
    } catch (error) {
      if (signal.aborted) exitCode = EXIT_CODES.interrupted;
      else {
        const failure = failureOf(error);
        exitCode = failure.exitCode;
        printer.error(failure.message);
      }
      const { interruption } = printer.progress;
      if (interruption !== undefined) printer.note(interruption);
    } finally {
      printer.progress.clear();
      session.close();
      if (budget.requests > 0) printer.note(budget.summary());
    }
  };

  const program = createProgram(runWork);
  const write = (stream: NodeJS.WritableStream) => (text: string) => void stream.write(text);
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput({ writeOut: write(terminal.stdout), writeErr: write(terminal.stderr) });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
  }
  return exitCode;
};

/** Does not wait for a request that has no answer yet, unless it may be a write: the work then ends by itself. */
const untilAborted = <RESULT>(signal: AbortSignal, printer: Printer, work: Promise<RESULT>): Promise<RESULT> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const leave = () => {
        if (printer.progress.isWriting) printer.note(printer.progress.ending);
        else reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
    }),
  ]);
