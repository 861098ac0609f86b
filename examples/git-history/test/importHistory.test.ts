import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import { createEventTable, DynamoDbSingleTableEventStorageAdapter, deleteEventTable } from '@castore-dynamodb/adapter';
import { describeOnEveryEngine, uniqueTableName } from '@castore-dynamodb/testing/engines';

import { createFileEventStore } from '../src/fileEventStore.js';
import { importHistory } from '../src/importHistory.js';
import { change, history } from './support/history.js';

describeOnEveryEngine('the import', engine => {
  const dynamoDbClient = engine.client();
  const tableName = uniqueTableName();
  let fileEventStore: ReturnType<typeof createFileEventStore>;

  beforeEach(async () => {
    await createEventTable(dynamoDbClient, { tableName, layout: 'single-table' });
    fileEventStore = createFileEventStore(new DynamoDbSingleTableEventStorageAdapter({ tableName, dynamoDbClient }));
  });
  afterEach(() => deleteEventTable(dynamoDbClient, { tableName }));

  it('takes no more commits from git than it can write', async () => {
    let taken = 0;
    const endless = async function* () {
      for (;;) {
        taken += 1;
        yield* history([change('added', `file ${taken}`, 1)]);
        await setImmediate();
      }
    };
    const stop = new AbortController();
    let answer = () => {};
    const answered = new Promise<void>(resolve => (answer = resolve));
    fileEventStore.eventStorageAdapter = Object.assign(fileEventStore.getEventStorageAdapter(), {
      pushEventGroup: () => answered.then(() => ({ eventGroup: [] })),
    });

    const importing = importHistory(endless(), fileEventStore, { signal: stop.signal });
    let takenBefore: number;
    do {
      takenBefore = taken;
      await sleep(50);
    } while (taken > takenBefore);
    stop.abort();
    answer();

    await expect(importing).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    // Those that are being written, and a few that wait for their turn.
    expect(taken).toBeGreaterThan(1);
    expect(taken).toBeLessThan(40);
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
