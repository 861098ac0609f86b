import { randomBytes } from 'node:crypto';

import { DynamoDbSnapshotStorage, type SnapshotRetention } from '../src/index.js';
import { newAggregateId, rejection } from './pokemons.js';
import { itKeepsSnapshots, putAll, snapshotOf, versionsOf } from './storageContract.js';
import { costs, describeOnEveryTable } from './support.js';

describeOnEveryTable('DynamoDbSnapshotStorage', ({ tableName, dynamoDbClient, requests }) => {
  const open = (retention?: SnapshotRetention) =>
    new DynamoDbSnapshotStorage({ tableName: () => tableName, dynamoDbClient, ...(retention && { retention }) });
  const storage = open();

  itKeepsSnapshots(storage);

  it('keeps the newest k of a reducer version on request', async () => {
    const id = newAggregateId();
    const other = { reducerVersion: '2' };
    await putAll(storage, [snapshotOf(id, 1), snapshotOf(id, 2), snapshotOf(id, 3), snapshotOf(id, 2, other)]);
    const keeping = open({ newest: 2 });

    requests.splice(0);
    await keeping.putSnapshot(snapshotOf(id, 4));
    expect(requests.map(({ operation }) => operation)).toStrictEqual(['PutItem', 'Query', 'DeleteItem', 'DeleteItem']);
    await expect(versionsOf(storage, id)).resolves.toStrictEqual([4, 3]);
    await expect(versionsOf(storage, id, other)).resolves.toStrictEqual([2]);

    await putAll(keeping, [snapshotOf(id, 5), snapshotOf(id, 6)]);
    await expect(versionsOf(storage, id)).resolves.toStrictEqual([6, 5]);
    // However many pages of a query the older ones fill.
    const large = { state: new Uint8Array(randomBytes(300_000)) };
    await putAll(
      storage,
      [7, 8, 9, 10, 11, 12, 13, 14].map(version => snapshotOf(id, version, large)),
    );
    await open({ newest: 6 }).putSnapshot(snapshotOf(id, 15));
    await expect(versionsOf(storage, id)).resolves.toStrictEqual([15, 14, 13, 12, 11, 10]);
    // A late one does not push out a newer one.
    await keeping.putSnapshot(snapshotOf(id, 1));
    await expect(versionsOf(storage, id)).resolves.toStrictEqual([15, 14, 13, 12, 11, 10, 1]);
  });

  it("leaves the deletion to the table's time to live on request", async () => {
    const id = newAggregateId();
    await open({ days: 30 }).putSnapshot(snapshotOf(id, 1));
    await open({ days: 0.5, attribute: 'ttl' }).putSnapshot(snapshotOf(id, 2));
    const items = requests.map(({ input }) => input.Item);
    const day = Date.UTC(2026, 0, 1) / 1000;
    expect(items).toMatchObject([
      { expiresAt: { N: String(day + 30 * 24 * 3600) } },
      { ttl: { N: String(day + 12 * 3600) } },
    ]);
    expect(requests.map(({ operation }) => operation)).toStrictEqual(['PutItem', 'PutItem']);
  });

  it('takes what DynamoDB takes, and refuses more before a request, with its size', async () => {
    const ofSize = (bytes: number) => snapshotOf('the-large-one', 1234, { state: new Uint8Array(randomBytes(bytes)) });
    const tooLarge = (await rejection(storage.putSnapshot(ofSize(409_600)))) as { size: number };
    expect(tooLarge).toMatchObject({ code: 'SnapshotTooLargeError', limit: 409_600 });
    expect(requests).toHaveLength(0);
    const largest = 409_600 - (tooLarge.size - 409_600);

    await expect(rejection(storage.putSnapshot(ofSize(largest + 1)))).resolves.toMatchObject({ size: 409_601 });
    const snapshot = ofSize(largest);
    await storage.putSnapshot(snapshot);
    await expect(storage.getSnapshot(snapshot)).resolves.toStrictEqual(snapshot);
  });

  it('costs a read unit for each 4 KB, and a write unit for each KB', async () => {
    const snapshot = snapshotOf(newAggregateId(), 1, { state: new Uint8Array(randomBytes(9_000)) });
    await storage.putSnapshot(snapshot);
    await storage.getSnapshot(snapshot);
    expect(costs(requests)).toStrictEqual(['PutItem 9', 'Query 3']);
  });

  it('passes errors of the SDK on as they are', async () => {
    const nowhere = new DynamoDbSnapshotStorage({ tableName: 'no-such-table', dynamoDbClient });
    const error = await rejection(nowhere.putSnapshot(snapshotOf('pikachu', 1)));
    expect(error).toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } });
  });

  it.each<[string, object, string]>([
    ['no table', { tableName: undefined }, 'options.tableName'],
    ['no client', { dynamoDbClient: undefined }, 'options.dynamoDbClient'],
    ['something else than a client', { dynamoDbClient: {} }, 'options.dynamoDbClient'],
    ['a retention of nothing', { retention: { newest: 0 } }, 'options.retention.newest'],
    ['a retention of half a snapshot', { retention: { newest: 1.5 } }, 'options.retention.newest'],
    ['a retention of no time', { retention: { days: 0 } }, 'options.retention.days'],
    ['a retention that DynamoDB has no number for', { retention: { days: 1e300 } }, 'options.retention.days'],
    ['two retentions', { retention: { newest: 1, days: 1 } }, 'options.retention'],
    ['a key as the attribute', { retention: { days: 1, attribute: 'eventStoreId' } }, 'options.retention.attribute'],
    ['an attribute of snapshots', { retention: { days: 1, attribute: 'state' } }, 'options.retention.attribute'],
    ['an empty attribute', { retention: { days: 1, attribute: '' } }, 'options.retention.attribute'],
  ])('refuses %s', (_, wrong, argument) => {
    expect(() => new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, ...wrong })).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument }),
    );
  });
});
