import {
  everyNEvents,
  InMemorySnapshotStorage,
  type SnapshotPolicy,
  whenLoadCosts,
  withSnapshots,
} from '../src/index.js';
import { all, setUp, storageWith } from './inMemory.js';
import { newAggregateId, push } from './pokemons.js';

describe('maintenance', () => {
  const setUpMany = async (count: number) => {
    const set = setUp({ policy: everyNEvents(1) });
    const ids = Array.from({ length: count }, newAggregateId);
    for (const id of ids) await push(set.eventStore, id, 1, 2);
    return { ...set, ids };
  };

  it('builds what is missing, with progress, and can be taken up again', async () => {
    const { pokemons, ids, getSnapshot, eventStore } = await setUpMany(230);

    const building = pokemons.snapshots.build({ concurrency: 7 });
    const { value: first } = await building.next();
    await building.return();
    expect(first).toMatchObject({ aggregates: 100, snapshots: 100, failures: 0, pageToken: expect.any(String) });
    const built = await Promise.all(ids.map(id => getSnapshot(id)));
    expect(built.filter(snapshot => snapshot?.version === 2)).toHaveLength(100);

    const { pageToken } = first as { pageToken: string };
    await expect(all(pokemons.snapshots.build({ pageToken }))).resolves.toStrictEqual([
      { aggregates: 100, snapshots: 100, failures: 0, leftOut: 0, pageToken: expect.any(String) },
      { aggregates: 130, snapshots: 130, failures: 0, leftOut: 0, pageToken: undefined },
    ]);
    await push(eventStore, ids[0] as string, 3, 3);
    const again = await all(pokemons.snapshots.build());
    expect(again.at(-1)).toMatchObject({ aggregates: 230, snapshots: 1, leftOut: 229 });
  });

  it.each<[string, SnapshotPolicy, number[]]>([
    ['everyNEvents(5)', everyNEvents(5), [5, 6, 12]],
    ['whenLoadCosts', whenLoadCosts({ readUnits: 0.5 }), [1, 2, 4, 5, 6, 12]],
    ['that looks at pushes', ({ trigger, version }) => trigger === 'push' && version === 4, [4, 5, 6, 12]],
    ['that looks at loads', ({ trigger, version }) => trigger === 'load' && version === 4, [4]],
    ['that wants none', () => false, []],
  ])('builds what a policy would have taken: %s', async (_, policy, expected) => {
    const lengths = [1, 2, 4, 5, 6, 12];
    const { pokemons, eventStore, getSnapshot, errors } = setUp({ policy });
    const ids = lengths.map(() => newAggregateId());
    for (const [index, length] of lengths.entries()) await push(eventStore, ids[index] as string, 1, length);
    await expect(all(pokemons.snapshots.build())).resolves.toMatchObject([
      { aggregates: 6, snapshots: expected.length, leftOut: 6 - expected.length, failures: 0 },
    ]);
    const built = await Promise.all(ids.map(async id => (await getSnapshot(id))?.version));
    expect(built.filter(version => version !== undefined)).toStrictEqual(expected);
    // Nothing is left to do.
    await expect(all(pokemons.snapshots.build())).resolves.toMatchObject([{ snapshots: 0, leftOut: 6 }]);
    expect(errors).toStrictEqual([]);
  });

  it('counts aggregates as failures if the policy fails for them, and reports it', async () => {
    const failure = new Error('no policy');
    const { pokemons, eventStore, errors } = setUp({
      policy: () => {
        throw failure;
      },
    });
    await push(eventStore, newAggregateId(), 1, 2);
    await expect(all(pokemons.snapshots.build())).resolves.toMatchObject([{ aggregates: 1, failures: 1, leftOut: 0 }]);
    expect(errors).toMatchObject([{ code: 'SnapshotFailedError', operation: 'write', cause: failure }]);
  });

  it('goes on if one cannot be written, and reports it', async () => {
    const storage = new InMemorySnapshotStorage();
    const ids = Array.from({ length: 3 }, newAggregateId);
    const failing = ids[1];
    const { eventStore, pokemons, errors } = setUp({
      policy: everyNEvents(2),
      storage: storageWith(storage, {
        putSnapshot: async snapshot => {
          if (snapshot.aggregateId === failing) throw new Error('throttled');
          return storage.putSnapshot(snapshot);
        },
      }),
    });
    for (const id of ids) await push(eventStore, id, 1, 2);

    await expect(all(pokemons.snapshots.build())).resolves.toStrictEqual([
      { aggregates: 3, snapshots: 2, failures: 1, leftOut: 0, pageToken: undefined },
    ]);
    expect(errors).toMatchObject([{ operation: 'write', aggregateId: failing }]);
  });

  it('goes on if one cannot be loaded, and reports it', async () => {
    const { pokemons, ids, eventStore, errors } = await setUpMany(3);
    const { getEvents } = eventStore.getEventStorageAdapter();
    const failure = new Error('unreadable event');
    eventStore.getEventStorageAdapter().getEvents = (id, ...args) =>
      id === ids[1] ? Promise.reject(failure) : getEvents(id, ...args);

    await expect(all(pokemons.snapshots.build())).resolves.toStrictEqual([
      { aggregates: 3, snapshots: 2, failures: 1, leftOut: 0, pageToken: undefined },
    ]);
    expect(errors).toMatchObject([{ operation: 'write', aggregateId: ids[1], cause: failure }]);
  });

  it('deletes those of other reducer versions, or all of one aggregate', async () => {
    const { pokemons, ids, getSnapshot, eventStore, storage } = await setUpMany(3);
    const newer = withSnapshots(eventStore, { storage, reducerVersion: '2', policy: everyNEvents(1) });
    await all(pokemons.snapshots.build());
    await all(newer.snapshots.build());

    await expect(all(newer.snapshots.deleteOutdated())).resolves.toMatchObject([{ aggregates: 3, snapshots: 3 }]);
    const [first, second] = ids as [string, string];
    await expect(getSnapshot(first, undefined, '1')).resolves.toBeUndefined();
    await expect(getSnapshot(first, undefined, '2')).resolves.toMatchObject({ version: 2 });

    await expect(newer.snapshots.deleteOf(first)).resolves.toBe(1);
    await expect(getSnapshot(first, undefined, '2')).resolves.toBeUndefined();
    await expect(getSnapshot(second, undefined, '2')).resolves.toMatchObject({ version: 2 });
  });

  it('refuses to scan the table of an adapter that has none', async () => {
    const { pokemons } = setUp();
    await expect(all(pokemons.snapshots.build({ scan: true }))).rejects.toMatchObject({
      code: 'InvalidArgumentError',
      argument: 'options.scan',
      message: expect.stringMatching(
        /"POKEMONS" has no adapter of @castore-dynamodb\/adapter.* Build without `scan`\./,
      ),
    });
  });

  it.each([0, 1.5, '2'])('refuses %p at once', async concurrency => {
    const { pokemons } = setUp();
    const building = all(pokemons.snapshots.build({ concurrency: concurrency as never }));
    await expect(building).rejects.toMatchObject({ argument: 'options.concurrency' });
  });
});
