import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { useBucket } from '@castore-dynamodb/testing/bucket';
import { type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';

import { DynamoDbSnapshotStorage, S3SnapshotStorage, type SnapshotError, withSnapshots } from '../src/index.js';
import { newAggregateId, pokemonEvent, push, rejection } from './pokemons.js';
import { putAll, snapshotOf, versionsOf } from './storageContract.js';
import { describeOnEveryTable } from './support.js';

describeOnEveryTable("an empty answer in DynamoDB's place", ({ engine, tableName, dynamoDbClient, eventStore }) => {
  let proxy: FaultProxy;
  let storage: DynamoDbSnapshotStorage;
  const healthy = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
  /** Answers the next so many requests of an operation with an empty 200. */
  const answerEmpty = (operation: string, times: number) => {
    let left = times;
    proxy.choose = request => (request.operation === operation && left-- > 0 ? 'empty answer' : undefined);
  };
  beforeAll(async () => {
    proxy = await startFaultProxy(engine.endpoint);
    storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient: engine.client({ endpoint: proxy.endpoint }) });
  });
  beforeEach(() => {
    proxy.choose = () => undefined;
  });
  afterAll(() => proxy[Symbol.asyncDispose]());

  const withThree = async () => {
    const id = newAggregateId();
    await putAll(
      healthy,
      [1, 2, 3].map(version => snapshotOf(id, version)),
    );
    return id;
  };
  const aggregate = (aggregateId: string) => ({ eventStoreId: 'POKEMONS', aggregateId });

  it('is asked for again', async () => {
    const id = await withThree();
    answerEmpty('Query', 2);
    await expect(storage.getSnapshot(snapshotOf(id, 0))).resolves.toMatchObject({ version: 3 });
    answerEmpty('Query', 2);
    await expect(storage.deleteSnapshots(aggregate(id), { minVersion: 2 })).resolves.toBe(2);
    await expect(versionsOf(healthy, id)).resolves.toStrictEqual([1]);
  });

  it.each(['Query', 'DeleteItem'])('to %s, if it lasts, is an error and no deletion', async operation => {
    const id = await withThree();
    answerEmpty(operation, 99);
    await expect(storage.deleteSnapshots(aggregate(id))).rejects.toMatchObject({
      code: 'IncompleteAnswerError',
      operation: expect.stringContaining(tableName),
    });
    await expect(versionsOf(healthy, id)).resolves.toStrictEqual([3, 2, 1]);
  });

  it.each(['Query', 'DeleteItem'])('to %s lets no push with force overwrite an event', async operation => {
    const errors: SnapshotError[] = [];
    const pokemons = withSnapshots(eventStore, {
      storage,
      reducerVersion: '1',
      policy: ({ version }) => version === 2,
      onSnapshotError: error => void errors.push(error),
    });
    const aggregateId = newAggregateId();
    await push(pokemons, aggregateId, 1, 3);
    await pokemons.snapshots.settled();
    const before = await eventStore.getEvents(aggregateId);
    answerEmpty(operation, 99);
    const error = await rejection(
      pokemons.pushEvent({ ...pokemonEvent(aggregateId, 2), type: 'POKEMON_RELEASED' } as never, { force: true }),
    );
    expect(error).toMatchObject({ code: 'SnapshotFailedError', cause: { code: 'IncompleteAnswerError' } });
    await expect(eventStore.getEvents(aggregateId)).resolves.toStrictEqual(before);

    answerEmpty('Query', 99);
    const loaded = await pokemons.getAggregate(aggregateId);
    expect(loaded.aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(errors).toMatchObject([{ operation: 'read', cause: { code: 'IncompleteAnswerError' } }]);
  });

  it('without the items that it counts is none', async () => {
    const client = engine.client();
    client.middlewareStack.add(
      next => async args => {
        const reply = await next(args);
        Reflect.deleteProperty(reply.output, 'Items');
        return reply;
      },
      { step: 'initialize', name: 'withoutItems' },
    );
    const id = await withThree();
    const deleting = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient: client }).deleteSnapshots(aggregate(id));
    await expect(deleting).rejects.toMatchObject({ code: 'IncompleteAnswerError', member: 'Items' });
  });

  it('and a table that is not there, is an error that names the table', async () => {
    const nowhere = new DynamoDbSnapshotStorage({ tableName: 'no-such-table', dynamoDbClient });
    for (const asking of [
      () => nowhere.getSnapshot(snapshotOf('a', 1)),
      () => nowhere.putSnapshot(snapshotOf('a', 1)),
      () => nowhere.deleteSnapshots(aggregate('a')),
    ]) {
      const error = await rejection(asking());
      expect(error).toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } });
      expect((error as Error).message).toContain('"no-such-table"');
    }
  });
});

