import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { ROOT, readJson } from '../workspace.mjs';
import { runProgram } from './runProgram.mjs';

const REPORT = join(ROOT, 'node_modules', '.jest-report.json');

/** A skipped test says why at the end of its title or of a title around it: `(skipped: needs Java 17)`. */
const REASON = /\(skipped: (.+)\)$|^skipped: (.+)$/;

const reasonIn = title => REASON.exec(title)?.slice(1).find(Boolean);

const LEFT_OUT = 'left out by the arguments';

const jest = (args, stdio) =>
  runProgram(process.execPath, [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--ci', ...args], { stdio });

const withoutForeignFrames = text =>
  text.replaceAll(/^\s+at .*(node_modules|node:internal|\(<anonymous>\)).*\n?/gm, '');

const readTest = ({ fullName, ancestorTitles, title, status, failureMessages }, file, narrowed) => {
  const name = `${file}: ${fullName}`;
  if (status === 'passed') return { name, result: 'passed' };
  if (status === 'failed') return { name, result: 'failed', output: withoutForeignFrames(failureMessages.join('\n')) };

  const reason = [...ancestorTitles, title].map(reasonIn).find(Boolean) ?? (narrowed ? LEFT_OUT : undefined);
  return reason === undefined
    ? { name, result: 'failed', output: 'It was skipped without a "(skipped: reason)" at the end of its title.' }
    : { name, result: 'skipped', reason };
};

const readFile = ({ name, status, message, assertionResults }, narrowed) => {
  const file = relative(ROOT, name);
  const outcomes = assertionResults.map(test => readTest(test, file, narrowed));
  // The file itself may fail: it does not load, or something around its tests throws.
  return status === 'failed' && outcomes.every(({ result }) => result !== 'failed')
    ? [...outcomes, { name: file, result: 'failed', output: withoutForeignFrames(message) }]
    : outcomes;
};

/** What Jest's own report says, and one failure more where Jest failed and no test tells of it. */
const readReport = (report, exit, narrowed) => {
  const outcomes = report.testResults.flatMap(file => readFile(file, narrowed));
  const fail = output => [...outcomes, { name: 'jest', result: 'failed', output }];
  if (outcomes.every(({ result }) => result === 'skipped')) return fail('No test was run.');
  if (exit.failed && outcomes.every(({ result }) => result !== 'failed')) return fail(exit.output);
  return outcomes;
};

/** The test files that arguments kept out of this run, each as one skipped test. */
const listLeftOut = async report => {
  const run = new Set(report.testResults.map(({ name }) => name));
  const { output } = await jest(['--listTests'], ['ignore', 'pipe', 'inherit']);
  return output
    .split('\n')
    .filter(file => file !== '' && !run.has(file))
    .map(file => ({ name: relative(ROOT, file), result: 'skipped', reason: LEFT_OUT }));
};

/** Runs Jest with its usual output on this terminal; `args` go to it as they are. */
export const runJest = async args => {
  const narrowed = args.length > 0;
  rmSync(REPORT, { force: true });
  const exit = await jest(['--json', `--outputFile=${REPORT}`, ...args], ['ignore', 'ignore', 'inherit']);
  try {
    const report = readJson(REPORT);
    return [...readReport(report, exit, narrowed), ...(narrowed ? await listLeftOut(report) : [])];
  } catch (error) {
    return [{ name: 'jest', result: 'failed', output: `It left no report: ${error.message}` }];
  }
};
