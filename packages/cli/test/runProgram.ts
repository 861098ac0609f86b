import { execFile } from 'node:child_process';
import { join } from 'node:path';

import type { Ran } from './runCommand.js';

/** As npm puts it on the PATH; `npm test` has built it. */
export const MAIN = join(__dirname, '..', 'dist', 'esm', 'main.js');

/** Runs the command in a process of its own. */
export const runProgram = (argv: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const options = { cwd: folder, env: { ...process.env, ...env } };
    execFile(process.execPath, [MAIN, ...argv], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') return reject(error);
      const lines = argv.includes('--json')
        ? stdout
            .split('\n')
            .filter(Boolean)
            .map(line => JSON.parse(line))
        : [];
      return resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr, lines });
    });
  });
