import { Writable } from 'node:stream';

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createEventTable,
  DynamoDbSingleTableEventStorageAdapter,
  deleteEventTable,
  describeEventTable,
} from '@castore-dynamodb/adapter';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { runDemo } from '../src/demo.js';
import { createFileEventStore, type FileEventStore } from '../src/fileEventStore.js';
import type { Options } from '../src/options.js';
import { authorDateOf, GitRepository } from './support/gitRepository.js';

// A machine that has much to do takes several times as long.
jest.setTimeout(120_000);

const textOutput = () => {
  let text = '';
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  return { output, text: () => text };
};

const storeOf = (dynamoDbClient: DynamoDBClient, tableName: string): FileEventStore =>
  createFileEventStore(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));

describeOnSomeEngine('the demo', engine => {
  const dynamoDbClient = engine.client();
  const tables: string[] = [];

  const run = async (
    repo: string,
    {
      table = uniqueTableName(),
      keep = true,
      signal = new AbortController().signal,
      snapshots = false,
      views = false,
      live = false,
      explorer = false,
      transformations = false,
      timeTravel,
    }: Partial<Options> & { signal?: AbortSignal } = {},
  ) => {
    tables.push(table);
    const { output, text } = textOutput();
    const options = {
      repo,
      endpoint: engine.endpoint,
      table,
      keep,
      snapshots,
      views,
      live,
      explorer,
      transformations,
      ...(timeTravel && { timeTravel }),
    };
    const isVerified = await runDemo(options, output, signal);
    return { isVerified, table, text: text(), fileEventStore: storeOf(dynamoDbClient, table) };
  };

  const exists = (tableName: string): Promise<boolean> =>
    describeEventTable(dynamoDbClient, { tableName, layout: 'single-table' }).then(
      () => true,
      () => false,
    );

  afterAll(() => Promise.all(tables.map(tableName => deleteEventTable(dynamoDbClient, { tableName }))));

  it('writes additions, changes, deletions and further additions as the events of a file', async () => {
    const repository = new GitRepository();
    repository.write('a#b.txt', 'one\ntwo\n');
    const added = repository.commit();
    repository.write('a#b.txt', 'one\n2\n3');
    const changed = repository.commit('--author=Grace <grace@example.org>');
    repository.git('rm', '--quiet', 'a#b.txt');
    const deleted = repository.commit();
    repository.write('a#b.txt', 'again');
    const addedAgain = repository.commit();

    const { isVerified, fileEventStore, text } = await run(repository.folder);

    const { aggregate, events } = await fileEventStore.getAggregate('a#b.txt');
    const event = { aggregateId: 'a#b.txt' };
    expect(events).toEqual([
      {
        ...event,
        version: 1,
        type: 'FILE_ADDED',
        timestamp: authorDateOf(1),
        payload: { commit: added, author: 'Ada', linesAdded: 2, linesRemoved: 0 },
      },
      {
        ...event,
        version: 2,
        type: 'FILE_CHANGED',
        timestamp: authorDateOf(2),
        payload: { commit: changed, author: 'Grace', linesAdded: 2, linesRemoved: 1 },
      },
      {
        ...event,
        version: 3,
        type: 'FILE_DELETED',
        timestamp: authorDateOf(3),
        payload: { commit: deleted, author: 'Ada', linesAdded: 0, linesRemoved: 3 },
      },
      {
        ...event,
        version: 4,
        type: 'FILE_ADDED',
        timestamp: authorDateOf(4),
        payload: { commit: addedAgain, author: 'Ada', linesAdded: 1, linesRemoved: 0 },
      },
    ]);
    expect(aggregate).toEqual({ aggregateId: 'a#b.txt', version: 4, exists: true, lines: 1 });
    expect(isVerified).toBe(true);
    expect(text).toContain('verified against git: 1 of 1 files\n');
  });

  it('writes a commit of 250 files as three event groups of one timestamp', async () => {
    const repository = new GitRepository();
    for (let file = 0; file < 250; file++) repository.write(`folder ${file % 10}/${file}`, 'line\n'.repeat(file));
    repository.commit();

    const { isVerified, fileEventStore, text } = await run(repository.folder);

    expect(isVerified).toBe(true);
    expect(text).toContain('verified against git: 250 of 250 files\n');
    expect(text).toMatch(/event groups +│ +3 │/);
    expect(text).toMatch(/TransactWriteItems │ +3 │/);
    const { aggregateIds } = await fileEventStore.listAggregateIds();
    expect(new Set(aggregateIds.map(({ initialEventTimestamp }) => initialEventTimestamp))).toEqual(
      new Set([authorDateOf(1)]),
    );
  });

  it('costs one request a group, one a file, and one a page of files', async () => {
    const repository = new GitRepository();
    for (const text of ['1\n', '2\n', '3\n']) {
      repository.write('a', text);
      repository.write('b', text);
      repository.commit();
    }
    repository.write('c', 'c\n');
    repository.commit();

    const { text } = await run(repository.folder);

    expect(text).toMatch(/TransactWriteItems │ +3 │/);
    // The only event of its group needs no transaction.
    expect(text).toMatch(/PutItem +│ +1 │/);
    // Whether the table is empty, the list of the three files, and each file.
    expect(text).toMatch(/Query +│ +5 │/);
  });

  it('shows an event and an aggregate, and explains numbers that differ from those of git log and of HEAD', async () => {
    const repository = new GitRepository();
    repository.write('README.md', 'one\n');
    repository.write('gone', 'one\n');
    repository.commit();
    repository.git('checkout', '--quiet', '-b', 'side');
    repository.git('rm', '--quiet', 'gone');
    repository.commit();
    repository.write('README.md', 'one\ntwo\n');
    repository.commit();
    repository.git('checkout', '--quiet', 'main');
    repository.git('merge', '--quiet', '--no-edit', '--no-ff', 'side');

    const { text, isVerified } = await run(repository.folder, { snapshots: true });

    expect(isVerified).toBe(true);
    expect(text).toContain('\n2 of 4 commits are on the first-parent line: a merge counts as one commit');
    expect(text).toContain('verified against git: 1 of 1 files\ndeleted files, which are aggregates too: 1\n');
    expect(text).toContain('\nsnapshots: a file is read by two Queries at once');
    expect(text).toContain("an event, the last of 'README.md':\n{\n  aggregateId: 'README.md',\n  version: 2,");
    expect(text).toContain("\n{ aggregateId: 'README.md', version: 2, exists: true, lines: 2 }\n");
    expect(text).toContain("\nconst { aggregate } = await fileEventStore.getAggregate('README.md');\n");
  });

  it('verifies merges, renames, binary and odd files', async () => {
    const repository = new GitRepository();
    repository.write('old name', 'one\ntwo\n');
    repository.write('binary', '\0\n\n');
    repository.write('empty', '');
    repository.write('späce "quote" #1', 'x');
    repository.commit();
    repository.git('checkout', '--quiet', '-b', 'side');
    repository.git('mv', 'old name', 'new name');
    repository.commit();
    repository.git('checkout', '--quiet', 'main');
    repository.write('binary', 'text\n');
    repository.commit();
    repository.git('merge', '--quiet', '--no-edit', 'side');

    const { isVerified, text, fileEventStore } = await run(repository.folder);

    expect(isVerified).toBe(true);
    expect(text).toContain('verified against git: 4 of 4 files\n');
    const { aggregate } = await fileEventStore.getAggregate('old name');
    expect(aggregate).toEqual({ aggregateId: 'old name', version: 2, exists: false, lines: 0 });
  });

  it('keeps the versions of a file in order if many commits change it', async () => {
    const repository = new GitRepository();
    const commits = Array.from({ length: 300 }, (_, index) =>
      [
        `commit refs/heads/main\ncommitter A <a> ${index} +0000\ndata 0`,
        `M 644 inline always\ndata 4\n${String(index).padStart(3, '0')}\n`,
        `M 644 inline ${index % 7}\ndata 4\n${String(index).padStart(3, '0')}\n\n`,
      ].join('\n'),
    );
    repository.fastImport(commits.join(''));

    const { isVerified, fileEventStore } = await run(repository.folder);

    expect(isVerified).toBe(true);
    const { events } = await fileEventStore.getEvents('always');
    expect(events.map(({ timestamp }) => Date.parse(timestamp) / 1000)).toEqual(commits.map((_, index) => index));
  });

  it('deletes the table that it has created, unless it is told to keep it', async () => {
    const repository = new GitRepository();
    repository.write('a', 'a\n');
    repository.commit();

    const kept = await run(repository.folder, { keep: true });
    expect(kept.text).toContain(`the table ${kept.table} is left\n`);
    expect(kept.text).toMatch(/^ {2}npm run -s cli -- events FILES a --table \S+ --endpoint-url http:\S+$/m);
    expect(await exists(kept.table)).toBe(true);

    const { table } = await run(repository.folder, { keep: false });
    expect(await exists(table)).toBe(false);
  });

  it('uses a table that is there, and never deletes it', async () => {
    const repository = new GitRepository();
    repository.write('a', 'a\n');
    repository.commit();
    const table = uniqueTableName();
    await createEventTable(dynamoDbClient, { tableName: table, layout: 'single-table' });

    expect(await run(repository.folder, { table, keep: false })).toMatchObject({ isVerified: true });

    expect(await exists(table)).toBe(true);
    await expect(run(repository.folder, { table, keep: false })).rejects.toThrow(
      `The table ${table} holds an imported history already: delete it, or choose another --table.`,
    );
    expect(await exists(table)).toBe(true);
  });

  it('deletes the table if it is stopped in between', async () => {
    const repository = new GitRepository();
    repository.fastImport(
      'commit refs/heads/main\ncommitter A <a> 0 +0000\ndata 0\nM 644 inline f\ndata 0\n'.repeat(5_000),
    );
    const stop = new AbortController();
    const table = uniqueTableName();

    const running = run(repository.folder, { table, keep: false, signal: stop.signal });
    const stopWithin = async () => {
      const fileEventStore = storeOf(dynamoDbClient, table);
      const eventCount = async () => (await fileEventStore.getEvents('f').catch(() => ({ events: [] }))).events.length;
      while ((await eventCount()) === 0);
      stop.abort();
    };
    await Promise.all([expect(running).rejects.toThrow(expect.objectContaining({ name: 'AbortError' })), stopWithin()]);

    expect(await exists(table)).toBe(false);
  });
});
