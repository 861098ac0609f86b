import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { GitRepository, temporaryFolder } from './support/gitRepository.js';
import { NPM_RUN_DEMO, ROOT, startProgram, withoutJava } from './support/program.js';

/** All files of this repository that git does not ignore, as they are now. */
const copyRepository = (): string => {
  const folder = temporaryFolder();
  const list = ['-C', ROOT, 'ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const files = execFileSync('git', list, { encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files.filter(each => existsSync(join(ROOT, each)))) {
    cpSync(join(ROOT, file), join(folder, file));
  }
  return folder;
};

it('in a fresh clone, npm run demo installs what the demo needs and no more', async () => {
  const repository = new GitRepository();
  repository.write('a', 'a\n');
  repository.commit();
  const clone = copyRepository();

  const [npm = '', ...args] = NPM_RUN_DEMO;
  const { ended } = startProgram(
    [npm, '--prefix', clone, ...args, '--repo', repository.folder, '--snapshots', '--views', '--explorer'],
    withoutJava(),
  );
  const { output, errors, exitCode } = await ended;

  expect({ exitCode, errors: exitCode === 0 ? '' : errors + output }).toEqual({ exitCode: 0, errors: '' });
  expect(output).toContain('verified against git: 1 of 1 files\n');
  expect(output).toMatch(/^explore the events: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/m);
  const installed = readdirSync(join(clone, 'node_modules', '.pnpm'));
  expect(installed.filter(name => /^(jest|aws-cdk-lib|vitest|@biomejs)/.test(name))).toEqual([]);
  expect(installed.length).toBeLessThan(90);
}, 180_000);
