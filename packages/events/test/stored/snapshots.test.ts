import { ConnectedEventStore } from '@castore/core';
import { DynamoDbSnapshotStorage, InMemorySnapshotStorage, withSnapshots } from '@castore-dynamodb/snapshots';
import { describeOnEveryLayout, newAggregateId, operations } from '@castore-dynamodb/testing/eventTables';

import { deleteAggregate, eraseAggregate, redactEvent } from '../../src/index.js';
import { context, itemsIn, push, storeOf } from './support.js';

const isSnapshot = ({ snapshotVersion }: Record<string, unknown>): boolean => snapshotVersion !== undefined;

describeOnEveryLayout('Snapshots of what is redacted, erased or deleted', tables => {
  const { dynamoDbClient, requests } = tables;
  const tableName = tables.tableNames.events;
  const plain = storeOf(tables);
  const storages = {
    'the event table': () => new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
    'another storage': () => new InMemorySnapshotStorage(),
  };
  /** Only `build` is to take any. */
  let isBuilding = false;
  const withThem = (storage: DynamoDbSnapshotStorage | InMemorySnapshotStorage) =>
    withSnapshots(plain, { storage, reducerVersion: '1', policy: () => isBuilding });
  const buildAll = async ({ snapshots }: ReturnType<typeof withThem>): Promise<void> => {
    isBuilding = true;
    for await (const _progress of snapshots.build());
    isBuilding = false;
  };
  const redactTo = (name: string) => ({
    version: 1,
    reason: 'Article 17',
    redact: ({ payload }: { payload: object }) => ({ payload: { ...payload, name } }),
  });
  const namesOf = async (eventStore: ReturnType<typeof withThem>, aggregateId: string) => {
    const { aggregate, snapshot } = await eventStore.getAggregate(aggregateId);
    return { names: aggregate?.names, isFromSnapshot: snapshot !== undefined };
  };

  it.each(Object.entries(storages))('are deleted in %s, and not used', async (_, newStorage) => {
    const aggregateId = newAggregateId();
    const storage = newStorage();
    const eventStore = withThem(storage);
    await push(plain, aggregateId, 3);
    const build = async (): Promise<void> => {
      await buildAll(eventStore);
      expect((await namesOf(eventStore, aggregateId)).isFromSnapshot).toBe(true);
    };
    const names = (first: string | undefined) => ({ names: [first, 'Ash 2', 'Ash 3'], isFromSnapshot: false });

    await build();
    const result = await redactEvent(eventStore, { aggregateId, ...redactTo('someone') });
    expect(result).toMatchObject({ events: 1, snapshots: 1 });
    await expect(namesOf(eventStore, aggregateId)).resolves.toEqual(names('someone'));
    await build();
    await redactEvent(plain, { aggregateId, ...redactTo('nobody'), snapshots: storage });
    await expect(namesOf(eventStore, aggregateId)).resolves.toEqual(names('nobody'));
    await build();
    const connected = new ConnectedEventStore(eventStore as never, { publishMessage: async () => {} });
    await redactEvent(connected as never as typeof plain, { aggregateId, ...redactTo('who') });
    await expect(namesOf(eventStore, aggregateId)).resolves.toEqual(names('who'));
    // Nothing is left to redact, but perhaps a snapshot of before.
    await build();
    await expect(redactEvent(eventStore, { aggregateId, ...redactTo('who') })).resolves.toMatchObject({
      events: 0,
      snapshots: 1,
    });
    await build();
    await expect(eraseAggregate(eventStore, aggregateId, { reason: 'Article 17' })).resolves.toMatchObject({
      events: 3,
      snapshots: 1,
    });
    await expect(namesOf(eventStore, aggregateId)).resolves.toMatchObject({
      names: [undefined, undefined, undefined],
    });
    await build();
    await expect(deleteAggregate(eventStore, aggregateId)).resolves.toMatchObject({ events: 3, snapshots: 1 });
    await expect(namesOf(eventStore, aggregateId)).resolves.toMatchObject({ names: undefined });
  });

  it('are forgotten by the cache of this process too', async () => {
    const aggregateId = newAggregateId();
    const cached = withSnapshots(plain, { reducerVersion: '1', cache: { maxBytes: 1_000_000 } });
    await push(plain, aggregateId, 3);
    await cached.getAggregate(aggregateId);
    await redactEvent(cached, { aggregateId, ...redactTo('someone') });
    expect((await cached.getAggregate(aggregateId)).aggregate?.names).toEqual(['someone', 'Ash 2', 'Ash 3']);
    await eraseAggregate(cached, aggregateId, { reason: 'Article 17' });
    expect((await cached.getAggregate(aggregateId)).aggregate?.names).toEqual([undefined, undefined, undefined]);
    await deleteAggregate(cached, aggregateId);
    expect((await cached.getAggregate(aggregateId)).aggregate).toBeUndefined();
  });

  it('are found in the event table without being told', async () => {
    const [aggregateId, other] = [newAggregateId(), newAggregateId()];
    const eventStore = withThem(storages['the event table']());
    for (const each of [aggregateId, other]) await push(plain, each, 2);
    await buildAll(eventStore);
    const { snapshots, copies } = await eraseAggregate(plain, aggregateId, { reason: 'Article 17' });
    expect(snapshots).toBe(1);
    expect(copies.find(({ kind }) => kind === 'snapshots')).toMatchObject({
      name: context.eventStoreId,
      remedy: expect.stringContaining('Only those in the event table'),
    });
    const left = (await itemsIn(dynamoDbClient, tableName)).filter(isSnapshot);
    expect(left.map(({ aggregateId: key }) => key?.S)).toContain(`#snapshots#POKEMONS#${other}`);
    expect(left.map(({ aggregateId: key }) => key?.S)).not.toContain(`#snapshots#POKEMONS#${aggregateId}`);
  });

  it('stop everything if they cannot be deleted', async () => {
    const aggregateId = newAggregateId();
    await push(plain, aggregateId, 2);
    const storage = { deleteSnapshots: () => Promise.reject(new Error('No access.')) };
    requests.splice(0);
    for (const call of [
      () => eraseAggregate(plain, aggregateId, { reason: 'Article 17', snapshots: [storage] }),
      () => deleteAggregate(plain, aggregateId, { snapshots: storage }),
      () => redactEvent(plain, { aggregateId, ...redactTo('who'), snapshots: storage }),
    ]) {
      await expect(call()).rejects.toThrow('No access.');
    }
    expect(operations(requests)).not.toContain('PutItem');
    expect(operations(requests)).not.toContain('TransactWriteItems');
  });
});
