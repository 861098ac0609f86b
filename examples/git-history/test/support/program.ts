import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { isSoak } from '@castore-dynamodb/testing/preset';

import { temporaryFolder } from './gitRepository.js';

export interface Ended {
  output: string;
  errors: string;
  exitCode: number | null;
}

export interface Program {
  pid: number;
  /** Resolves with the output so far, once this is in it. */
  printed: (text: RegExp) => Promise<string>;
  /** Resolves once it is gone. */
  ended: Promise<Ended>;
}

export const ROOT = join(__dirname, '..', '..', '..', '..');

/** The demo as `npm run build` made it. */
export const MAIN = [process.execPath, join(ROOT, 'examples', 'git-history', 'dist', 'main.js')];

/** What the README tells people to type. */
export const NPM_RUN_DEMO = ['npm', 'run', 'demo', '--'];

/** A PATH where a program is another one. */
export const pathWith = (name: string, script: string, path = process.env.PATH): string => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${folder}${delimiter}${path}`;
};

/** A machine without Java, so that the program starts Dynoxide: DynamoDB Local takes seconds of work to start. */
export const withoutJava = (): NodeJS.ProcessEnv => (isSoak ? {} : { JAVA_HOME: '', PATH: pathWith('java', 'exit 1') });

/** Starts a program in a process group of its own, like one that is typed in a terminal. */
export const startProgram = ([file = '', ...args]: string[], env: NodeJS.ProcessEnv = {}): Program => {
  const child = spawn(file, args, {
    cwd: ROOT,
    env: { ...process.env, DYNAMODB_ENDPOINT: '', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', text => (output += text));
  child.stderr.setEncoding('utf8').on('data', text => (errors += text));

  return {
    pid: child.pid ?? 0,
    printed: async text => {
      while (!text.test(output)) {
        if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${output}${errors}`);
        await sleep(10);
      }
      return output;
    },
    ended: once(child, 'close').then(([exitCode]) => ({ output, errors, exitCode })),
  };
};

/** The command lines of all processes that name one of the texts. */
export const processesThatName = (...texts: string[]): string[] =>
  execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter(commandLine => texts.some(text => commandLine.includes(text)));

/** Waits for these processes to go; resolves with those that did not. */
export const processesLeftOf = async (...texts: string[]): Promise<string[]> => {
  for (let attempt = 0; attempt < 100 && processesThatName(...texts).length > 0; attempt++) await sleep(100);
  return processesThatName(...texts);
};
