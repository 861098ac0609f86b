import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { ROOT, readJson } from '../workspace.mjs';
import { runProgram } from './runProgram.mjs';

const PARALLEL = Math.max(2, availableParallelism());

const runCheck = async ({ name, command }, options) => {
  const { failed, output, seconds } = await runProgram(command, [], { shell: true, ...options });
  console.log(`${failed ? 'FAILED' : 'ok    '}  ${name}  ${seconds}`);
  return { name, result: failed ? 'failed' : 'passed', output };
};

/** Installs where needed and compiles, with its output on this terminal: the first time it takes a while. */
export const runBuild = () =>
  runCheck({ name: 'build', command: 'node scripts/build.mjs' }, { stdio: ['ignore', 'inherit', 'inherit'] });

/** Runs every script of the root package.json whose name begins with `check:`, a few at a time. */
export const runChecks = async () => {
  const { scripts } = readJson(join(ROOT, 'package.json'));
  const waiting = Object.entries(scripts)
    .filter(([name]) => name.startsWith('check:'))
    .map(([name, command]) => ({ name: name.slice('check:'.length), command }));

  const outcomes = [];
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) outcomes.push(await runCheck(check));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return outcomes;
};
