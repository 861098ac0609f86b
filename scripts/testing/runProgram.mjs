import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

import { ROOT } from '../workspace.mjs';

/** A program that hangs is a failure, not a test run without an end. */
const TIMEOUT_MINUTES = 15;

const PATH = [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter);

/**
 * Runs a program to its end; the workspace's own tools are found by name.
 *
 * @returns {Promise<{ failed: boolean, output: string, seconds: string }>} `failed` where it could not be started, was ended by
 *   a signal or exited with anything but 0; `output` is empty where `stdio` is not `'pipe'`.
 */
export const runProgram = (program, args, options) =>
  new Promise(resolve => {
    const started = performance.now();
    let output = '';
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, PATH },
      timeout: TIMEOUT_MINUTES * 60_000,
      ...options,
    });
    const end = failure => {
      const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
      resolve({ failed: failure !== undefined, output: `${output}${failure ?? ''}`, seconds });
    };
    child.stdout?.on('data', chunk => (output += chunk));
    child.stderr?.on('data', chunk => (output += chunk));
    child.on('error', error => end(error.message));
    child.on('close', (code, signal) => end(code === 0 ? undefined : `(exited with ${signal ?? code})`));
  });
