import { Writable } from 'node:stream';

import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';
import { createProjectionTable } from '@castore-dynamodb/streams';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { streamsEndpoint } from '../src/database.js';
import { runDemo } from '../src/demo.js';
import { createFileEventStore } from '../src/fileEventStore.js';
import { openRepository } from '../src/git/repository.js';
import { createFileViews, foldersOf } from '../src/views/fileViews.js';
import { expectViews, verifyViews } from '../src/views/verifyViews.js';
import { GitRepository } from './support/gitRepository.js';

// A machine that has much to do takes several times as long.
jest.setTimeout(120_000);

/** Several authors, one of them without a name; files that come and go, move, and turn binary; deep and odd folders. */
const eventfulRepository = (): GitRepository => {
  const repository = new GitRepository();
  const deep = Array.from({ length: 30 }, (_, depth) => `d${depth}`).join('/');
  for (let commit = 1; commit <= 30; commit++) {
    repository.write('top.txt', 'line\n'.repeat(commit));
    if (commit % 3 === 0) repository.write('a#b/[c]*/é.txt', `${'x\n'.repeat(commit)}no line end`);
    if (commit === 5) repository.write('gone/inner/file', 'one\n');
    if (commit === 10) repository.git('rm', '--quiet', 'gone/inner/file');
    if (commit === 12) repository.write(`${deep}/file`, 'one\ntwo\n');
    if (commit === 15) repository.git('mv', 'a#b', 'moved');
    repository.write('binary/blob', commit % 8 < 4 ? 'text\n' : '\0\n\n');
    const author = commit % 4 === 0 ? ['--author=Grace "#1" Hopper <grace@example.org>'] : [];
    repository.commit(...author);
  }
  const head = repository.git('rev-parse', 'HEAD');
  repository.fastImport(
    Buffer.from(
      `commit refs/heads/main\ncommitter <nobody> 1600000000 +0000\ndata 0\nfrom ${head}\n` +
        'M 644 inline nobody/caf\u00e9\ndata 4\none\n\n',
      'latin1',
    ),
  );
  return repository;
};

describe('the folders of a file', () => {
  it('are those above it, from the top down', () => {
    expect(foldersOf('README.md')).toEqual(['.']);
    expect(foldersOf('src/git/run.ts')).toEqual(['.', 'src', 'src/git']);
    // Of a path that is no UTF-8.
    expect(foldersOf('/src/caf%E9')).toEqual(['.', '/src']);
  });

  it('are 21 at most', () => {
    expect(foldersOf('f/'.repeat(1_000))).toHaveLength(21);
  });
});

describe('the endpoint of the streams', () => {
  it('is another one for AWS', () => {
    expect(streamsEndpoint('http://localhost:8000')).toBe('http://localhost:8000');
    expect(streamsEndpoint('https://dynamodb.eu-west-1.amazonaws.com')).toBe(
      'https://streams.dynamodb.eu-west-1.amazonaws.com',
    );
  });
});

