#!/usr/bin/env node
import { EXIT_CODES } from './exitCodes.js';
import { plainText } from './output/plainText.js';
import { run } from './run.js';

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

// Node's own listener would write the text as it is, which may quote ids and payloads.
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => {
  process.stderr.write(`${plainText(`${name}: ${message}`.replace(/\s+/g, ' '))}\n`);
});

// `| head` closes the pipe when it has seen enough: an end like any other.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT_CODES.done);
  });
}

process.exitCode = await run(process.argv.slice(2), {
  terminal: process,
  folder: process.cwd(),
  signal: interruption.signal,
});
// A request may still be under way, and nobody waits for its answer.
if (interruption.signal.aborted) process.exit();
