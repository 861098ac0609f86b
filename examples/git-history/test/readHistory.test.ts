import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { readFiles } from '../src/git/readFiles.js';
import { type Commit, readHistory } from '../src/git/readHistory.js';
import { openRepository } from '../src/git/repository.js';
import { authorDateOf, GitRepository, temporaryFolder } from './support/gitRepository.js';

const read = async (folder: string): Promise<Commit[]> => {
  const commits: Commit[] = [];
  for await (const commit of readHistory(await openRepository(folder))) commits.push(commit);
  return commits;
};

/** Each commit's changes as `added path +1 -0`. */
const readChanges = async (folder: string): Promise<string[][]> =>
  (await read(folder)).map(({ changes }) =>
    changes.map(
      ({ kind, aggregateId, linesAdded, linesRemoved }) => `${kind} ${aggregateId} +${linesAdded} -${linesRemoved}`,
    ),
  );

/** What the whole history adds up to, in the shape of `readFiles`; null if a file is gone. */
const addUp = async (folder: string): Promise<Map<string, number>> => {
  const lines = new Map<string, number>();
  for (const { changes } of await read(folder)) {
    for (const { kind, aggregateId, linesAdded, linesRemoved } of changes) {
      const sum = (lines.get(aggregateId) ?? 0) + linesAdded - linesRemoved;
      if (kind === 'deleted') {
        expect(sum).toBe(0);
        lines.delete(aggregateId);
      } else {
        lines.set(aggregateId, sum);
      }
    }
  }
  return lines;
};

