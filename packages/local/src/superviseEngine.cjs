// @ts-check
'use strict';

// A program of its own, between the user's process and the engine. Its standard input is a pipe whose other end only
// the user's process holds. However that process ends (also by SIGKILL, also on Windows), the pipe closes; this program
// then ends the engine, removes the engine's folder, and ends itself.
const { spawn } = require('node:child_process');
const { mkdirSync, rmSync } = require('node:fs');

/** @type {import('./supervisor.js').SupervisorOrder} */
const { file, args, folder } = JSON.parse(process.argv[2] ?? '');

/** @type {import('node:child_process').ChildProcess | undefined} */
let engine;

// Whatever the engine writes goes here: it is its working folder, and its folder for temporary files.
mkdirSync(folder, { mode: 0o700 });
process.once('exit', () => {
  engine?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
});

engine = spawn(file, args, {
  cwd: folder,
  env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
  // It writes to this program's standard error, which the user's process reads: nothing reaches the user's terminal.
  stdio: ['ignore', 'ignore', 'inherit'],
  windowsHide: true,
});
engine.once('exit', code => process.exit(code ?? 1));
engine.once('error', error => {
  process.stderr.write(error.message);
  process.exit(1);
});

const end = () => void engine?.kill('SIGKILL');
// Node says `close` as well, Deno does not.
process.stdin.once('end', end).once('close', end).once('error', end).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);

// For the case that this program is killed before the engine.
process.stdout.once('error', end).write(`${engine.pid}\n`);
