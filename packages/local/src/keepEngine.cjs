// @ts-check
'use strict';

// A program of its own, between the user's process and the engine. Its standard input is a pipe whose other end only
// the user's process holds: however that process ends (even by SIGKILL, on Windows too), the pipe closes, and the
// engine is ended. The engine writes to this program's standard error, so nothing of it reaches the user's terminal.
const { spawn } = require('node:child_process');

/** @type {import('./engines/engine.js').EngineLaunch} */
const launch = JSON.parse(process.argv[2] ?? '');

/** @returns {Promise<import('node:child_process').ChildProcess>} */
const startEngine = async () => {
  if (launch.launcher === 'executable') {
    return spawn(launch.file, launch.args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const dynamoDbLocal = require('dynamodb-local');
  // With the jar already in its folder, the launcher downloads nothing.
  dynamoDbLocal.configureInstaller({ installPath: launch.jarFolder });
  // Its types know only some of the arguments that it passes on.
  const args = /** @type {any[]} */ (launch.args);

  return dynamoDbLocal.launch(launch.port, null, args, false, false, launch.javaOption);
};

// A start that fails ends this program with its error, which is the last word of the engine.
void startEngine().then(engine => {
  const end = () => engine.kill('SIGKILL');
  engine.once('exit', code => process.exit(code ?? 1));
  process.once('exit', end);
  process.stdin.once('close', end).once('error', end).resume();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, end);
});
