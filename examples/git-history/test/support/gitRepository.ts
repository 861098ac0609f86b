import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A git that no setting of this machine or of the running git hook reaches. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Grace',
  GIT_COMMITTER_EMAIL: 'grace@example.org',
};

const folders: string[] = [];

/** A new empty folder. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'git-history-'));
  folders.push(folder);
  return folder;
};

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A real git repository in a folder of its own, gone after the tests of the file. */
export class GitRepository {
  readonly folder: string;
  #commits = 0;

  constructor(...initOptions: string[]) {
    this.folder = temporaryFolder();
    this.git('init', '--quiet', '--initial-branch=main', ...initOptions);
  }

  git(...args: string[]): string {
    return execFileSync('git', ['-C', this.folder, ...args], {
      encoding: 'utf8',
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  }

  write(path: string, content: string | Buffer): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Commits everything in the folder, an hour after the last commit; see `authorDateOf`. Returns the commit's id. */
  commit(...options: string[]): string {
    this.#commits += 1;
    this.git('add', '--all');
    const date = authorDateOf(this.#commits).replace('.000Z', '+00:00');
    this.git('commit', '--quiet', '--allow-empty', '--message=test', `--date=${date}`, ...options);
    return this.git('rev-parse', 'HEAD');
  }

  /** Writes history as `git fast-import` reads it. */
  fastImport(stream: Buffer | string): void {
    const { status, stderr } = spawnSync('git', ['-C', this.folder, 'fast-import', '--quiet'], {
      input: stream,
      env: ENVIRONMENT,
    });
    if (status !== 0) throw new Error(stderr.toString());
  }
}

/** The author date of the nth commit of a `GitRepository`, from 1. */
export const authorDateOf = (commit: number): string => new Date(Date.UTC(2020, 0, 1, commit)).toISOString();
