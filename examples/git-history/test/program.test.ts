import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { preset } from '@castore-dynamodb/testing/preset';

import { GitRepository } from './support/gitRepository.js';
import {
  MAIN,
  NPM_RUN_DEMO,
  pathWith,
  processesLeftOf,
  processesThatName,
  startProgram,
  withoutJava,
} from './support/program.js';

/** A repository that takes long enough to be stopped in between. */
const largeRepository = (): GitRepository => {
  const repository = new GitRepository();
  const commit = 'commit refs/heads/main\ncommitter A <a> 0 +0000\ndata 0\nM 644 inline f\ndata 0\n';
  repository.fastImport(commit.repeat(20_000));
  return repository;
};

/** A git that does the same, and adds a file to what it lists. */
const lyingGit = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const script = `'${git}' "$@" || exit\ncase "$*" in *ls-tree*) printf 'ghost\\0';; esac`;
  return { ...env, PATH: pathWith('git', script, env.PATH) };
};

// A machine that has much to do takes several times as long.
jest.setTimeout(120_000);

describe('the program', () => {
  const repository = new GitRepository();
  const { folder } = repository;
  repository.write('a', 'a\n');
  repository.commit();

  it('starts a DynamoDB, verifies, prints plain lines, and ends with 0 and no process left', async () => {
    const { printed, ended } = startProgram([...MAIN, '--repo', folder]);
    const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(await printed(/127\.0\.0\.1:\d+/)) ?? [];

    const { output, errors, exitCode } = await ended;

    expect(output).not.toContain('\u001B');
    expect(output).toMatch(/^writing 1 of 1 commits, \d+ events\/s$/m);
    expect(output).toMatch(/^reading 1 of 1 files, \d+ events\/s$/m);
    expect(output).toMatch(/^verified against git: 1 of 1 files$/m);
    expect(output).toMatch(/^next:\n {2}npm run demo -- --file PATH/m);
    expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 0 });
    expect(await processesLeftOf(folder, port)).toEqual([]);
  });

  it('works in an environment that would lead clients of AWS elsewhere', async () => {
    const env = {
      ...withoutJava(),
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      AWS_PROFILE: 'nobody',
      AWS_REGION: '',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      HOME: '/dev/null',
    };
    const { errors, output, exitCode } = await startProgram([...MAIN, '--repo', folder, '--views'], env).ended;

    expect(errors).toBe('');
    expect(output).toMatch(/^verified against git: (\d+) of \1 live views$/m);
    expect(exitCode).toBe(0);
  });

  it('ends with 1 and names the files that git has otherwise', async () => {
    const { output, exitCode } = await startProgram([...MAIN, '--repo', folder], lyingGit(withoutJava())).ended;

    expect(output).toContain('MISMATCH: "ghost" is in git, and the event store does not know it\n');
    expect(output).toMatch(/^verified against git: 1 of 2 files$/m);
    expect(exitCode).toBe(1);
  });

  it.each([
    [
      'what is no repository',
      ['--repo', tmpdir()],
      1,
      /^Cannot read a git repository at .*: not a git repository.*\n$/,
    ],
    [
      'an endpoint where nothing answers',
      ['--repo', folder, '--endpoint', 'http://127.0.0.1:1'],
      1,
      /^DynamoDB cannot be used: .*ECONNREFUSED.*\n$/,
    ],
    [
      'a file that never was',
      ['--repo', folder, '--file', 'b'],
      2,
      /^No commit has a file b\. --file takes a path from the top of the repository\.\n$/,
    ],
    ['an unknown argument', ['--reop', '.'], 2, /^Unknown option '--reop'\. See --help\.\n$/],
  ])('says in a sentence that it cannot do with %s', async (_, args, expected, sentence) => {
    const { output, errors, exitCode } = await startProgram([...MAIN, ...args]).ended;

    expect(errors).toMatch(sentence);
    expect({ output, exitCode }).toEqual({ output: '', exitCode: expected });
  });

  it('prints its arguments', async () => {
    const { output, exitCode } = await startProgram([...MAIN, '--help']).ended;

    expect(output).toMatch(/^Usage: npm run demo -- \[options\]\n/);
    expect(exitCode).toBe(0);
  });

  describe('leaves no process', () => {
    const large = largeRepository();

    it('if nobody reads its output any longer', async () => {
      const { ended } = startProgram(
        ['sh', '-c', `"$@" --repo '${large.folder}' | head -1`, 'sh', ...MAIN],
        withoutJava(),
      );

      const { output, errors } = await ended;

      const [, port = ''] = /127\.0\.0\.1:(\d+)\n$/.exec(output) ?? [];
      expect(port).not.toBe('');
      expect(errors).toBe('');
      expect(await processesLeftOf(large.folder, port)).toEqual([]);
    });

    type Ending = [string, NodeJS.Signals, number, string[], number | null];
    const endings: Ending[] = [
      ['Ctrl-C, which goes to its whole process group', 'SIGINT', -1, MAIN, 130],
      // npm ends by the signal itself.
      ['SIGKILL of npm', 'SIGKILL', 1, NPM_RUN_DEMO, null],
    ];
    const others: Ending[] = [
      ['SIGTERM', 'SIGTERM', 1, MAIN, 143],
      ['SIGKILL', 'SIGKILL', 1, MAIN, null],
      ['Ctrl-C under npm', 'SIGINT', -1, NPM_RUN_DEMO, null],
    ];

    it.each(preset({ quick: endings, soak: [...endings, ...others] }))(
      'after %s',
      async (_, signal, group, command, expectedExitCode) => {
        const { pid, printed, ended } = startProgram([...command, '--repo', large.folder], withoutJava());
        const output = await printed(/^writing 0 of 20,000/m);
        const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(output) ?? [];
        expect(processesThatName(port)).not.toEqual([]);
        while (!processesThatName(large.folder).some(commandLine => commandLine.startsWith('git'))) await sleep(50);

        process.kill(group * pid, signal);

        const { exitCode, errors } = await ended;
        expect(exitCode).toBe(expectedExitCode);
        expect(errors.replace(/^npm .*\n/gm, '')).toBe('');
        expect(await processesLeftOf(large.folder, port)).toEqual([]);
      },
    );
  });
});
