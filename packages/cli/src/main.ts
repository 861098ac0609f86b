#!/usr/bin/env node
import { Console } from 'node:console';
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import { describeErrorInWords } from '@castore-dynamodb/commons';

import { EXIT_CODES } from './exitCodes.js';
import { plainText } from './output/plainText.js';

const interruption = new AbortController();
let interruptedCode: number = EXIT_CODES.interrupted;
let hasFailedOutput = false;

for (const [name, exitCode] of [
  ['SIGINT', EXIT_CODES.interrupted],
  ['SIGTERM', EXIT_CODES.terminated],
] as const) {
  process.on(name, () => {
    // By `exit`, so that no temporary file stays.
    if (interruption.signal.aborted) process.exit(exitCode);
    interruptedCode = exitCode;
    interruption.abort();
  });
}

// Standard output is for data: what a configuration, a reducer or a handler logs is none.
globalThis.console = new Console(process.stderr, process.stderr);

// Node's own listener would write the text as it is, which may quote ids and payloads.
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => {
  process.stderr.write(`${plainText(`${name}: ${message}`.replace(/\s+/g, ' '))}\n`);
});

// What a configuration has started may fail by itself, and is waited for by nobody.
process.on('uncaughtException', error => {
  process.stderr.write(`error Uncaught: ${plainText(describeErrorInWords(error))}\n`);
  process.exit(EXIT_CODES.failed);
});

const onOutputError = (error: NodeJS.ErrnoException): void => {
  const isClosed = error.code === 'EPIPE';
  // `| head` closes the pipe when it has seen enough: an end like any other, unless something is to be written to a table.
  if (isClosed && !process.argv.includes('--write')) process.exit(EXIT_CODES.done);
  if (hasFailedOutput) return;
  hasFailedOutput = true;
  process.exitCode = EXIT_CODES.failed;
  const reason = isClosed ? 'Its reader has closed it.' : plainText(error.message);
  process.stderr.write(`error The output cannot be written. ${reason}\n`);
  // What is being written to a table ends as it does at Ctrl-C.
  interruption.abort();
};
process.stdout.on('error', onOutputError);
process.stderr.on('error', onOutputError);

const printVersion = (): number => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  process.stdout.write(`${version}\n`);
  return EXIT_CODES.done;
};

const runCommand = async (argv: readonly string[]): Promise<number> => {
  // `--version` needs none of this, and a Ctrl-C while it loads is heard.
  const { run } = await import('./run.js');
  return run(argv, { terminal: process, folder: process.cwd(), signal: interruption.signal });
};

const argv = process.argv.slice(2);
// Only as the first argument: commands have a `--version` that is an aggregate's.
const exitCode = argv[0] === '--version' ? printVersion() : await runCommand(argv);
if (hasFailedOutput) process.exitCode = EXIT_CODES.failed;
else process.exitCode = exitCode === EXIT_CODES.interrupted ? interruptedCode : exitCode;

// A request may still be under way, and a configuration may hold connections open: nobody waits for these.
const isWritten = (stream: NodeJS.WriteStream): Promise<void> | undefined =>
  stream.writableLength > 0 ? new Promise(resolve => void stream.write('', () => resolve())) : undefined;
await Promise.all([isWritten(process.stdout), isWritten(process.stderr)]);
// What could not be written is told a moment later.
await setImmediate();
process.exit();
