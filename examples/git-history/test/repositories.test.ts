import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { readFiles } from '../src/git/readFiles.js';
import { readHistory } from '../src/git/readHistory.js';
import { openRepository } from '../src/git/repository.js';
import { GitRepository, temporaryFolder } from './support/gitRepository.js';
import { linesOfGit, read, readChanges } from './support/reading.js';

describe('reading a repository', () => {
  it('is not changed by the settings of the user and the repository', async () => {
    const repository = new GitRepository();
    repository.write('a.txt', 'one\ntwo\nthree\n');
    repository.write('sub/b.txt', 'b\n');
    const first = repository.commit('--author=Ädä <ada@example.org>');
    repository.git('mv', 'a.txt', 'c.txt');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${first},module`);
    repository.git('commit', '--quiet', '--message=two');
    repository.git('checkout', '--quiet', '-b', 'side');
    repository.git('commit', '--quiet', '--message=side', '--allow-empty');
    repository.git('checkout', '--quiet', 'main');
    repository.git('merge', '--quiet', '--no-ff', '--no-edit', 'side');
    const expected = await read(repository.folder);

    const settings = {
      'color.ui': 'always',
      'core.quotePath': 'true',
      'diff.algorithm': 'patience',
      'diff.external': 'false',
      'diff.ignoreSubmodules': 'all',
      'diff.mnemonicPrefix': 'true',
      'diff.orderFile': join(repository.folder, 'a.txt'),
      'diff.relative': 'true',
      'diff.renames': 'copies',
      'format.pretty': 'oneline',
      'log.diffMerges': 'combined',
      'log.follow': 'true',
      'log.showRoot': 'false',
      'log.showSignature': 'true',
      'submodule.module.ignore': 'all',
      'i18n.logOutputEncoding': 'latin1',
    };
    for (const [name, value] of Object.entries(settings)) repository.git('config', name, value);
    repository.git('config', 'submodule.module.path', 'module');
    repository.git('config', '--file', join(repository.folder, '.gitmodules'), 'submodule.module.path', 'module');
    repository.git('config', '--file', join(repository.folder, '.gitmodules'), 'submodule.module.ignore', 'all');

    expect(await read(repository.folder)).toEqual(expected);
    expect(await read(join(repository.folder, 'sub'))).toEqual(expected);
    expect(await linesOfGit(join(repository.folder, 'sub'))).toEqual(
      new Map([
        ['c.txt', 3],
        ['module', 1],
        ['sub/b.txt', 1],
      ]),
    );
  });

  it('reads the repository of the folder although a git hook names another one', async () => {
    const [repository, other] = [new GitRepository(), new GitRepository()];
    repository.write('a', 'a\n');
    repository.commit();
    process.env.GIT_DIR = join(other.folder, '.git');
    try {
      expect(await readChanges(repository.folder)).toEqual([['added a +1 -0']]);
    } finally {
      delete process.env.GIT_DIR;
    }
  });

  it('reads a bare repository, and a shallow one', async () => {
    const [repository, bare] = [new GitRepository(), new GitRepository('--bare')];
    repository.write('a', 'a\n');
    repository.commit();
    repository.write('a', 'a\nb\n');
    repository.commit();
    repository.write('b', 'b\n');
    repository.commit();
    repository.git('push', '--quiet', bare.folder, 'main');
    expect(await read(bare.folder)).toEqual(await read(repository.folder));

    const shallow = new GitRepository();
    shallow.git('pull', '--quiet', '--depth=2', `file://${bare.folder}`, 'main');
    expect(await openRepository(shallow.folder)).toMatchObject({ isShallow: true, commitCount: 2 });
    expect(await readChanges(shallow.folder)).toEqual([['added a +2 -0'], ['added b +1 -0']]);
  });

  it('reads the commits up to the HEAD that it was opened at', async () => {
    const repository = new GitRepository();
    repository.write('a', 'a\n');
    repository.commit();
    const opened = await openRepository(repository.folder);
    repository.write('b', 'b\n');
    repository.commit();

    expect([...(await readFiles(opened)).keys()]).toEqual(['a']);
  });

  it('says what git says if an object is missing', async () => {
    const repository = new GitRepository();
    repository.write('a', 'a\n');
    repository.commit();
    const blob = repository.git('rev-parse', 'HEAD:a');
    repository.write('a', 'b\n');
    repository.commit();
    rmSync(join(repository.folder, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));

    await expect(read(repository.folder)).rejects.toThrow(/^git diff-tree failed: .*[0-9a-f]{40}/);
  });

  it('ends git when the reader stops, and when it is told to', async () => {
    const repository = new GitRepository();
    repository.fastImport(
      'commit refs/heads/main\ncommitter A <a> 0 +0000\ndata 0\nM 644 inline f\ndata 0\n'.repeat(5_000),
    );
    const opened = await openRepository(repository.folder);
    const gitProcesses = () =>
      execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
        .split('\n')
        .filter(args => args.startsWith('git') && args.includes(repository.folder));
    const noneLeft = async () => {
      while (gitProcesses().length > 0) await sleep(20);
    };

    for await (const { id } of readHistory(opened)) {
      expect(id).not.toBe('');
      expect(gitProcesses()).not.toEqual([]);
      break;
    }
    await noneLeft();

    const stop = new AbortController();
    const readOn = async () => {
      for await (const { id } of readHistory(opened, stop.signal)) if (id) stop.abort();
    };
    await expect(readOn()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await noneLeft();
  });
});

describe('opening a repository', () => {
  it('says in a sentence why it cannot', async () => {
    const { folder } = new GitRepository();
    const noRepository = temporaryFolder();

    await expect(openRepository(folder)).rejects.toThrow(
      `The git repository at ${folder} has no commits: commit something first.`,
    );
    await expect(openRepository(noRepository)).rejects.toThrow(
      `Cannot read a git repository at ${noRepository}: not a git repository`,
    );
    await expect(openRepository(join(folder, 'nowhere'))).rejects.toThrow(/No such file or directory$/);
  });

  it('says so if git is not installed', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      await expect(openRepository('.')).rejects.toThrow('git was not found: install it, or add it to the PATH.');
    } finally {
      process.env.PATH = path;
    }
  });
});