describe('an answer that is no object at all', () => {
  it.each([undefined, null, {}])('%p is an error', async answer => {
    const dynamoDbClient = new DynamoDBClient({ region: 'us-east-1' });
    dynamoDbClient.send = async () => answer as never;
    const storage = new DynamoDbSnapshotStorage({ tableName: 'snapshots', dynamoDbClient });
    const deleting = storage.deleteSnapshots({ eventStoreId: 'POKEMONS', aggregateId: 'a' });
    await expect(deleting).rejects.toMatchObject({ code: 'IncompleteAnswerError', member: 'Count' });
  });
});

describe("an empty answer in S3's place", () => {
  const { bucketName, s3Client, requests } = useBucket();
  const storage = new S3SnapshotStorage({ bucketName, s3Client });
  const strip = (operation: string, members: string[], times: number) => {
    let left = times;
    s3Client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const reply = await next(args);
          if (commandName !== `${operation}Command` || left-- <= 0) return reply;
          for (const member of members) Reflect.deleteProperty(reply.output, member);
          return reply;
        },
      { step: 'initialize', priority: 'high', name: 'strip' },
    );
  };
  afterEach(() => void s3Client.middlewareStack.remove('strip'));

  it.each([
    ['GetObject', ['Body']],
    ['ListObjectsV2', ['Contents', 'KeyCount', 'IsTruncated', 'Name']],
    ['HeadObject', ['ETag', 'Metadata']],
  ])('to %s is asked for again, and then an error', async (operation, members) => {
    let id = '';
    const putTwo = async () => {
      id = newAggregateId();
      await putAll(storage, [snapshotOf(id, 1), snapshotOf(id, 2)]);
      requests.splice(0);
    };
    const ask = () =>
      operation === 'GetObject'
        ? storage.getSnapshot(snapshotOf(id, 0))
        : storage.deleteSnapshots({ eventStoreId: 'POKEMONS', aggregateId: id });
    await putTwo();
    strip(operation, members, 99);
    await expect(ask()).rejects.toMatchObject({ code: 'IncompleteAnswerError', operation: expect.any(String) });
    expect(requests.filter(request => request.startsWith(operation))).toHaveLength(3);
    s3Client.middlewareStack.remove('strip');

    await putTwo();
    strip(operation, members, 2);
    const answer = await ask();
    expect(typeof answer === 'number' ? answer : answer?.version).toBe(2);
  });

  it('to DeleteObject, with another status than 204, is an error and no deletion', async () => {
    const id = newAggregateId();
    await putAll(storage, [snapshotOf(id, 1)]);
    s3Client.middlewareStack.add(
      (next, { commandName }) =>
        async args =>
          commandName === 'DeleteObjectCommand'
            ? { output: { $metadata: { httpStatusCode: 200 } }, response: {} }
            : next(args),
      { step: 'initialize', priority: 'high', name: 'strip' },
    );
    const deleting = storage.deleteSnapshots({ eventStoreId: 'POKEMONS', aggregateId: id });
    await expect(deleting).rejects.toMatchObject({ code: 'IncompleteAnswerError', member: 'status 204' });
    await expect(storage.getSnapshot(snapshotOf(id, 0))).resolves.toMatchObject({ version: 1 });
  });

  it('without the version of the latest leaves none that should be deleted', async () => {
    const id = newAggregateId();
    await putAll(storage, [snapshotOf(id, 5)]);
    strip('HeadObject', ['Metadata'], 99);
    await storage.deleteSnapshots({ eventStoreId: 'POKEMONS', aggregateId: id }, { minVersion: 3 });
    s3Client.middlewareStack.remove('strip');
    await expect(storage.getSnapshot(snapshotOf(id, 0))).resolves.toBeUndefined();
  });
});
