// The first program of the root README runs as it stands: pasted into an empty folder, where npm's default is CommonJS,
// beside what users install. It prints what the README says.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { linkDependencies } from '../packed.mjs';
import { ROOT } from '../workspace.mjs';

const MAX_LINES = 25;

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** As on a machine where nobody has set up AWS. */
const environmentWithoutAws = home => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|DYNAMODB)_/.test(name))),
  HOME: home,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

/** @param scratch the folder of the packed packages, each linked to what it declares */
export const checkFirstProgram = scratch => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, file, program] = /^```js\n\/\/ (\S+)\n(.*?)^```/ms.exec(readme);
  const [, promised] = /^```text\n(.*?)^```/ms.exec(readme);

  linkDependencies('packages/adapter', ['peerDependencies'], join(scratch, 'node_modules'));
  writeFileSync(join(scratch, 'package.json'), '{ "name": "first", "version": "1.0.0", "type": "commonjs" }');
  writeFileSync(join(scratch, file), program);
  const home = join(scratch, 'home');
  mkdirSync(home);
  const options = { cwd: scratch, env: environmentWithoutAws(home), encoding: 'utf8' };
  const printed = execFileSync(process.execPath, [file], options);

  const problems = [];
  if (printed.replaceAll(TIME, 'TIME') !== promised.replaceAll(TIME, 'TIME')) {
    problems.push(`README.md: ${file} prints something else than README.md says:\n${printed}`);
  }
  const lines = program.trimEnd().split('\n').length;
  if (lines > MAX_LINES) problems.push(`README.md: ${file} has ${lines} lines, more than ${MAX_LINES}`);
  return problems;
};
