import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Files of a project, by name. */
export type Project = Record<string, string>;

/** Within this package, where projects find what they import, and git and the static checks look for nothing. */
const PROJECTS = join(__dirname, '..', '..', '.temporary');

/** Writes a project, runs a program in it, and removes it. */
const runInProject = async (
  project: Project,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ exitCode: number; output: string }> => {
  mkdirSync(PROJECTS, { recursive: true });
  const folder = mkdtempSync(join(PROJECTS, 'project-'));
  try {
    for (const [name, text] of Object.entries(project)) writeFileSync(join(folder, name), text);
    const environment = Object.entries(process.env).filter(([name]) => !/^(AWS_(?!SDK)|DYNAMODB_)/.test(name));
    const program = spawn(process.execPath, args, { cwd: folder, env: { ...Object.fromEntries(environment), ...env } });
    let output = '';
    program.stdout.setEncoding('utf8').on('data', text => (output += text));
    program.stderr.setEncoding('utf8').on('data', text => (output += text));
    const [exitCode] = await once(program, 'close');

    return { exitCode, output };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Runs one file of a project with plain Node. */
export const runNode = (project: Project, file: string, env?: NodeJS.ProcessEnv) => runInProject(project, [file], env);

/** Runs Jest in a project that has a `jest.config.mjs`. */
export const runJest = (project: Project, env?: NodeJS.ProcessEnv) =>
  runInProject(project, [require.resolve('jest/bin/jest')], env);

const VITEST = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');

/** Runs Vitest in a project that has a `vitest.config.mjs`. */
export const runVitest = (project: Project, env?: NodeJS.ProcessEnv) => runInProject(project, [VITEST, 'run'], env);
