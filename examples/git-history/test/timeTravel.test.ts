import { Writable } from 'node:stream';

import { DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';
import { describeOnSomeEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { runDemo } from '../src/demo.js';
import { createFileEventStore } from '../src/fileEventStore.js';
import { withFileSnapshots, withoutFileSnapshots } from '../src/fileSnapshots.js';
import { openRepository } from '../src/git/repository.js';
import type { TimeTravel } from '../src/options.js';
import { travelInTime } from '../src/travelInTime.js';
import { authorDateOf, GitRepository } from './support/gitRepository.js';

// A machine that has much to do takes several times as long.
jest.setTimeout(120_000);

/** Commits an hour apart: files that change often, come and go, turn binary, have odd names, and clocks that err. */
const eventfulRepository = (): GitRepository => {
  const repository = new GitRepository();
  for (let commit = 1; commit <= 40; commit++) {
    repository.write('often.txt', 'line\n'.repeat(commit));
    if (commit % 3 === 0) repository.write('a#b [c]*.txt', `${'x\n'.repeat(commit)}no line end`);
    if (commit === 5) repository.write('folder/inner', 'one\n');
    if (commit === 10) repository.git('rm', '--quiet', 'folder/inner');
    if (commit === 20) repository.write('folder/inner', 'one\ntwo\n');
    repository.write('blob', commit % 8 < 4 ? 'text\n' : '\0\n\n');
    const late = [12, 25].includes(commit) ? ['--date=2020-01-01T03:30:00+00:00'] : [];
    repository.commit(...late);
  }
  repository.git('checkout', '--quiet', '-b', 'side', 'HEAD~5');
  repository.write('from the side', 'one\n');
  repository.commit();
  repository.git('checkout', '--quiet', 'main');
  repository.git('merge', '--quiet', '--no-edit', '--no-ff', 'side');
  return repository;
};

const hours = (hour: number) => new Date(Date.UTC(2020, 0, 1) + hour * 60 * 60_000).toISOString();

describeOnSomeEngine('time travel', engine => {
  const dynamoDbClient = engine.client();
  const { folder } = eventfulRepository();
  const [withTable, withoutTable] = [uniqueTableName(), uniqueTableName()];
  let text = '';

  const run = async (table: string, snapshots: boolean, timeTravel?: TimeTravel): Promise<boolean> => {
    const output = new Writable({
      write: (chunk, _, done) => {
        text += chunk;
        done();
      },
    });
    const options = {
      repo: folder,
      endpoint: engine.endpoint,
      table,
      keep: true,
      snapshots,
      views: false,
      live: false,
      explorer: false,
      transformations: false,
    };
    return runDemo({ ...options, ...(timeTravel && { timeTravel }) }, output, new AbortController().signal);
  };
  const storeOf = (tableName: string) =>
    createFileEventStore(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));

  beforeEach(() => {
    text = '';
  });
  afterAll(() =>
    Promise.all([withTable, withoutTable].map(tableName => deleteEventTable(dynamoDbClient, { tableName }))),
  );

  it('shows a file as it was, from a snapshot, and reads fewer events of it', async () => {
    const isVerified = await run(withTable, true, { file: 'often.txt', at: hours(34.5) });

    expect(isVerified).toBe(true);
    expect(text).toContain(
      `often.txt at ${hours(34.5)}: 34 lines (version 34, from the snapshot at version 30 and 4 events)\n` +
        'verified against git: as it was then\n',
    );
    expect(text).toContain('verified against git: 5 of 5 files\n');
    const [, written = '', read = ''] = /events +│ +(\d+) │ +(\d+) │/.exec(text) ?? [];
    expect(Number(read)).toBeLessThan(Number(written));
  });

  it('shows it from its events alone, without snapshots', async () => {
    expect(await run(withoutTable, false, { file: 'often.txt', at: hours(34.5) })).toBe(true);
    expect(text).toContain(`often.txt at ${hours(34.5)}: 34 lines (version 34, from 34 events)\n`);
  });

  it('agrees with git about every file at every time, with snapshots and without', async () => {
    const repository = await openRepository(folder);
    const stores = [
      withFileSnapshots(storeOf(withTable), withTable, dynamoDbClient),
      withoutFileSnapshots(storeOf(withoutTable)),
    ];
    const files = ['often.txt', 'a#b [c]*.txt', 'folder/inner', 'blob', 'from the side', 'folder', 'no such file'];
    const answers = new Set<string>();
    for (const store of stores) {
      for (const file of files) {
        for (let hour = 0; hour <= 42; hour += 14) {
          const at = hours(hour + (hour % 4) / 4);
          const report = await travelInTime({ file, at }, store, repository);
          expect(report).toStrictEqual({ answer: expect.any(String) });
          answers.add(report.answer.replace(/^.*: /, '').replace(/ \(.*/, ''));
        }
      }
    }
    expect([...answers]).toEqual(
      expect.arrayContaining(['not there yet', 'deleted', '1 lines', '2 lines', '40 lines']),
    );
  });

  it('goes by the order of versions if clocks ran backwards', async () => {
    const repository = await openRepository(folder);
    const store = withFileSnapshots(storeOf(withTable), withTable, dynamoDbClient);
    // The 12th and the 25th commit are stamped at half past three.
    const { answer } = await travelInTime({ file: 'often.txt', at: hours(3.5) }, store, repository);
    expect(answer).toContain(': 25 lines (version 25,');
  });

  it('reports it if git has it otherwise', async () => {
    const store = storeOf(withoutTable);
    const { events } = await store.getEvents('often.txt', { minVersion: 40, maxVersion: 40 });
    const [last] = events;
    if (last === undefined) throw new Error('There is no last event.');
    await store.pushEvent({ ...last, version: 41, timestamp: hours(43) });

    const at = hours(44);
    const report = await travelInTime(
      { file: 'often.txt', at },
      withoutFileSnapshots(store),
      await openRepository(folder),
    );

    expect(report.answer).toContain('41 lines');
    expect(report.mismatch).toBe(`"often.txt" at ${at} is in git: 40 lines`);
    expect(authorDateOf(40)).toBe(hours(40));
  });
});