describeOnSomeEngine('the views of the demo', engine => {
  const dynamoDbClient = engine.client();
  const tables: string[] = [];
  const newTable = (): string => {
    const table = uniqueTableName();
    tables.push(table, `${table}-views`);
    return table;
  };
  const signal = new AbortController().signal;

  const run = async (repo: string, { table = newTable(), keep = true, end = signal } = {}) => {
    let text = '';
    const output = new Writable({
      write: (chunk, _, done) => {
        text += chunk;
        done();
      },
    });
    const options = {
      repo,
      endpoint: engine.endpoint,
      table,
      keep,
      snapshots: false,
      views: true,
      live: false,
      explorer: false,
      transformations: false,
    };
    const isVerified = await runDemo(options, output, end);
    return { isVerified, text, table };
  };

  const exists = (tableName: string): Promise<boolean> =>
    dynamoDbClient.send(new DescribeTableCommand({ TableName: tableName })).then(
      () => true,
      () => false,
    );

  afterAll(() => Promise.all(tables.map(tableName => deleteEventTable(dynamoDbClient, { tableName }))));

  it('are, live and replayed, what git says', async () => {
    const { folder } = eventfulRepository();
    const { isVerified, text, table } = await run(folder);
    expect(text).not.toContain('MISMATCH');
    expect(isVerified).toBe(true);
    const expected = await expectViews(await openRepository(folder), signal);
    // All, Ada, Grace, and the one without a name.
    expect([...expected.authors.keys()].toSorted()).toEqual(['all', 'by ', 'by Ada', 'by Grace "#1" Hopper']);
    const count = 4 + expected.folders.size;
    expect(text).toContain(`verified against git: ${count} of ${count} live views\n`);
    expect(text).toContain(`verified against git: ${count} of ${count} replayed views\n`);
    expect(text).toMatch(/│ Ada +│/);

    // Numbers that are known without any code of ours.
    const fileEventStore = createFileEventStore(
      new DynamoDbSingleTableEventStorageAdapter({ tableName: table, dynamoDbClient }),
    );
    const options = { tableName: `${table}-views`, dynamoDbClient };
    for (const kind of ['live', 'replayed']) {
      const { authors, folders } = createFileViews(fileEventStore, { ...options, kind });
      await expect(authors.getView('by ')).resolves.toEqual({ changes: 1, linesAdded: 1, linesRemoved: 0 });
      await expect(folders.getView('gone/inner')).resolves.toEqual({ changes: 2, files: 0, lines: 0 });
      await expect(folders.getView('moved/[c]*')).resolves.toMatchObject({ files: 1 });
    }
  });

  it('show a mismatch if they are anything else', async () => {
    const repository = new GitRepository();
    repository.write('folder/file', 'one\n');
    repository.commit();
    const { table } = await run(repository.folder);
    const fileEventStore = createFileEventStore(
      new DynamoDbSingleTableEventStorageAdapter({ tableName: table, dynamoDbClient }),
    );
    const views = createFileViews(fileEventStore, { kind: 'live', tableName: `${table}-views`, dynamoDbClient });

    repository.write('folder/file', 'one\ntwo\n');
    repository.write('other/file', 'one\n');
    repository.commit();
    const expected = await expectViews(await openRepository(repository.folder), signal);
    const { verified, mismatches } = await verifyViews(views, expected, signal);
    expect(verified).toBe(0);
    expect(new Set(mismatches)).toEqual(
      new Set([
        'the view of author "all" has 1 changes, and git 3',
        'the view of author "by Ada" has 1 changes, and git 3',
        'the view of folder "." has 1 changes, and git 3',
        'the view of folder "folder" has 1 changes, and git 2',
        'the view of folder "other" is missing',
      ]),
    );
  });

  it('lie in a table of their own, which is deleted in the end', async () => {
    const repository = new GitRepository();
    repository.write('a', 'a\n');
    repository.commit();
    const kept = await run(repository.folder);
    expect(kept.text).toContain(`the table ${kept.table}-views of the views is left\n`);
    expect(await exists(`${kept.table}-views`)).toBe(true);

    const { table, isVerified } = await run(repository.folder, { keep: false });
    expect(isVerified).toBe(true);
    expect(await exists(table)).toBe(false);
    expect(await exists(`${table}-views`)).toBe(false);
  });

  it('are not mixed with those of something else, and need a stream', async () => {
    const repository = new GitRepository();
    repository.write('a', 'a\n');
    repository.commit();
    const table = newTable();
    await createProjectionTable(dynamoDbClient, { tableName: `${table}-views` });
    await expect(run(repository.folder, { table, keep: false })).rejects.toThrow(
      `The table ${table}-views is there already: delete it, or choose another --table.`,
    );
    expect(await exists(`${table}-views`)).toBe(true);

    const withoutStream = newTable();
    await createEventTable(dynamoDbClient, { tableName: withoutStream, layout: 'single-table' });
    await expect(run(repository.folder, { table: withoutStream, keep: false })).rejects.toThrow(
      expect.objectContaining({ code: 'StreamNotReadableError' }),
    );
    expect(await exists(`${withoutStream}-views`)).toBe(false);
  });

  it('leave nothing if the demo is stopped in between', async () => {
    const repository = new GitRepository();
    repository.fastImport(
      'commit refs/heads/main\ncommitter A <a> 0 +0000\ndata 0\nM 644 inline f\ndata 0\n'.repeat(3_000),
    );
    const stop = new AbortController();
    const table = newTable();
    const running = run(repository.folder, { table, keep: false, end: stop.signal });
    const fileEventStore = createFileEventStore(
      new DynamoDbSingleTableEventStorageAdapter({ tableName: table, dynamoDbClient }),
    );
    const { authors } = createFileViews(fileEventStore, { kind: 'live', tableName: `${table}-views`, dynamoDbClient });
    const stopWithin = async () => {
      while ((await authors.getView('all').catch(() => undefined)) === undefined);
      stop.abort();
    };
    await Promise.all([expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' })), stopWithin()]);
    expect(await exists(table)).toBe(false);
    expect(await exists(`${table}-views`)).toBe(false);
  });
});
