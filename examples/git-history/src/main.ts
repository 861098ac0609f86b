import { constants } from 'node:os';

import { HELP, parseOptions } from './options.js';
import { UserError } from './userError.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Stop {
  signal: AbortSignal;
  /** What the program ends with then. */
  exitCode?: number;
}

/** The first signal ends the demo in order: no process and no table is left. The second one ends it at once. */
const stopOnSignals = (): Stop => {
  const controller = new AbortController();
  const stop: Stop = { signal: controller.signal };
  const stopWith = (exitCode: number) => {
    for (const signal of SIGNALS) process.removeAllListeners(signal);
    stop.exitCode = exitCode;
    controller.abort();
  };
  for (const signal of SIGNALS) process.once(signal, () => stopWith(128 + constants.signals[signal]));
  // Nobody reads on: `npm run demo | head`.
  process.stdout.on('error', () => stopWith(1));

  return stop;
};

const main = async (args: string[]): Promise<number> => {
  const stop = stopOnSignals();
  try {
    const options = parseOptions(args);
    if (options === undefined) {
      process.stdout.write(HELP);
      return 0;
    }
    // After the signals are heard and the arguments are read, which takes no time.
    const { runDemo } = await import('./demo.js');
    return (await runDemo(options, process.stdout, stop.signal)) ? 0 : 1;
  } catch (error) {
    if (stop.exitCode !== undefined) return stop.exitCode;
    process.stderr.write(`${explain(error)}\n`);
    return error instanceof UserError ? error.exitCode : 1;
  }
};

/** A sentence if the cause lies outside this program; the stack if it is a mistake in it. */
const explain = (error: unknown): string => {
  if (error instanceof UserError || isOfCastoreDynamoDb(error)) return error.message;
  if (error instanceof Error && '$metadata' in error) {
    const { code } = error as NodeJS.ErrnoException;
    return `DynamoDB cannot be used: ${error.name}: ${error.message || code}`;
  }
  return error instanceof Error ? String(error.stack) : String(error);
};

/** Each of these errors has its name as its code. */
const isOfCastoreDynamoDb = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === error.name;

process.exitCode = await main(process.argv.slice(2));