/** A path as `git fast-import` takes it. */
const quoted = (path: Buffer): string =>
  `"${[...path].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;

const linesOfGit = async (folder: string): Promise<Map<string, number | undefined>> =>
  new Map([...(await readFiles(await openRepository(folder)))].map(([id, { lines }]) => [id, lines]));

describe('reading the history of a git repository', () => {
  it('tells every commit with its author, author date and changes, the oldest first', async () => {
    const repository = new GitRepository();
    repository.write('a.txt', 'one\ntwo\n');
    const first = repository.commit();
    repository.write('a.txt', 'one\n2\nthree\n');
    repository.write('b.txt', 'b\n');
    const second = repository.commit('--author=Ädä Løvelace <ada@example.org>');

    expect(await read(repository.folder)).toEqual([
      {
        id: first,
        author: 'Ada',
        timestamp: authorDateOf(1),
        changes: [{ kind: 'added', aggregateId: 'a.txt', linesAdded: 2, linesRemoved: 0 }],
      },
      {
        id: second,
        author: 'Ädä Løvelace',
        timestamp: authorDateOf(2),
        changes: [
          { kind: 'changed', aggregateId: 'a.txt', linesAdded: 2, linesRemoved: 1 },
          { kind: 'added', aggregateId: 'b.txt', linesAdded: 1, linesRemoved: 0 },
        ],
      },
    ]);
  });

  it('tells deletions, and additions of what was deleted', async () => {
    const repository = new GitRepository();
    repository.write('a.txt', 'one\ntwo\n');
    repository.commit();
    repository.git('rm', '--quiet', 'a.txt');
    repository.commit();
    repository.write('a.txt', 'again\n');
    repository.commit();

    expect(await readChanges(repository.folder)).toEqual([
      ['added a.txt +2 -0'],
      ['deleted a.txt +0 -2'],
      ['added a.txt +1 -0'],
    ]);
  });

  it('tells a rename as a deletion and an addition', async () => {
    const repository = new GitRepository();
    repository.write('old.txt', 'one\ntwo\nthree\n');
    repository.commit();
    repository.git('mv', 'old.txt', 'new.txt');
    repository.commit();

    expect(await readChanges(repository.folder)).toEqual([
      ['added old.txt +3 -0'],
      ['added new.txt +3 -0', 'deleted old.txt +0 -3'],
    ]);
  });

  it('follows first parents, and compares a merge with its first parent', async () => {
    const repository = new GitRepository();
    repository.write('main.txt', 'one\n');
    repository.commit();
    repository.git('checkout', '--quiet', '-b', 'side');
    repository.write('side.txt', 'a\n');
    repository.commit();
    repository.write('side.txt', 'a\nb\n');
    repository.commit();
    repository.git('checkout', '--quiet', 'main');
    repository.write('main.txt', 'one\ntwo\n');
    repository.commit();
    repository.git('merge', '--quiet', '--no-edit', 'side');

    expect(await readChanges(repository.folder)).toEqual([
      ['added main.txt +1 -0'],
      ['changed main.txt +1 -0'],
      ['added side.txt +2 -0'],
    ]);
    expect(await openRepository(repository.folder)).toMatchObject({ commitCount: 3, isShallow: false });
  });

  it('tells a commit without changes', async () => {
    const repository = new GitRepository();
    repository.commit();
    repository.write('a.txt', 'a\n');
    repository.commit();
    repository.commit();

    expect(await readChanges(repository.folder)).toEqual([[], ['added a.txt +1 -0'], []]);
  });

  it('keeps names as they are, and tells those apart that are no UTF-8', async () => {
    const repository = new GitRepository();
    const names = [
      'new\nline',
      'quo"te',
      'tab\t',
      'back\\slash',
      'has#hash',
      'späce é.txt',
      '🎉',
      '%FF',
      ':100644 x',
      'commit 0 0 x',
      '1\t2\ta',
    ];
    const files = names.map(name => ({ path: Buffer.from(name), lines: 1 }));
    files.push(
      { path: Buffer.from('d/\xff%', 'latin1'), lines: 2 },
      { path: Buffer.from('d/\xfe%', 'latin1'), lines: 3 },
    );
    // Not every file system takes such names.
    repository.fastImport(
      `commit refs/heads/main\ncommitter A <a> 0 +0000\ndata 0\n${files
        .map(({ path, lines }) => `M 644 inline ${quoted(path)}\ndata ${lines * 2}\n${'x\n'.repeat(lines)}`)
        .join('')}`,
    );

    const expected = new Map([...names.map(name => [name, 1] as const), ['/d/%FF%25', 2], ['/d/%FE%25', 3]]);
    expect(await addUp(repository.folder)).toEqual(expected);
    expect(await linesOfGit(repository.folder)).toEqual(expected);
  });

  it('counts an unterminated last line, no line of an empty file, and none of a changed mode', async () => {
    const repository = new GitRepository();
    repository.write('unterminated', 'a\nb');
    repository.write('empty', '');
    repository.commit();
    chmodSync(join(repository.folder, 'empty'), 0o755);
    repository.write('unterminated', 'a\nb\n');
    repository.commit();

    expect(await readChanges(repository.folder)).toEqual([
      ['added empty +0 -0', 'added unterminated +2 -0'],
      ['changed empty +0 -0', 'changed unterminated +1 -1'],
    ]);
  });

  it('tells a file that becomes a link as a change', async () => {
    const repository = new GitRepository();
    repository.write('a', 'one\ntwo\n');
    repository.commit();
    rmSync(join(repository.folder, 'a'));
    symlinkSync('elsewhere', join(repository.folder, 'a'));
    repository.commit();

    expect(await readChanges(repository.folder)).toEqual([['added a +2 -0'], ['changed a +1 -2']]);
    expect(await linesOfGit(repository.folder)).toEqual(new Map([['a', 1]]));
  });

  it('counts a binary file as replaced, so that the sum is right once it is text', async () => {
    const repository = new GitRepository();
    repository.write('a', 'one\ntwo\n');
    repository.write('stays', '\0\n\n\n');
    repository.commit();
    repository.write('a', 'bin\0ary\n1\n2\n3');
    repository.commit();
    repository.write('a', 'bin\0ary\n1');
    repository.commit();
    repository.write('a', 'text\nagain\nnow\n');
    repository.commit();
    repository.git('rm', '--quiet', 'stays');
    repository.commit();

    expect(await readChanges(repository.folder)).toEqual([
      ['added a +2 -0', 'added stays +3 -0'],
      ['changed a +4 -2'],
      ['changed a +2 -4'],
      ['changed a +3 -2'],
      ['deleted stays +0 -3'],
    ]);
    expect(await linesOfGit(repository.folder)).toEqual(new Map([['a', 3]]));
  });

  it('counts the lines of large, empty and many binary files', async () => {
    const repository = new GitRepository();
    repository.write('.gitattributes', '* -diff\n');
    repository.write('empty', '');
    repository.write('large', Buffer.alloc(3_000_000, 'x\n'));
    repository.write('no line end', Buffer.alloc(200_000, 'x'));
    for (let index = 0; index < 50; index++) repository.write(`many/${index}`, 'a\n'.repeat(index));
    repository.commit();

    const lines = await addUp(repository.folder);
    expect(Object.fromEntries(lines)).toMatchObject({ empty: 0, large: 1_500_000, 'no line end': 1, 'many/49': 49 });
    expect(lines.size).toBe(54);
  });

  it('adds up although .gitattributes takes a file for binary, and then no longer', async () => {
    const repository = new GitRepository();
    repository.write('a.lock', 'one\n');
    repository.commit();
    repository.write('.gitattributes', '*.lock -diff\n');
    repository.write('a.lock', 'one\ntwo\n');
    repository.commit();
    expect((await addUp(repository.folder)).get('a.lock')).toBe(2);
    expect((await linesOfGit(repository.folder)).get('a.lock')).toBeUndefined();

    repository.write('.gitattributes', '');
    repository.commit();
    expect(await addUp(repository.folder)).toEqual(await linesOfGit(repository.folder));
  });

  it('tells a submodule as a file of one line', async () => {
    const repository = new GitRepository();
    repository.write('a', 'a\n');
    const [first, second] = [repository.commit(), repository.commit()];
    repository.git('update-index', '--add', '--cacheinfo', `160000,${first},module`);
    repository.git('commit', '--quiet', '--message=module');
    repository.git('update-index', '--cacheinfo', `160000,${second},module`);
    repository.git('commit', '--quiet', '--message=module');
    repository.write('.gitattributes', 'module -diff\n');
    repository.git('add', '.gitattributes');
    repository.git('rm', '--quiet', '--cached', 'module');
    repository.write('module', 'a\nfile\nnow\n');
    repository.commit();

    expect((await readChanges(repository.folder)).slice(2)).toEqual([
      ['added module +1 -0'],
      ['changed module +1 -1'],
      ['added .gitattributes +1 -0', 'changed module +3 -1'],
    ]);
  });

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

  it('recodes the names of authors as their commits say', async () => {
    const repository = new GitRepository();
    repository.fastImport(
      Buffer.concat([
        Buffer.from('commit refs/heads/main\nauthor J'),
        Buffer.from([0xf6]),
        Buffer.from('rg <j@example.org> 0 +0000\ncommitter J <j@example.org> 0 +0000\nencoding ISO-8859-1\ndata 0\n'),
      ]),
    );

    expect(await read(repository.folder)).toMatchObject([{ author: 'Jörg', timestamp: '1970-01-01T00:00:00.000Z' }]);
  });

  it('refuses an author date that has no place in an event', async () => {
    const repository = new GitRepository();
    repository.fastImport(
      'commit refs/heads/main\nauthor A <a> 999999999999999 +0000\ncommitter A <a> 0 +0000\ndata 0\n',
    );

    await expect(read(repository.folder)).rejects.toThrow(/^Commit [0-9a-f]{40} has no author date that can be stored/);
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
