import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';

import { DynamoDbSnapshotStorage, everyNEvents, S3SnapshotStorage, type SnapshotStorage } from '../src/index.js';
import { AggregateLoader } from '../src/load/aggregateLoader.js';
import { ReadsUnderWay } from '../src/load/readsUnderWay.js';
import { TailEstimate } from '../src/load/readUnits.js';
import { SnapshotRepository } from '../src/repository/snapshotRepository.js';
import { SnapshotWriter } from '../src/write/snapshotWriter.js';
import { all, setUp } from './inMemory.js';
import { pokemonEvent, push, rejection } from './pokemons.js';

const hang = () => new Promise<never>(() => {});

/** Runs the clock until a promise has settled; fails if an hour is not enough. */
const runClock = async <RESULT>(promise: Promise<RESULT>): Promise<{ result: RESULT; seconds: number }> => {
  let isDone = false;
  const done = promise.finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  for (let seconds = 0; seconds <= 3600; seconds++) {
    await jest.advanceTimersByTimeAsync(0);
    if (isDone) return { result: await done, seconds };
    await jest.advanceTimersByTimeAsync(1000);
  }
  throw new Error('It did not end within an hour.');
};

describe("a storage of the user's own that never answers", () => {
  const storage: SnapshotStorage = { getSnapshot: hang, putSnapshot: hang, deleteSnapshots: hang };

  beforeEach(
    () =>
      void jest.useFakeTimers({
        doNotFake: ['Date', 'performance', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate'],
      }),
  );
  afterEach(() => void jest.useRealTimers());

  it('lets a load go on from the events after 10 s', async () => {
    const { pokemons, eventStore, errors, aggregateId } = setUp({ storage });
    await push(eventStore, aggregateId, 1, 3);
    const { result, seconds } = await runClock(pokemons.getAggregate(aggregateId));
    expect(seconds).toBe(10);
    expect(result.aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(errors).toMatchObject([
      { operation: 'read', cause: { code: 'DeadlineExceededError', milliseconds: 10_000 } },
    ]);
  });

  it('keeps no push waiting, and settled ends', async () => {
    const { pokemons, errors, aggregateId } = setUp({ storage, policy: () => true });
    const { seconds } = await runClock(push(pokemons, aggregateId, 1, 20));
    expect(seconds).toBe(0);
    const settling = await runClock(pokemons.snapshots.settled());
    // One that runs and one that waits, each with a load and a write.
    expect(settling.seconds).toBeLessThanOrEqual(2 * 70);
    expect(errors.filter(error => 'operation' in error && error.operation === 'write')).toHaveLength(2);
  });

  it('ends a push with force, and maintenance, with an error', async () => {
    const { pokemons, eventStore, aggregateId } = setUp({ storage, policy: everyNEvents(1) });
    await push(eventStore, aggregateId, 1, 1);
    const forced = rejection(pokemons.pushEvent(pokemonEvent(aggregateId, 1), { force: true }));
    const { result, seconds } = await runClock(forced);
    expect(result).toMatchObject({ code: 'SnapshotFailedError', operation: 'delete' });
    expect(seconds).toBe(60);
    await expect(runClock(all(pokemons.snapshots.build()))).resolves.toMatchObject({ result: [{ failures: 1 }] });
    await expect(runClock(all(pokemons.snapshots.deleteOutdated()))).resolves.toMatchObject({
      result: [{ failures: 1 }],
    });
    await expect(runClock(rejection(pokemons.snapshots.deleteOf(aggregateId)))).resolves.toMatchObject({
      result: { cause: { code: 'DeadlineExceededError' } },
    });
  });

  it('lets a push go on without the snapshot that was to be in its transaction', async () => {
    const { eventStore, aggregateId } = setUp();
    const reports: unknown[] = [];
    const options = {
      eventStoreId: 'POKEMONS',
      reducerVersion: '1',
      maxCacheBytes: undefined,
      schemaFingerprint: () => '',
      protection: () => undefined,
      storage,
      transactional: { ...storage, toPut: hang, applyRetention: hang },
      policy: () => true,
      serialize: (aggregate: unknown) => aggregate,
      deserialize: (serialized: unknown) => serialized as never,
      hasShape: () => true,
      onSnapshotError: (error: unknown) => void reports.push(error),
    };
    const repository = new SnapshotRepository(options);
    const loader = new AggregateLoader(eventStore as never, repository, new TailEstimate({ events: 1 }));
    const writer = new SnapshotWriter(options, eventStore as never, loader, repository, new ReadsUnderWay());
    const { result, seconds } = await runClock(writer.putAlongside([pokemonEvent(aggregateId, 1)]));
    expect([result, seconds]).toStrictEqual([undefined, 30]);
    expect(reports).toMatchObject([{ operation: 'write', cause: { code: 'DeadlineExceededError' } }]);
  });

  it('does not hold up maintenance for good if the listing hangs', async () => {
    const { pokemons, eventStore } = setUp();
    eventStore.getEventStorageAdapter().listAggregateIds = hang;
    const { result } = await runClock(rejection(all(pokemons.snapshots.build())));
    expect(result).toMatchObject({ code: 'DeadlineExceededError', operation: 'listAggregateIds' });
  });

  it('does not hold up settled for good if the events hang', async () => {
    const { pokemons, eventStore, aggregateId } = setUp({ policy: () => true });
    await runClock(push(pokemons, aggregateId, 1, 1));
    eventStore.getEventStorageAdapter().getEvents = hang;
    await runClock(push(pokemons, aggregateId, 2, 2));
    const { seconds } = await runClock(pokemons.snapshots.settled());
    expect(seconds).toBeLessThanOrEqual(60);
  });
});

describe('a service that never answers', () => {
  let server: Server;
  let endpoint = '';
  /** Connections that the client closed by itself. */
  let closed = 0;
  beforeAll(async () => {
    server = createServer(request => {
      request.socket.once('close', () => {
        closed += 1;
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    closed = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const common = () => ({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  const storages: Record<string, () => SnapshotStorage> = {
    DynamoDB: () =>
      new DynamoDbSnapshotStorage({ tableName: 'snapshots', dynamoDbClient: new DynamoDBClient(common()) }),
    S3: () => new S3SnapshotStorage({ bucketName: 'b', s3Client: new S3Client({ ...common(), forcePathStyle: true }) }),
  };

  it('lets a load go on from the events, settled end, and connections be closed', async () => {
    const tryWith = async (name: string, storage: SnapshotStorage) => {
      const { pokemons, eventStore, errors, aggregateId } = setUp({ storage, policy: () => true });
      await push(eventStore, aggregateId, 1, 3);
      const { aggregate } = await pokemons.getAggregate(aggregateId);
      expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
      await pokemons.snapshots.settled();
      const [read, write] = errors as { operation: string; cause: { code: string; operation: string } }[];
      expect([read?.operation, write?.operation]).toStrictEqual(['read', 'write']);
      expect(write?.cause.code).toBe('DeadlineExceededError');
      expect(write?.cause.operation).toMatch(/^(PutItem on table "snapshots"|HeadObject on bucket "b")$/);
      if (name === 'DynamoDB') expect(read?.cause.operation).toBe('Query on table "snapshots"');
    };
    await Promise.all(Object.entries(storages).map(([name, storage]) => tryWith(name, storage())));
    // A query, a put; a GET, a HEAD.
    while (closed < 4) await new Promise(resolve => setTimeout(resolve, 10));
  }, 60_000);
});
