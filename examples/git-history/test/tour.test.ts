import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { GitRepository } from './support/gitRepository.js';
import { MAIN, processesLeftOf, ROOT, startProgram, withoutJava } from './support/program.js';

const CLI = join(ROOT, 'packages', 'cli', 'dist', 'esm', 'main.js');

// A machine that has much to do takes several times as long.
jest.setTimeout(120_000);

it('keeps its DynamoDB until Ctrl-C, and the commands that it prints look at the events', async () => {
  const repository = new GitRepository();
  repository.write('README.md', 'a\n');
  repository.commit();
  repository.write('README.md', 'a\nb\n');
  repository.commit();
  const { pid, printed, ended } = startProgram([...MAIN, '--repo', repository.folder, '--keep'], withoutJava());
  const output = await printed(/stays until Ctrl-C/);
  const commands = [...output.matchAll(/^ {2}npm run -s cli -- (.*)$/gm)].map(([, line = '']) => line.split(' '));
  expect(commands.map(([name]) => name)).toEqual(['aggregates', 'events', 'explorer']);

  const [aggregates = [], events = []] = commands;
  const run = async (argv: string[]) => (await promisify(execFile)(process.execPath, [CLI, ...argv])).stdout;
  await expect(run(aggregates)).resolves.toMatch(/^first event +aggregate\n\S+Z +README\.md\n$/);
  await expect(run(events)).resolves.toMatch(/\n1 .* FILE_ADDED .*\n2 .* FILE_CHANGED /);

  process.kill(pid, 'SIGINT');
  await expect(ended).resolves.toMatchObject({ exitCode: 0, errors: '' });
  const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(output) ?? [];
  expect(await processesLeftOf(repository.folder, port)).toEqual([]);
});
