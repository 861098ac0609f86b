import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { useBucket } from '@castore-dynamodb/testing/bucket';

import { everyNEvents, S3SnapshotStorage, type SnapshotError, withSnapshots } from '../src/index.js';
import { newAggregateId, newPokemons, push, rejection } from './pokemons.js';
import { itKeepsSnapshots, putAll, snapshotOf, versionsOf } from './storageContract.js';

describe('S3SnapshotStorage', () => {
  const { bucketName, s3Client, requests } = useBucket();
  const storage = new S3SnapshotStorage({ bucketName, s3Client });

  itKeepsSnapshots(storage);

  it('finds the latest in one request, and one of the past in three', async () => {
    const id = newAggregateId();
    await putAll(storage, [snapshotOf(id, 10), snapshotOf(id, 20)]);
    const path = `snapshots/POKEMONS/${id}/1/`;

    requests.splice(0);
    await expect(storage.getSnapshot(snapshotOf(id, 0))).resolves.toMatchObject({ version: 20 });
    expect(requests.splice(0)).toStrictEqual([`GetObject ${path}latest`]);

    await expect(storage.getSnapshot(snapshotOf(id, 0), 19)).resolves.toMatchObject({ version: 10 });
    expect(requests).toStrictEqual([
      `GetObject ${path}latest`,
      `ListObjectsV2 ${path}`,
      `GetObject ${path}9007199254740981`,
    ]);
  });

  it('writes each under its version, and the latest under a key of its own, unless there is a later one', async () => {
    const id = newAggregateId();
    const path = `snapshots/POKEMONS/${id}/1/`;
    await storage.putSnapshot(snapshotOf(id, 20));
    expect(requests.splice(0).toSorted()).toStrictEqual([
      `HeadObject ${path}latest`,
      `PutObject ${path}9007199254740971`,
      `PutObject ${path}latest`,
    ]);
    await storage.putSnapshot(snapshotOf(id, 10));
    expect(requests.toSorted()).toStrictEqual([`HeadObject ${path}latest`, `PutObject ${path}9007199254740981`]);
  });

  it.each([1, 2, 3])('keeps the newest %i on request', async newest => {
    const id = newAggregateId();
    const keeping = new S3SnapshotStorage({ bucketName, s3Client, retention: { newest } });
    await putAll(
      keeping,
      [1, 2, 3, 4].map(version => snapshotOf(id, version)),
    );
    await expect(versionsOf(keeping, id)).resolves.toStrictEqual([4, 3, 2].slice(0, newest));
    const aggregate = { eventStoreId: 'POKEMONS', aggregateId: id };
    await expect(keeping.deleteSnapshots(aggregate)).resolves.toBe(newest);
  });

  it('has no ids in its keys that could be taken for paths', async () => {
    await storage.putSnapshot(snapshotOf('..', 1, { eventStoreId: 'a/b', reducerVersion: '1.0' }));
    expect(requests).toContain('PutObject snapshots/a%2Fb/%2E%2E/1%2E0/latest');
  });

  it('reads listings to their end', async () => {
    const id = newAggregateId();
    await putAll(
      storage,
      [1, 2, 3, 4, 5].map(version => snapshotOf(id, version)),
    );
    // The server's pages are of 1,000 keys; here they are of two.
    s3Client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const { ContinuationToken: after, ...input } = args.input as { ContinuationToken?: string };
          if (after !== undefined) Object.assign(input, { StartAfter: after });
          const reply = await next({ ...args, input });
          if (commandName !== 'ListObjectsV2Command') return reply;
          const { Contents = [] } = reply.output as { Contents?: { Key: string }[] };
          const page = Contents.slice(0, 2);
          Object.assign(reply.output, {
            Contents: page,
            ...(Contents.length > 2 && { NextContinuationToken: page.at(-1)?.Key }),
          });
          return reply;
        },
      { step: 'initialize', name: 'pages' },
    );
    const deleting = storage.deleteSnapshots(
      { eventStoreId: 'POKEMONS', aggregateId: id },
      { exceptReducerVersion: '2' },
    );
    await deleting.finally(() => s3Client.middlewareStack.remove('pages'));
    expect(requests.filter(request => request.startsWith('List'))).toHaveLength(3);
  });

  it('keeps to its prefix', async () => {
    const id = newAggregateId();
    const elsewhere = new S3SnapshotStorage({ bucketName, s3Client, prefix: 'else/where/' });
    const nowhere = new S3SnapshotStorage({ bucketName, s3Client, prefix: '' });
    await putAll(elsewhere, [snapshotOf(id, 1)]);
    await expect(storage.getSnapshot(snapshotOf(id, 0))).resolves.toBeUndefined();
    await expect(nowhere.getSnapshot(snapshotOf(id, 0))).resolves.toBeUndefined();
    await expect(versionsOf(elsewhere, id)).resolves.toStrictEqual([1]);
    expect(requests).toContain(`PutObject else/where/POKEMONS/${id}/1/latest`);
  });

  describe('on a store that knows conditional writes', () => {
    /** Does what S3 does, before the server, which has no conditions, sees the request. */
    const refuse = (times: number, meanwhile: () => Promise<void>, name = 'PreconditionFailed') => {
      let left = times;
      s3Client.middlewareStack.add(
        next => async args => {
          const { Key, IfMatch, IfNoneMatch } = args.input as Record<string, string | undefined>;
          if (!Key?.endsWith('/latest') || (IfMatch === undefined && IfNoneMatch === undefined)) return next(args);
          conditions.push({ IfMatch, IfNoneMatch });
          if (left-- <= 0) return next(args);
          s3Client.middlewareStack.remove('conditions');
          await meanwhile();
          refuse(left, meanwhile, name);
          throw Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode: 412 } });
        },
        { step: 'initialize', name: 'conditions' },
      );
    };
    const conditions: unknown[] = [];
    beforeEach(() => void conditions.splice(0));
    afterEach(() => void s3Client.middlewareStack.remove('conditions'));

    it('the first is written if there is none, the next if the last one seen still is', async () => {
      const id = newAggregateId();
      refuse(0, async () => undefined);
      await putAll(storage, [snapshotOf(id, 1), snapshotOf(id, 2)]);
      expect(conditions).toStrictEqual([
        { IfMatch: undefined, IfNoneMatch: '*' },
        { IfMatch: expect.stringMatching(/^"[0-9a-f]+"$/), IfNoneMatch: undefined },
      ]);
    });

    it.each(['PreconditionFailed', 'ConditionalRequestConflict'])('after %s it looks again', async name => {
      const [id, other] = [newAggregateId(), newAggregateId()];
      refuse(1, () => storage.putSnapshot(snapshotOf(id, 1)), name);
      await storage.putSnapshot(snapshotOf(id, 2));
      await expect(storage.getSnapshot(snapshotOf(id, 0))).resolves.toMatchObject({ version: 2 });
      s3Client.middlewareStack.remove('conditions');

      refuse(1, () => storage.putSnapshot(snapshotOf(other, 3)), name);
      await storage.putSnapshot(snapshotOf(other, 2));
      await expect(storage.getSnapshot(snapshotOf(other, 0))).resolves.toMatchObject({ version: 3 });
    });

    it('gives up if that goes on and on', async () => {
      refuse(99, async () => undefined);
      const error = await rejection(storage.putSnapshot(snapshotOf(newAggregateId(), 2)));
      expect(error).toMatchObject({ message: expect.stringContaining('5 times') });
    });
  });

  it('serves an event store, whose errors it passes on', async () => {
    const errors: SnapshotError[] = [];
    const eventStore = newPokemons(new InMemoryEventStorageAdapter());
    const open = (into: string) =>
      withSnapshots(eventStore, {
        storage: new S3SnapshotStorage({ bucketName: into, s3Client }),
        reducerVersion: '1',
        policy: everyNEvents(5),
        onSnapshotError: error => void errors.push(error),
      });
    const [pokemons, id] = [open(bucketName), newAggregateId()];
    await push(pokemons, id, 1, 12);
    await pokemons.snapshots.settled();
    const { aggregate, snapshot } = await pokemons.getAggregate(id);
    expect(snapshot?.version).toBe(10);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(id)).aggregate);
    expect(errors).toStrictEqual([]);

    await expect(open('no-such-bucket').getAggregate(id)).resolves.toMatchObject({ aggregate: { version: 12 } });
    expect(errors[0]).toMatchObject({ operation: 'read', cause: { name: 'NoSuchBucket' } });
  });

  it.each(['HeadObject', 'GetObject', 'PutObject'])('passes errors of %s on as they are', async operation => {
    const failure = Object.assign(new Error('denied'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    s3Client.middlewareStack.add(
      (next, { commandName }) =>
        args => {
          if (commandName === `${operation}Command`) throw failure;
          return next(args);
        },
      { step: 'initialize', name: 'denied' },
    );
    const snapshot = snapshotOf(newAggregateId(), 1);
    const asking = operation === 'GetObject' ? storage.getSnapshot(snapshot) : storage.putSnapshot(snapshot);
    await expect(rejection(asking).finally(() => s3Client.middlewareStack.remove('denied'))).resolves.toBe(failure);
  });

  it.each(['secret', 'secret\n', 'null\n', '{}\n', '[]\n', '{"version":1}\n', '{"version":"1"}\nsecret'])(
    'does not take a foreign object for a snapshot, nor shows what is in it: %j',
    async Body => {
      const id = newAggregateId();
      await s3Client.send(new PutObjectCommand({ Bucket: bucketName, Key: `snapshots/POKEMONS/${id}/1/latest`, Body }));
      const error = (await rejection(storage.getSnapshot(snapshotOf(id, 0)))) as Error;
      expect(error.message).toBe('The object is not a snapshot.');
      expect(error.cause).toBeUndefined();
    },
  );

  it.each<[string, object, string]>([
    ['no bucket', { bucketName: undefined }, 'options.bucketName'],
    ['no client', { s3Client: undefined }, 'options.s3Client'],
    ['a prefix that is no string', { prefix: 5 }, 'options.prefix'],
    ['a retention of nothing', { retention: { newest: 0 } }, 'options.retention.newest'],
  ])('refuses %s', (_, wrong, argument) => {
    expect(() => new S3SnapshotStorage({ bucketName, s3Client, ...wrong })).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument }),
    );
  });

  it('takes no other client', () => {
    const dynamoDbClient = new DynamoDBClient({});
    // @ts-expect-error it is for DynamoDB
    const create = () => new S3SnapshotStorage({ bucketName, s3Client: dynamoDbClient });
    expect(create).toBeDefined();
  });
});
