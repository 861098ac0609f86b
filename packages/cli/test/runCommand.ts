import { Readable, Writable } from 'node:stream';

import type { Patience } from '../src/connection/answers.js';
import type { CastoreDynamoDbConfig } from '../src/index.js';
import { run } from '../src/run.js';

export interface Written {
  stdout: string;
  stderr: string;
}

export interface Ran extends Written {
  exitCode: number;
  /** What `--json` printed. */
  lines: unknown[];
}

export interface RunCommandOptions {
  env?: NodeJS.ProcessEnv;
  folder?: string;
  signal?: AbortSignal;
  /** What is piped into it. */
  stdin?: string;
  config?: CastoreDynamoDbConfig;
  patience?: Patience;
  /** Gets what is written as it comes. */
  shown?: Written;
}

/** Runs the command in this process, without a terminal, as in a pipe. */
export const runCommand = async (argv: readonly string[], options: RunCommandOptions = {}): Promise<Ran> => {
  const { shown: written = { stdout: '', stderr: '' } } = options;
  const sink = (name: 'stdout' | 'stderr') =>
    new Writable({
      write: (chunk, _, done) => {
        written[name] += String(chunk);
        done();
      },
    });
  const { stdin = '', env = {}, folder = __dirname, signal = new AbortController().signal, config, patience } = options;
  const terminal = { stdin: Readable.from(stdin), stdout: sink('stdout'), stderr: sink('stderr'), env: { ...env } };
  const exitCode = await run(argv, { terminal, folder, signal, config, patience });
  const lines = argv.includes('--json')
    ? written.stdout
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
    : [];
  return { exitCode, ...written, lines };
};
