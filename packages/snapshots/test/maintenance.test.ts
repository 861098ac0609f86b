import { paginateScan } from '@aws-sdk/client-dynamodb';

import {
  type BuildProgress,
  DynamoDbSnapshotStorage,
  everyNEvents,
  type SnapshotError,
  withSnapshots,
} from '../src/index.js';
import { newAggregateId, newPokemons, push, rejection } from './pokemons.js';
import { snapshotOf, versionsOf } from './storageContract.js';
import { describeOnEveryTable } from './support.js';

const all = async <T>(progress: AsyncIterable<T>): Promise<T[]> => {
  const seen: T[] = [];
  for await (const each of progress) seen.push(each);
  return seen;
};

describeOnEveryTable('maintenance', ({ tableName, dynamoDbClient, eventStore, requests }) => {
  const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
  const errors: SnapshotError[] = [];
  const open = (reducerVersion: string) =>
    withSnapshots(eventStore, {
      storage,
      reducerVersion,
      policy: everyNEvents(2),
      onSnapshotError: error => void errors.push(error),
    });
  const COUNT = 120;
  const ids = Array.from({ length: COUNT }, newAggregateId);
  /** How many snapshots of a reducer version are in the table. */
  const built = async (reducerVersion: string): Promise<number> => {
    const scan = {
      TableName: tableName,
      ConsistentRead: true,
      FilterExpression: 'reducerVersion = :reducerVersion',
      ExpressionAttributeValues: { ':reducerVersion': { S: reducerVersion } },
    };
    let count = 0;
    for await (const { Count = 0 } of paginateScan({ client: dynamoDbClient }, scan)) count += Count;
    return count;
  };

  beforeAll(async () => {
    for (let index = 0; index < COUNT; index += 20) {
      await Promise.all(ids.slice(index, index + 20).map(id => push(eventStore, id, 1, 2)));
    }
  });
  afterEach(() => expect(errors).toStrictEqual([]));

  it('that is interrupted goes on after its last page, and repeats no write', async () => {
    const crash = new Error('crash');
    let writes = 0;
    dynamoDbClient.middlewareStack.add(
      (next, { commandName }) =>
        args => {
          if (commandName !== 'PutItemCommand') return next(args);
          writes += 1;
          return next(args);
        },
      { step: 'initialize', name: 'count' },
    );
    const seen: BuildProgress[] = [];
    const crashing = (async () => {
      for await (const progress of open('1').snapshots.build({ concurrency: 7 })) {
        seen.push(progress);
        throw crash;
      }
    })();
    await expect(rejection(crashing)).resolves.toBe(crash);
    expect(seen).toStrictEqual([
      { aggregates: 100, snapshots: 100, failures: 0, leftOut: 0, pageToken: expect.any(String) },
    ]);
    await expect(built('1')).resolves.toBe(100);

    // Another process, with what the first one noted.
    const { pageToken } = seen[0] as { pageToken: string };
    await expect(all(open('1').snapshots.build({ pageToken }))).resolves.toStrictEqual([
      { aggregates: 20, snapshots: 20, failures: 0, leftOut: 0, pageToken: undefined },
    ]);
    await expect(built('1')).resolves.toBe(COUNT);

    // Without a note it looks at all of them again.
    await expect(all(open('1').snapshots.build())).resolves.toMatchObject([
      { aggregates: 100, snapshots: 0 },
      { aggregates: COUNT, snapshots: 0, failures: 0, leftOut: COUNT, pageToken: undefined },
    ]);
    dynamoDbClient.middlewareStack.remove('count');
    expect(writes).toBe(COUNT);
  });

  it('costs a request and a read unit for each aggregate that is too short, which it leaves out', async () => {
    requests.splice(0);
    const pokemons = withSnapshots(eventStore, { storage, reducerVersion: 'rare', policy: everyNEvents(3) });
    await expect(all(pokemons.snapshots.build())).resolves.toMatchObject([
      { aggregates: 100, snapshots: 0, leftOut: 100 },
      { aggregates: COUNT, snapshots: 0, leftOut: COUNT, failures: 0, pageToken: undefined },
    ]);
    const reads = requests.filter(({ input }) => input['IndexName'] === undefined);
    expect(reads).toHaveLength(COUNT);
    expect(requests).toHaveLength(COUNT + 2);
    expect(reads.filter(({ operation, input }) => operation !== 'Query' || input['Limit'] !== 4)).toStrictEqual([]);
  });

  it('builds a new reducer version beside the old one, and deletes the old ones later, also after a crash', async () => {
    const newer = open('2');
    await all(newer.snapshots.build());
    await expect(Promise.all([built('1'), built('2')])).resolves.toStrictEqual([COUNT, COUNT]);

    const deleting = newer.snapshots.deleteOutdated();
    const { value: first } = await deleting.next();
    await deleting.return();
    expect(first).toMatchObject({ aggregates: 100, snapshots: 100, failures: 0 });
    await expect(Promise.all([built('1'), built('2')])).resolves.toStrictEqual([COUNT - 100, COUNT]);

    const { pageToken } = first as { pageToken: string };
    await expect(all(newer.snapshots.deleteOutdated({ pageToken }))).resolves.toMatchObject([
      { aggregates: 20, snapshots: 20 },
    ]);
    await expect(Promise.all([built('1'), built('2')])).resolves.toStrictEqual([0, COUNT]);
    await expect(newer.getAggregate(ids[0] as string)).resolves.toMatchObject({ snapshot: { version: 2 } });
  });

  it('deletes those of one aggregate, of every reducer version and of no other event store', async () => {
    const [id] = ids as [string];
    const before = await built('2');
    const trainers = { eventStoreId: 'TRAINERS' };
    await storage.putSnapshot(snapshotOf(id, 1, { reducerVersion: '3' }));
    await storage.putSnapshot(snapshotOf(id, 1, trainers));
    await expect(open('2').snapshots.deleteOf(id)).resolves.toBe(2);
    await expect(versionsOf(storage, id, { reducerVersion: '3' })).resolves.toStrictEqual([]);
    await expect(versionsOf(storage, id, trainers)).resolves.toStrictEqual([1]);
    await expect(built('2')).resolves.toBe(before - 1);
    await expect(open('2').getAggregate(id)).resolves.toMatchObject({ snapshot: undefined, aggregate: { version: 2 } });
  });

  it('leaves events and other event stores alone', async () => {
    await expect(eventStore.listAggregateIds({ limit: 1000 })).resolves.toMatchObject({
      aggregateIds: { length: COUNT },
    });
    const other = newPokemons(eventStore.getEventStorageAdapter(), 'OTHERS');
    const pokemons = withSnapshots(other, { storage, reducerVersion: '1' });
    requests.splice(0);
    await all(pokemons.snapshots.deleteOutdated());
    expect(requests.filter(({ operation }) => operation === 'DeleteItem')).toHaveLength(0);
  });
});
