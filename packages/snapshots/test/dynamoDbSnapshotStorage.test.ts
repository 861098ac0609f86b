import { createHash, randomBytes } from 'node:crypto';

import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type EventStorageAdapter, EventStore, type GroupedEvent } from '@castore/core';
import {
  DynamoDbEventStorageAdapter as CastoreV1Adapter,
  DynamoDbSingleTableEventStorageAdapter as CastoreV1SingleTableAdapter,
} from '@castore/dynamodb-event-storage-adapter';
import {
  DynamoDBSingleTableEventStorageAdapter as CastoreSingleTableAdapter,
  LegacyDynamoDBEventStorageAdapter as CastoreTablePerStoreAdapter,
} from '@castore/event-storage-adapter-dynamodb';

import {
  DynamoDbSnapshotStorage,
  everyNEvents,
  type Snapshot,
  type SnapshotError,
  type SnapshotRetention,
  withSnapshots,
} from '../src/index.js';
import { createPokemons, newAggregateId, type Pokemon, pokemonEvent, push, rejection } from './pokemons.js';
import { useBucket } from './s3.js';
import { itKeepsSnapshots, putAll, snapshotOf, versionsOf } from './storageContract.js';
import { costs, describeOnEveryTable } from './support.js';

describeOnEveryTable('snapshots in the event table', ({ layout, tableName, dynamoDbClient, eventStore, requests }) => {
  const errors: SnapshotError[] = [];
  const open = (n: number, retention?: SnapshotRetention, reducerVersion = '1') =>
    withSnapshots(eventStore, {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, ...(retention && { retention }) }),
      reducerVersion,
      policy: everyNEvents(n),
      onSnapshotError: error => void errors.push(error),
    });
  const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
  const series = (aggregateId: string) => ({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' });

  beforeEach(() => void errors.splice(0));
  afterEach(() => expect(errors).toStrictEqual([]));

  /** The fast way, in groups of 100. */
  const pushMany = async (
    store: Pick<typeof eventStore, 'groupEvent'>,
    aggregateId: string,
    from: number,
    to: number,
  ) => {
    for (let first = from; first <= to; first += 100) {
      const count = Math.min(100, to - first + 1);
      const group = Array.from({ length: count }, (_, index) => {
        const { timestamp: __, ...event } = pokemonEvent(aggregateId, first + index);
        return store.groupEvent(event);
      });
      await EventStore.pushEventGroup({}, ...(group as unknown as [GroupedEvent]));
    }
  };

  const expectReplay = async (
    loaded: { aggregate: unknown; lastEvent: unknown },
    aggregateId: string,
    maxVersion: number,
  ) => {
    const replayed = await eventStore.getAggregate(aggregateId, { maxVersion });
    expect(loaded.aggregate).toStrictEqual(replayed.aggregate);
    expect(loaded.lastEvent).toStrictEqual(replayed.lastEvent);
  };

  const allItems = async (): Promise<Record<string, AttributeValue>[]> => {
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateScan({ client: dynamoDbClient }, { TableName: tableName })) {
      items.push(...(page.Items ?? []));
    }
    return items;
  };

  describe('a load costs', () => {
    const aggregateId = newAggregateId();
    const pokemons = open(100);

    // Snapshots at 100, 200 and 300, and 40 events after the last one.
    beforeAll(async () => {
      for (let version = 1; version <= 340; version += 10) {
        await pushMany(pokemons, aggregateId, version, version + 9);
        await pokemons.snapshots.settled();
      }
    });

    it('two requests, of which none waits for the other, where the last events reach to the snapshot', async () => {
      const order: string[] = [];
      dynamoDbClient.middlewareStack.add(
        next => async args => {
          order.push('sent');
          const reply = await next(args);
          order.push('answered');
          return reply;
        },
        { step: 'finalizeRequest', name: 'order' },
      );
      const loaded = await pokemons.getAggregate(aggregateId);
      dynamoDbClient.middlewareStack.remove('order');

      expect(loaded.snapshot?.version).toBe(300);
      expect(loaded.events).toHaveLength(40);
      expect(order).toStrictEqual(['sent', 'sent', 'answered', 'answered']);
      expect(costs(requests)).toStrictEqual(['Query 1', 'Query 4']);
      expect(requests[1]?.input).toMatchObject({ Limit: 101 });
      await expectReplay(loaded, aggregateId, 340);
    });

    it('the same for a version of the past, and where the snapshot is of that very version', async () => {
      const past = await pokemons.getAggregate(aggregateId, { maxVersion: 299 });
      const exact = await pokemons.getAggregate(aggregateId, { maxVersion: 300 });
      expect(costs(requests)).toStrictEqual(['Query 1', 'Query 4', 'Query 1', 'Query 4']);
      expect([past.snapshot?.version, past.events.length]).toStrictEqual([200, 99]);
      expect([exact.snapshot?.version, exact.events.length]).toStrictEqual([300, 0]);
      await expectReplay(past, aggregateId, 299);
      await expectReplay(exact, aggregateId, 300);
    });

    it('a request more, for what is missing, where they do not reach to the snapshot', async () => {
      const rarely = open(20);
      const loaded = await rarely.getAggregate(aggregateId, { maxVersion: 340 });
      expect(loaded.events).toHaveLength(40);
      expect(costs(requests)).toStrictEqual(['Query 1', 'Query 1', 'Query 1']);
      expect(requests[2]?.input.ExpressionAttributeValues).toMatchObject({
        ':minVersion': { N: '300' },
        ':maxVersion': { N: '319' },
      });
      await expectReplay(loaded, aggregateId, 340);
    });

    it('no event read twice where there is no snapshot', async () => {
      const { events } = await eventStore.getEvents(aggregateId);
      const [replay] = requests.splice(0);
      const fresh = open(1000, undefined, 'fresh');
      const reading = await fresh.getAggregate(aggregateId);
      expect(reading.snapshot).toBeUndefined();
      expect(reading.events).toStrictEqual(events);
      expect(requests).toHaveLength(2);
      expect(requests[1]?.units).toBe(replay?.units);

      requests.splice(0);
      const shorter = await open(200, undefined, 'fresh').getAggregate(aggregateId, { maxVersion: 340 });
      expect(shorter.events).toStrictEqual(events);
      // Two reads of events, of which each is rounded up.
      expect(requests).toHaveLength(3);
      expect((requests[1]?.units ?? 0) + (requests[2]?.units ?? 0)).toBeLessThanOrEqual((replay?.units ?? 0) + 1);
    });

    it('one look at the snapshot and one at the last events for an instant among them', async () => {
      const { events } = await eventStore.getEvents(aggregateId, { minVersion: 320, maxVersion: 320 });
      requests.splice(0);
      const { aggregate, snapshot } = await pokemons.getAggregate(aggregateId, { at: events[0]?.timestamp });
      expect(snapshot?.version).toBe(300);
      expect(aggregate?.version).toBeGreaterThanOrEqual(320);
      expect(requests).toHaveLength(2);
    });

    it('strides back, and a second look for a snapshot, for an instant long ago', async () => {
      const old = newAggregateId();
      await push(pokemons, old, 1, 1);
      await pushMany(pokemons, old, 2, 200);
      await pokemons.snapshots.settled();
      requests.splice(0);
      const { aggregate } = await pokemons.getAggregate(old, { at: pokemonEvent(old, 1).timestamp });
      expect(aggregate?.version).toBe(1);
      expect(requests.map(({ operation, input }) => [operation, input.Limit])).toStrictEqual([
        ['Query', 1],
        ['Query', 101],
        ['Query', 202],
        ['Query', 1],
      ]);
    });

    it('a check of the event where the snapshot came before its event was seen, and its deletion in vain', async () => {
      const ahead = newAggregateId();
      await push(pokemons, ahead, 1, 3);
      const loaded = await pokemons.getAggregate(aggregateId);
      const snapshot = await storage.getSnapshot(series(aggregateId));
      await storage.putSnapshot({ ...(snapshot as Snapshot), aggregateId: ahead });
      requests.splice(0);

      const { aggregate } = await pokemons.getAggregate(ahead);
      await pokemons.snapshots.settled();

      expect(loaded.snapshot?.version).toBe(300);
      expect(aggregate?.version).toBe(3);
      const operations = requests.map(({ operation }) => operation);
      expect(operations).toStrictEqual(['Query', 'Query', 'Query', 'Query', 'DeleteItem']);
      expect(errors.splice(0)).toMatchObject([{ reason: 'ahead-of-events', version: 300 }]);
      await expect(storage.getSnapshot(series(ahead))).resolves.toBeUndefined();
    });
  });

  if (layout === 'single-table') {
    it('of 10,000 events cost a fiftieth of them at most, in one round trip', async () => {
      const aggregateId = newAggregateId();
      const pokemons = open(100);
      const text = 'x'.repeat(200);
      for (let first = 1; first <= 10_000; first += 100) {
        const group = Array.from({ length: 100 }, (_, index) => {
          const payload = { by: 1, text };
          const event = {
            aggregateId,
            version: first + index,
            type: 'LEVELLED_UP',
            payload,
            metadata: { by: 'ash' },
          } as const;
          return eventStore.groupEvent(event);
        });
        await EventStore.pushEventGroup({}, ...(group as unknown as [GroupedEvent]));
      }
      await pokemons.getAggregate(aggregateId);
      await pokemons.snapshots.settled();
      // As far from the snapshot as it gets.
      await push(eventStore, aggregateId, 10_001, 10_099);
      requests.splice(0);

      await eventStore.getAggregate(aggregateId);
      const replay = requests.splice(0).reduce((sum, { units = 0 }) => sum + units, 0);
      const { snapshot, events } = await pokemons.getAggregate(aggregateId);
      const load = requests.reduce((sum, { units = 0 }) => sum + units, 0);

      expect([snapshot?.version, events.length]).toStrictEqual([10_000, 99]);
      expect(requests).toHaveLength(2);
      expect(load / replay).toBeLessThanOrEqual(0.02);
    });
  }

  it('a push costs what it does, and in the background every nth a load and a write', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(5);
    await push(pokemons, aggregateId, 1, 4);
    expect(costs(requests.splice(0))).toStrictEqual(['PutItem 2', 'PutItem 1', 'PutItem 1', 'PutItem 1']);

    await push(pokemons, aggregateId, 5, 5);
    await pokemons.snapshots.settled();
    expect(requests.map(({ operation }) => operation)).toStrictEqual(['PutItem', 'Query', 'Query', 'PutItem']);
    expect(requests[2]?.units).toBe(1);
    expect(requests[3]?.units).toBe(1);
  });

  it('a push with force costs two looks for snapshots, and their deletion', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(2);
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.snapshots.settled();
    requests.splice(0);
    await pokemons.pushEvent({ ...pokemonEvent(aggregateId, 3), type: 'CAUGHT' } as never, { force: true });
    expect(requests.map(({ operation }) => operation)).toStrictEqual(['Query', 'DeleteItem', 'PutItem', 'Query']);
    await expectReplay(await pokemons.getAggregate(aggregateId), aggregateId, 5);
  });

  it('are compressed where that pays', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(40);
    await pushMany(eventStore, aggregateId, 1, 340);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    const { aggregate } = await eventStore.getAggregate(aggregateId);
    expect(JSON.stringify(aggregate).length).toBeGreaterThan(10_000);
    expect(costs(requests)).toContain('PutItem 2');
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'are not asked for where maxVersion is %p, which the adapter refuses',
    async maxVersion => {
      await expect(open(5).getAggregate('pikachu', { maxVersion })).rejects.toMatchObject({
        code: 'InvalidArgumentError',
        argument: 'options.maxVersion',
      });
      expect(requests).toHaveLength(0);
    },
  );

  it.each(['', '\ud800', undefined, 5])('are not asked for where the aggregate is %p', async aggregateId => {
    await expect(open(5).getAggregate(aggregateId as never)).rejects.toMatchObject({
      code: 'InvalidArgumentError',
      argument: 'aggregateId',
    });
    expect(requests).toHaveLength(0);
  });

  it('are not written while a version is missing, which might still come', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(3);
    for (const version of [1, 2, 4]) await eventStore.pushEvent(pokemonEvent(aggregateId, version));
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    expect(errors.splice(0)).toMatchObject([{ cause: { code: 'IncompleteHistoryError', version: 3 } }]);

    await eventStore.pushEvent(pokemonEvent(aggregateId, 3));
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    const loaded = await pokemons.getAggregate(aggregateId);
    expect(loaded.snapshot?.version).toBe(4);
    await expectReplay(loaded, aggregateId, 4);
  });

  it('are one item each: aggregate, version, reducer version, time', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(2);
    await push(pokemons, aggregateId, 1, 4);
    await pokemons.snapshots.settled();

    const items = (await allItems()).filter(item => item.aggregateId?.S === `#snapshots#POKEMONS#${aggregateId}`);
    const bySortKey = items.toSorted((left, right) => Number(left.version?.N) - Number(right.version?.N));
    expect(bySortKey).toMatchObject(
      [2, 4].map(version => ({
        snapshotVersion: { N: String(version) },
        reducerVersion: { S: '1' },
        takenAt: { S: expect.stringMatching(/^\d{4}-/) },
        state: { B: expect.anything() },
      })),
    );
  });

  describe('for every other reader', () => {
    const isSingleTable = layout === 'single-table';
    const adapters: Record<string, EventStorageAdapter> = {
      ours: eventStore.getEventStorageAdapter(),
      "Castore's 2.x": new (isSingleTable ? CastoreSingleTableAdapter : CastoreTablePerStoreAdapter)({
        tableName,
        dynamoDBClient: dynamoDbClient,
      }),
      "Castore's 1.x": new (isSingleTable ? CastoreV1SingleTableAdapter : CastoreV1Adapter)({
        tableName,
        dynamoDbClient,
      }),
    };
    const context = { eventStoreId: 'POKEMONS' };
    const aggregateId = newAggregateId();

    beforeAll(async () => {
      const pokemons = open(2);
      await push(pokemons, aggregateId, 1, 5);
      await pokemons.snapshots.settled();
      await expect(storage.getSnapshot(series(aggregateId))).resolves.toMatchObject({ version: 4 });
    });

    it.each(Object.keys(adapters))('are not there: %s', async name => {
      const adapter = adapters[name] as EventStorageAdapter;
      const { events } = await adapter.getEvents(aggregateId, context);
      expect(events.map(({ version }) => version)).toStrictEqual([1, 2, 3, 4, 5]);

      const { aggregateIds } = await adapter.listAggregateIds(context);
      // 1.x lists the ids alone.
      const ids = aggregateIds.map((each: { aggregateId: string } | string) =>
        typeof each === 'string' ? each : each.aggregateId,
      );
      expect(ids).toContain(aggregateId);
      expect(ids.filter(id => id.includes('#'))).toStrictEqual([]);

      // Whoever asks for an aggregate by a snapshot's own key gets no event.
      const forgedId = `#snapshots#POKEMONS#${aggregateId}`;
      const forged = await adapter.getEvents(forgedId, context).catch((error: unknown) => error);
      if (isSingleTable) expect(forged).toStrictEqual({ events: [] });
      else expect(forged).toBeInstanceOf(Error);
    });

    it('nor can an aggregate of that id and its snapshots harm each other', async () => {
      const forgedId = `#snapshots#POKEMONS#${aggregateId}`;
      const pokemons = open(2);
      await push(pokemons, forgedId, 1, 4);
      await pokemons.snapshots.settled();

      const { aggregate, snapshot } = await pokemons.getAggregate(forgedId, { maxVersion: 4 });
      expect([aggregate?.version, snapshot?.version]).toStrictEqual([4, 4]);
      await expect(storage.getSnapshot(series(aggregateId))).resolves.toMatchObject({ version: 4 });
      await pokemons.snapshots.deleteOf(aggregateId);
      await expect(eventStore.getEvents(forgedId, { maxVersion: 4 })).resolves.toMatchObject({ events: { length: 4 } });
    });
  });
});

/** The same text for the same number, and one that cannot be compressed. */
const randomText = (seed: number): string =>
  Array.from({ length: 3_000 }, (_, index) => createHash('sha512').update(`${seed} ${index}`).digest('base64')).join(
    '',
  );

describeOnEveryTable('DynamoDbSnapshotStorage', ({ tableName, dynamoDbClient, eventStore, requests }) => {
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

  describe('with an overflow to S3', () => {
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

    it('says where the state should be, where it is not', async () => {
      const snapshot = large(newAggregateId(), 1);
      await overflowing.putSnapshot(snapshot);
      await expect(storage.getSnapshot(snapshot)).rejects.toThrow(/was given no overflow/);
      const [, key] = s3Requests[0]?.split(' ') ?? [];
      await s3Client.send(new DeleteObjectCommand({ Bucket: bucketName, Key: key }));
      await expect(overflowing.getSnapshot(snapshot)).rejects.toThrow(/no longer in S3/);
    });

    it('serves an event store with aggregates of any size', async () => {
      const aggregateId = newAggregateId();
      const adapter = createPokemons(eventStore.getEventStorageAdapter());
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
