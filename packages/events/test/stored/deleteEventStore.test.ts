import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBSingleTableEventStorageAdapter as CastoreSingleTableAdapter } from '@castore/event-storage-adapter-dynamodb';
import { createEventTable, deleteEventTable } from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { describeOnEveryLayout, operations } from '@castore-dynamodb/testing/eventTables';

import { deleteEventStore, type EventStoreDeletionProgress } from '../../src/index.js';
import { caught, context, itemsIn, push, type Store, storeOf } from './support.js';

const confirm = 'POKEMONS';

const all = async (deletion: AsyncIterable<EventStoreDeletionProgress>): Promise<EventStoreDeletionProgress[]> => {
  const progress: EventStoreDeletionProgress[] = [];
  for await (const each of deletion) progress.push(each);
  return progress;
};

describeOnEveryLayout('deleteEventStore', tables => {
  const { layout, dynamoDbClient, requests } = tables;
  // A table for each test, since what is left in it counts.
  const open = async () => {
    const tableName = uniqueTableName('events');
    await createEventTable(dynamoDbClient, { tableName, layout });
    const inTable = { ...tables, tableNames: { events: tableName } };
    const snapshotsOf = (eventStore: Store) =>
      withSnapshots(eventStore, {
        storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
        reducerVersion: '1',
        policy: everyNEvents(1),
      });
    const keysOf = async (): Promise<string[]> =>
      (await itemsIn(dynamoDbClient, tableName)).map(({ aggregateId, version }) => `${aggregateId?.S}/${version?.N}`);
    return { tableName, snapshotsOf, keysOf, eventStore: storeOf(inTable), inTable };
  };
  const tablesToDelete: string[] = [];
  afterAll(() => Promise.all(tablesToDelete.map(tableName => deleteEventTable(dynamoDbClient, { tableName }))));

  it('counts no aggregate that was gone already, whatever is removed at the same time', async () => {
    const { tableName, eventStore } = await open();
    tablesToDelete.push(tableName);
    const ids = Array.from({ length: 8 }, (_, index) => `ash-${index}`);
    for (const id of ids) await push(eventStore, id, 2);
    // The index is eventually consistent: it may still have what was removed a moment ago.
    const listed = ids.flatMap(aggregateId => [`gone-${aggregateId}`, aggregateId]);
    jest.spyOn(eventStore, 'listAggregateIds').mockResolvedValueOnce({
      aggregateIds: listed.map(aggregateId => ({ aggregateId, initialEventTimestamp: '2026-01-01T00:00:00.000Z' })),
    });
    const [progress] = await all(deleteEventStore(eventStore, { confirm }));
    expect(progress).toMatchObject({ phase: 'listed', aggregates: 8, events: 16 });
  });

  it('removes all that is the event store’s, and nothing of any other', async () => {
    const { tableName, snapshotsOf, keysOf, eventStore, inTable } = await open();
    tablesToDelete.push(tableName);
    const others = layout === 'single-table' ? ['POKEMONS2', 'POKEMON', 'pokemons'] : [];
    for (const eventStoreId of others) {
      const other = storeOf(inTable, { eventStoreId });
      await push(other, 'ash', 2);
      for await (const _ of snapshotsOf(other).snapshots.build());
    }
    const before = await keysOf();
    for (const aggregateId of ['ash', 'POKEMONS2#ash', 'misty#1']) await push(eventStore, aggregateId, 3);
    for await (const _ of snapshotsOf(eventStore).snapshots.build());
    // One that Castore's own adapter stored under an empty id, which only a single table can hold.
    if (layout === 'single-table') {
      const castore = new CastoreSingleTableAdapter({ tableName, dynamoDBClient: dynamoDbClient });
      await castore.pushEvent(caught('', 2), context);
    }
    // One that is not listed; and snapshots of one that is gone.
    await push(eventStore, 'headless', 4, 3);
    const Key = (version: string) => ({
      aggregateId: { S: layout === 'single-table' ? 'POKEMONS#misty#1' : 'misty#1' },
      version: { N: version },
    });
    for (const version of ['1', '2', '3']) {
      await dynamoDbClient.send(new DeleteItemCommand({ TableName: tableName, Key: Key(version) }));
    }

    const progress = await all(deleteEventStore(eventStore, { confirm }));
    expect(await keysOf()).toEqual(before);
    expect(progress.map(({ phase }) => phase)).toEqual(['listed', 'done']);
    expect(progress[0]).toMatchObject({ aggregates: 2, events: 6, snapshots: 2, pageToken: undefined });
    const [aggregates, events] = layout === 'single-table' ? [4, 9] : [3, 8];
    expect(progress[1]).toMatchObject({ aggregates, events, snapshots: 3, pageToken: undefined });
    expect(progress[1]?.copies.map(({ kind }) => kind)).toEqual(['projection', 'snapshots', 'stream', 'backups']);
    await expect(all(deleteEventStore(eventStore, { confirm }))).resolves.toMatchObject([
      { phase: 'done', aggregates: 0, events: 0, writeUnits: 0 },
    ]);
  });

  it('goes on after an interruption, from the start or within the scan', async () => {
    const { tableName, keysOf, eventStore } = await open();
    tablesToDelete.push(tableName);
    for (let index = 0; index < 12; index++) await push(eventStore, `listed-${index}`, 1);
    for await (const { phase } of deleteEventStore(eventStore, { confirm })) {
      expect(phase).toBe('listed');
      break;
    }
    expect(await keysOf()).toEqual([]);

    for (let index = 0; index < 12; index++) await push(eventStore, `headless-${index}`, 3, 3);
    let pageToken: string | undefined;
    // So few units that the scan takes several pages.
    for await (const each of deleteEventStore(eventStore, { confirm, readUnitsPerSecond: 100 })) {
      ({ pageToken } = each);
      if (each.phase === 'scanned') break;
    }
    const left = await keysOf();
    requests.splice(0);
    if (pageToken !== undefined) {
      await all(deleteEventStore(eventStore, { confirm, pageToken }));
      expect(operations(requests)[0]).toBe('Scan');
    }
    expect(left.length).toBeLessThanOrEqual(12);
    await all(deleteEventStore(eventStore, { confirm }));
    expect(await keysOf()).toEqual([]);
  });

  it('wants the event store’s id, and a token of its own, before it sends anything', async () => {
    const eventStore = storeOf(tables);
    requests.splice(0);
    const wrong: [string, object][] = [
      ['options.confirm', { confirm: 'TRAINERS' }],
      ['options.confirm', { confirm: undefined }],
      ['options.pageToken', { confirm, pageToken: 'x' }],
      ['options.pageToken', { confirm, pageToken: 7 }],
      ['options.dryRun', { confirm, dryRun: true }],
    ];
    for (const [argument, options] of wrong) {
      await expect(all(deleteEventStore(eventStore, options as never))).rejects.toMatchObject({
        code: 'InvalidArgumentError',
        argument,
      });
    }
    expect(requests).toEqual([]);
  });
});
