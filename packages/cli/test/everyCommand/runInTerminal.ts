import { Readable, Writable } from 'node:stream';

import { run } from '../../src/run.js';

export interface Shown {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface TerminalOptions {
  folder: string;
  env?: NodeJS.ProcessEnv;
  /** How wide the terminal is that it prints to; errors and progress go elsewhere. Without, it runs as in a pipe. */
  columns?: number;
  /** Interrupts the command as soon as it has printed this. */
  interruptAt: string;
}

/** Runs the command in this process. */
export const runInTerminal = async (argv: readonly string[], options: TerminalOptions): Promise<Shown> => {
  const { folder, env = {}, columns, interruptAt } = options;
  const interruption = new AbortController();
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write: (chunk, _, done) => {
        written[name] += String(chunk);
        if (written[name].includes(interruptAt)) interruption.abort();
        done();
      },
    });
  const stdout = Object.assign(sink('stdout'), columns !== undefined && { isTTY: true, columns });
  const terminal = { stdin: Readable.from(''), stdout, stderr: sink('stderr'), env };
  const exitCode = await run(argv, { terminal, folder, signal: interruption.signal });
  return { exitCode, ...written };
};
