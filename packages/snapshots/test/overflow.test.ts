import { createHash, randomBytes } from 'node:crypto';

import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { useBucket } from '@castore-dynamodb/testing/bucket';

import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '../src/index.js';
import { newAggregateId, newPokemons, type Pokemon, push } from './pokemons.js';
import { snapshotOf, versionsOf } from './storageContract.js';
import { costs, describeOnEveryTable } from './support.js';

/** The same text for the same number, and one that cannot be compressed. */
const randomText = (seed: number): string =>
  Array.from({ length: 3_000 }, (_, index) => createHash('sha512').update(`${seed} ${index}`).digest('base64')).join(
    '',
  );

describeOnEveryTable(
  'DynamoDbSnapshotStorage with an overflow to S3',
  ({ tableName, dynamoDbClient, eventStore, requests }) => {
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const { bucketName, s3Client, requests: s3Requests } = useBucket();
    const overflow = { bucketName, s3Client, prefix: 'large/' };
    const overflowing = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, overflow, retention: { newest: 1 } });
    const large = (id: string, version: number) =>
      snapshotOf(id, version, { state: new Uint8Array(randomBytes(500_000)) });

    it('keeps in S3 what is too large, and all else in DynamoDB', async () => {
      const id = newAggregateId();
      const [small, snapshot] = [snapshotOf(id, 1), large(id, 2)];
      await overflowing.putSnapshot(small);
      expect(s3Requests).toHaveLength(0);
      await overflowing.putSnapshot(snapshot);
      const object = expect.stringMatching(
        new RegExp(`^PutObject large/overflow/POKEMONS/${id}/1/2-[\\w-]{22}$`),
      ) as string;
      expect(s3Requests.splice(0)).toStrictEqual([object]);

      requests.splice(0);
      const found = await overflowing.getSnapshot(snapshotOf(id, 0));
      expect({ ...found, state: Uint8Array.from(found?.state ?? []) }).toStrictEqual(snapshot);
      expect(costs(requests)).toStrictEqual(['Query 1']);
      expect(s3Requests).toHaveLength(1);
      await expect(versionsOf(overflowing, id)).resolves.toStrictEqual([2]);
    });

    it('deletes the object with its item', async () => {
      const id = newAggregateId();
      await overflowing.putSnapshot(large(id, 1));
      await overflowing.putSnapshot(large(id, 2));
      expect(s3Requests.map(request => request.split(' ')[0])).toStrictEqual([
        'PutObject',
        'PutObject',
        'DeleteObject',
      ]);
      await overflowing.deleteSnapshots({ eventStoreId: 'POKEMONS', aggregateId: id });
      const left = await s3Client.send(
        new ListObjectsV2Command({ Bucket: bucketName, Prefix: `large/overflow/POKEMONS/${id}` }),
      );
      expect(left.KeyCount).toBe(0);
    });

    it('says where the state should be if it is not there', async () => {
      const snapshot = large(newAggregateId(), 1);
      await overflowing.putSnapshot(snapshot);
      await expect(storage.getSnapshot(snapshot)).rejects.toThrow(/has no overflow/);
      const [, key] = s3Requests[0]?.split(' ') ?? [];
      await s3Client.send(new DeleteObjectCommand({ Bucket: bucketName, Key: key }));
      await expect(overflowing.getSnapshot(snapshot)).rejects.toThrow(/no longer in S3/);
    });

    it('serves an event store with aggregates of any size', async () => {
      const aggregateId = newAggregateId();
      const adapter = newPokemons(eventStore.getEventStorageAdapter());
      adapter.reducer = (before, event) => {
        const history = before?.history ?? [];
        return { ...eventStore.reducer(before, event), history: [...history, randomText(event.version)] };
      };
      adapter.buildAggregate = (events, aggregate) => events.reduce(adapter.reducer, aggregate as Pokemon);
      const pokemons = withSnapshots(adapter, { storage: overflowing, reducerVersion: '1', policy: everyNEvents(5) });
      await push(pokemons, aggregateId, 1, 7);
      await pokemons.snapshots.settled();

      const { aggregate, snapshot } = await pokemons.getAggregate(aggregateId);
      expect(snapshot?.version).toBe(5);
      const { events } = await eventStore.getEvents(aggregateId);
      expect(aggregate).toStrictEqual(adapter.buildAggregate(events));
      expect(s3Requests.length).toBeGreaterThan(0);
    });

    it.each<[string, object, string]>([
      ['no bucket', { bucketName: '' }, 'options.overflow.bucketName'],
      ['no client', { s3Client: undefined }, 'options.overflow.s3Client'],
    ])('refuses %s', (_, wrong, argument) => {
      const options = { tableName, dynamoDbClient, overflow: { ...overflow, ...wrong } };
      expect(() => new DynamoDbSnapshotStorage(options)).toThrow(expect.objectContaining({ argument }));
    });
  },
);
