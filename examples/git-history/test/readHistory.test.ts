import { openRepository } from '../src/git/repository.js';
import { authorDateOf, GitRepository } from './support/gitRepository.js';
import { addUp, linesOfGit, quoted, read, readChanges } from './support/reading.js';

describe('reading the history of a git repository', () => {
  it('tells every commit with its author, author date and changes, the oldest first', async () => {
    const repository = new GitRepository();
    repository.write('a.txt', 'one\ntwo\n');
    const first = repository.commit();
    repository.write('a.txt', 'one\n2\nthree\n');
    repository.write('b.txt', 'b\n');
    const second = repository.commit('--author=Ädä Løvelace <ada@example.org>', '--message=why: two\nlines');

    expect(await read(repository.folder)).toEqual([
      {
        id: first,
        author: 'Ada',
        message: 'test',
        timestamp: authorDateOf(1),
        changes: [{ kind: 'added', aggregateId: 'a.txt', linesAdded: 2, linesRemoved: 0 }],
      },
      {
        id: second,
        author: 'Ädä Løvelace',
        message: 'test\n\nwhy: two\nlines',
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
});
