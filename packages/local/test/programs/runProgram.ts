import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RunningProgram {
  pid: number;
  /** Its first line. */
  endpoint: string;
  /** Resolves once it is gone. */
  ended: Promise<{ output: string; errors: string; exitCode: number | null; signal: NodeJS.Signals | null }>;
}

export interface ProgramOptions {
  env?: NodeJS.ProcessEnv;
  /** Makes it the first of a process group, like a program that is started from a terminal. */
  ownGroup?: boolean;
  /** What runs it: a program and its arguments. Default: this Node. */
  runtime?: string[];
}

/** Runs a program of this folder on what `npm run build` made; resolves once it has written a line. */
export const runProgram = async (
  file: string,
  args: string[],
  { env = {}, ownGroup = false, runtime = [process.execPath] }: ProgramOptions = {},
): Promise<RunningProgram> => {
  const [command = '', ...options] = runtime;
  const program = spawn(command, [...options, join(__dirname, file), ...args], {
    env: { ...process.env, DYNAMODB_ENDPOINT: '', ...env },
    detached: ownGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  program.stdout.setEncoding('utf8').on('data', text => (output += text));
  program.stderr.setEncoding('utf8').on('data', text => (errors += text));
  const ended = once(program, 'close').then(([exitCode, signal]) => ({ output, errors, exitCode, signal }));

  const lines = createInterface(program.stdout);
  const endpoint = await Promise.race([once(lines, 'line').then(([line]) => String(line)), ended.then(() => '')]);

  return { pid: program.pid ?? 0, endpoint, ended };
};
