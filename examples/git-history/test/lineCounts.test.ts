import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { GitRepository } from './support/gitRepository.js';
import { addUp, linesOfGit, readChanges } from './support/reading.js';

describe('the lines of a history', () => {
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
});
