import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { createFileEventStore } from '../src/fileEventStore.js';
import { importHistory } from '../src/importHistory.js';
import { verifyFiles } from '../src/verifyFiles.js';
import { change, history } from './support/history.js';

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

    expect(report).toEqual({
      aggregates: 3,
      events: 5,
      eventsRead: 5,
      files: 2,
      verified: 2,
      deleted: 1,
      mismatches: [],
    });
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
});
