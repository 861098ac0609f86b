import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';

import { describeOnEveryEngine, uniqueTableName } from '../../../test-support/engines.js';
import { createFileEventStore } from '../src/fileEventStore.js';
import type { Commit, FileChange } from '../src/git/readHistory.js';
import { importHistory } from '../src/importHistory.js';
import { verifyFiles } from '../src/verifyFiles.js';

const change = (kind: FileChange['kind'], aggregateId: string, linesAdded = 0, linesRemoved = 0): FileChange => ({
  kind,
  aggregateId,
  linesAdded,
  linesRemoved,
});

async function* history(...commits: FileChange[][]): AsyncGenerator<Commit> {
  for (const changes of commits) yield { id: 'c0ffee', author: 'Ada', timestamp: '2020-01-01T00:00:00.000Z', changes };
}

describeOnEveryEngine('verification', engine => {
  const dynamoDbClient = engine.client();
  const tableName = uniqueTableName();
  let fileEventStore: ReturnType<typeof createFileEventStore>;

  beforeEach(async () => {
    await createEventTable(dynamoDbClient, { tableName, layout: 'single-table' });
    fileEventStore = createFileEventStore(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
  });
  afterEach(() => deleteEventTable(dynamoDbClient, { tableName }));

  it('counts what it has read and found right', async () => {
    const commits = history(
      [change('added', 'kept', 3), change('added', 'gone', 2), change('added', 'binary', 7)],
      [change('changed', 'kept', 2, 1), change('deleted', 'gone', 0, 2)],
    );
    expect(await importHistory(commits, fileEventStore)).toEqual({ commits: 2, files: 3, events: 5, groups: 2 });

    const report = await verifyFiles(
      fileEventStore,
      new Map([
        ['kept', { lines: 4 }],
        ['binary', {}],
      ]),
    );

    expect(report).toEqual({ aggregates: 3, events: 5, files: 2, verified: 2, mismatches: [] });
  });

  it('names a file whose event was tampered with', async () => {
    await importHistory(history([change('added', 'a', 3), change('added', 'b', 3)]), fileEventStore);
    const { events } = await fileEventStore.getEvents('b');
    const [added] = events;
    if (added === undefined) throw new Error('The event was not written.');
    await fileEventStore.pushEvent({ ...added, payload: { ...added.payload, linesAdded: 4 } }, { force: true });

    const report = await verifyFiles(
      fileEventStore,
      new Map([
        ['a', { lines: 3 }],
        ['b', { lines: 3 }],
      ]),
    );

    expect(report).toMatchObject({
      verified: 1,
      mismatches: [{ aggregateId: 'b', problem: 'has 3 lines in git, and 4 in the event store' }],
    });
  });

  it('names every file that only one of the two has', async () => {
    await importHistory(
      history(
        [change('added', 'unknown to git', 1), change('added', 'deleted', 1), change('added', 'not empty', 2)],
        [change('deleted', 'deleted', 0, 1), change('deleted', 'not empty', 0, 1)],
      ),
      fileEventStore,
    );

    const report = await verifyFiles(
      fileEventStore,
      new Map([
        ['deleted', { lines: 1 }],
        ['missing', { lines: 1 }],
      ]),
    );

    expect(report).toMatchObject({ files: 2, verified: 0 });
    expect(new Map(report.mismatches.map(({ aggregateId, problem }) => [aggregateId, problem]))).toEqual(
      new Map([
        ['unknown to git', 'is in the event store, and not in git'],
        ['deleted', 'is in git, and deleted in the event store'],
        ['not empty', 'is deleted in the event store with 1 lines left'],
        ['missing', 'is in git, and the event store does not know it'],
      ]),
    );
  });

  it.each([
    ['a second addition', [change('added', 'a', 1)], [change('added', 'a', 1)], 'has a added, which is there already.'],
    ['a change of nothing', [change('changed', 'a', 1)], [], 'has a changed, which is not there.'],
    [
      'a deletion of nothing',
      [change('added', 'b', 1)],
      [change('deleted', 'a', 1)],
      'has a deleted, which is not there.',
    ],
  ])('refuses %s', async (_, first, second, message) => {
    await expect(importHistory(history(first, second), fileEventStore)).rejects.toThrow(`Commit c0ffee ${message}`);
  });

  it('stops at a conflict: somebody else writes', async () => {
    await fileEventStore.pushEvent({
      aggregateId: 'a',
      version: 1,
      type: 'FILE_ADDED',
      payload: { commit: 'theirs', author: 'Mallory', linesAdded: 1, linesRemoved: 0 },
    });

    await expect(
      importHistory(history([change('added', 'b', 1), change('added', 'a', 1)]), fileEventStore),
    ).rejects.toMatchObject({ code: 'EventAlreadyExistsError', aggregateId: 'a', version: 1 });
    expect(await fileEventStore.getEvents('b')).toEqual({ events: [] });
  });
});
