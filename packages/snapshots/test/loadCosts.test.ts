import { randomBytes } from 'node:crypto';

import type { S3Client } from '@aws-sdk/client-s3';
import { useBucket } from '@castore-dynamodb/testing/bucket';

import {
  DynamoDbSnapshotStorage,
  S3SnapshotStorage,
  type SnapshotError,
  type SnapshotPolicy,
  type SnapshotStorage,
  whenLoadCosts,
  withSnapshots,
} from '../src/index.js';
import { newAggregateId, newPokemons, type Pokemon, pokemonEvent, pushAndSettle } from './pokemons.js';
import { costs, describeOnEveryTable } from './support.js';

/** Every tenth version, and eleven events at once: in the usual case they reach to the snapshot. */
const everyTenth: SnapshotPolicy = Object.assign(
  ({ trigger, version }: { trigger: string; version: number }) => trigger === 'push' && version % 10 === 0,
  { tail: { events: 11 } },
);

describeOnEveryTable('the price of a load', ({ tableName, dynamoDbClient, eventStore, requests }) => {
  const { bucketName, s3Client, requests: s3Requests } = useBucket();
  const errors: SnapshotError[] = [];
  const open = (storage: SnapshotStorage, policy = everyTenth, store = eventStore) =>
    withSnapshots(store, {
      storage,
      reducerVersion: '1',
      policy,
      onSnapshotError: error => void errors.push(error),
    });
  afterEach(() => expect(errors).toStrictEqual([]));

  /** What was sent and answered, in that order, by both clients. */
  const inOrder = async (load: () => Promise<unknown>): Promise<string[]> => {
    const order: string[] = [];
    const note =
      (next: (args: never) => Promise<unknown>, { commandName = '' }: { commandName?: string }) =>
      async (args: never) => {
        order.push(`${commandName.replace(/Command$/, '')} sent`);
        const reply = await next(args);
        order.push(`${commandName.replace(/Command$/, '')} answered`);
        return reply;
      };
    const clients: { middlewareStack: Pick<S3Client['middlewareStack'], 'add' | 'remove'> }[] = [
      dynamoDbClient as never,
      s3Client,
    ];
    for (const { middlewareStack } of clients) {
      middlewareStack.add(note as never, { step: 'initialize', priority: 'high', name: 'order' });
    }
    await load().finally(() => {
      for (const { middlewareStack } of clients) middlewareStack.remove('order');
    });
    return order;
  };

  const setUp = async (storage: SnapshotStorage, store = eventStore) => {
    const aggregateId = newAggregateId();
    const pokemons = open(storage, everyTenth, store);
    await pushAndSettle(pokemons, aggregateId, 1, 45);
    requests.splice(0);
    s3Requests.splice(0);
    return { aggregateId, pokemons };
  };
  const expectReplay = async (
    pokemons: ReturnType<typeof open>,
    aggregateId: string,
    options: { maxVersion?: number; at?: string | undefined },
    version: number,
    store = eventStore,
  ) => {
    const { aggregate, snapshot } = await pokemons.getAggregate(aggregateId, options);
    const sent = { requests: costs(requests.splice(0)), s3: s3Requests.splice(0).map(each => each.split(' ')[0]) };
    expect(aggregate).toStrictEqual((await store.getAggregate(aggregateId, { maxVersion: version })).aggregate);
    requests.splice(0);
    return { ...sent, snapshot: snapshot?.version };
  };

  it('from DynamoDB: of the present, of a version, of a time, near and long ago', async () => {
    const { aggregateId, pokemons } = await setUp(new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }));
    const at = (version: number) => ({ at: pokemonEvent(aggregateId, version).timestamp });
    const oneRoundTrip = ['Query 1', 'Query 1'];

    await expect(expectReplay(pokemons, aggregateId, {}, 45)).resolves.toStrictEqual({
      requests: oneRoundTrip,
      s3: [],
      snapshot: 40,
    });
    await expect(expectReplay(pokemons, aggregateId, { maxVersion: 29 }, 29)).resolves.toMatchObject({
      requests: oneRoundTrip,
      snapshot: 20,
    });
    await expect(expectReplay(pokemons, aggregateId, at(42), 42)).resolves.toMatchObject({
      requests: oneRoundTrip,
      snapshot: 40,
    });
    // Newer than the snapshot it was read with: another one.
    await expect(expectReplay(pokemons, aggregateId, at(37), 37)).resolves.toMatchObject({
      requests: [...oneRoundTrip, 'Query 1', 'Query 1'],
      snapshot: 30,
    });
    // The last 11 events, the 22 before them, the 44 before those; and the snapshot.
    await expect(expectReplay(pokemons, aggregateId, at(11), 11)).resolves.toMatchObject({
      requests: [...oneRoundTrip, 'Query 1', 'Query 1', 'Query 1'],
      snapshot: 10,
    });
    // Before the first event: all of them were looked at, and no snapshot is needed.
    await expect(pokemons.getAggregate(aggregateId, at(0))).resolves.toMatchObject({ aggregate: undefined });
    expect(costs(requests)).toStrictEqual([...oneRoundTrip, 'Query 1', 'Query 1']);
  });

  it('from S3: a GET beside the last events, and a LIST and a GET more for the past', async () => {
    const { aggregateId, pokemons } = await setUp(new S3SnapshotStorage({ bucketName, s3Client }));
    await expect(expectReplay(pokemons, aggregateId, {}, 45)).resolves.toStrictEqual({
      requests: ['Query 1'],
      s3: ['GetObject'],
      snapshot: 40,
    });
    await expect(expectReplay(pokemons, aggregateId, { maxVersion: 29 }, 29)).resolves.toStrictEqual({
      requests: ['Query 1'],
      s3: ['GetObject', 'ListObjectsV2', 'GetObject'],
      snapshot: 20,
    });
    await expect(expectReplay(pokemons, aggregateId, { maxVersion: 45 }, 45)).resolves.toMatchObject({
      s3: ['GetObject'],
      snapshot: 40,
    });
    const order = await inOrder(() => pokemons.getAggregate(aggregateId));
    expect(order.slice(0, 2).toSorted()).toStrictEqual(['GetObject sent', 'Query sent']);
  });

  it('from an overflow: a GET after the item', async () => {
    // A text that cannot be compressed makes the aggregate too large for an item.
    const name = randomBytes(450_000).toString('base64');
    const large = newPokemons(eventStore.getEventStorageAdapter());
    large.reducer = (before, event) => ({ ...eventStore.reducer(before, event), name });
    large.buildAggregate = (events, aggregate) => events.reduce(large.reducer, aggregate as Pokemon);
    const overflow = { bucketName, s3Client };
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, overflow });
    const { aggregateId, pokemons } = await setUp(storage, large);
    await expect(expectReplay(pokemons, aggregateId, {}, 45, large)).resolves.toStrictEqual({
      requests: ['Query 1', 'Query 1'],
      s3: ['GetObject'],
      snapshot: 40,
    });
    await expect(expectReplay(pokemons, aggregateId, { maxVersion: 29 }, 29, large)).resolves.toMatchObject({
      requests: ['Query 1', 'Query 1'],
      s3: ['GetObject'],
      snapshot: 20,
    });
    const order = await inOrder(() => pokemons.getAggregate(aggregateId));
    expect(order.slice(0, 2)).toStrictEqual(['Query sent', 'Query sent']);
    expect(order.indexOf('GetObject sent')).toBeGreaterThan(order.indexOf('Query answered'));
  });

  it('is what a policy of costs keeps within bounds', async () => {
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const aggregateId = newAggregateId();
    const pokemons = open(storage, whenLoadCosts({ readUnits: 2 }));
    const series = { eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' };
    const unitsOfEvents: number[] = [];
    for (let version = 1; version <= 40; version++) {
      const payload = { name: 'x'.repeat(1000), level: 1 };
      await eventStore.pushEvent({ aggregateId, version, type: 'POKEMON_APPEARED', payload });
      requests.splice(0);
      const { events } = await pokemons.getAggregate(aggregateId);
      const { snapshot } = await pokemons.getAggregate(aggregateId, { maxVersion: version });
      await pokemons.snapshots.settled();
      unitsOfEvents.push(events.length);
      // A load that cost more has left a snapshot.
      const stored = (await storage.getSnapshot(series))?.version ?? 0;
      expect(version - stored).toBeLessThanOrEqual(8);
      expect(snapshot?.version ?? 0).toBeLessThanOrEqual(stored);
    }
    // Of about 1.1 KB each: two read units buy seven of them.
    expect(Math.max(...unitsOfEvents)).toBeGreaterThanOrEqual(6);
    expect(Math.max(...unitsOfEvents)).toBeLessThanOrEqual(9);
  });
});
