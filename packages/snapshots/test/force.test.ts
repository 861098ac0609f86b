import { everyNEvents, InMemorySnapshotStorage, type Snapshot, withSnapshots } from '../src/index.js';
import { all, setUp, storageWith } from './inMemory.js';
import { newPokemons, pokemonEvent, push } from './pokemons.js';

describe('a push with force', () => {
  const corrected = (aggregateId: string, version: number) =>
    ({ ...pokemonEvent(aggregateId, version), payload: { by: 1000 } }) as never;

  it.each([2, 5, 6, 7])('at version %i leaves no snapshot that does not know of it', async version => {
    const { eventStore, pokemons, aggregateId } = setUp({ policy: everyNEvents(2) });
    await push(pokemons, aggregateId, 1, 7);
    await pokemons.getAggregate(aggregateId);

    await pokemons.pushEvent(corrected(aggregateId, version), { force: true });

    for (const maxVersion of [1, 2, 3, 4, 5, 6, 7]) {
      const { aggregate } = await pokemons.getAggregate(aggregateId, { maxVersion });
      expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId, { maxVersion })).aggregate);
    }
  });

  it('is not made if snapshots cannot be deleted', async () => {
    const failure = new Error('throttled');
    const { eventStore, pokemons, aggregateId } = setUp({
      storage: storageWith(new InMemorySnapshotStorage(), { deleteSnapshots: () => Promise.reject(failure) }),
    });
    await push(pokemons, aggregateId, 1, 2);
    const { events } = await eventStore.getEvents(aggregateId);

    const pushing = pokemons.pushEvent(corrected(aggregateId, 2), { force: true });

    await expect(pushing).rejects.toMatchObject({ code: 'SnapshotFailedError', operation: 'delete', cause: failure });
    await expect(eventStore.getEvents(aggregateId)).resolves.toStrictEqual({ events });
  });

  it('takes away what somebody else made of the old event in between, or says that it could not', async () => {
    const storage = new InMemorySnapshotStorage();
    let deletions = 0;
    const { eventStore, pokemons, aggregateId } = setUp({
      storage: storageWith(storage, {
        deleteSnapshots: async (...args) => {
          deletions += 1;
          if (deletions === 4) throw new Error('throttled');
          return storage.deleteSnapshots(...args);
        },
      }),
    });
    const other = withSnapshots(newPokemons(eventStore.getEventStorageAdapter()), {
      storage,
      reducerVersion: '1',
      policy: everyNEvents(1),
    });
    await push(pokemons, aggregateId, 1, 4);
    const adapter = eventStore.getEventStorageAdapter();
    const pushEvent = adapter.pushEvent.bind(adapter);
    adapter.pushEvent = async (...args) => {
      await other.getAggregate(aggregateId);
      await other.snapshots.settled();
      return pushEvent(...args);
    };

    await pokemons.pushEvent(corrected(aggregateId, 3), { force: true });
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({
      aggregate: (await eventStore.getAggregate(aggregateId)).aggregate,
    });

    const pushing = pokemons.pushEvent(corrected(aggregateId, 2), { force: true });
    await expect(pushing).rejects.toMatchObject({ message: expect.stringContaining('The event was pushed') });
    await expect(pokemons.snapshots.deleteOf(aggregateId)).resolves.toBe(1);
  });

  it.each(['a load', 'a build'] as const)(
    'leaves no snapshot of %s that read the old event and ends later',
    async work => {
      for (const change of ['force', 'deleteOf'] as const) {
        const { eventStore, pokemons, aggregateId, getSnapshot } = setUp({ policy: everyNEvents(3) });
        await push(eventStore, aggregateId, 1, 4);
        const adapter = eventStore.getEventStorageAdapter();
        const { getEvents } = adapter;
        adapter.getEvents = async (...args) => {
          const answer = await getEvents(...args);
          adapter.getEvents = getEvents;
          if (change === 'force') await pokemons.pushEvent(corrected(aggregateId, 2), { force: true });
          else {
            await eventStore.pushEvent(corrected(aggregateId, 2), { force: true });
            await pokemons.snapshots.deleteOf(aggregateId);
          }
          return answer;
        };
        if (work === 'a load') await pokemons.getAggregate(aggregateId);
        else await all(pokemons.snapshots.build());
        await pokemons.snapshots.settled();
        await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();
      }
    },
  );

  it('leaves no snapshot that was begun while those of the old event were being deleted', async () => {
    const storage = new InMemorySnapshotStorage();
    let load: Promise<unknown> | undefined;
    let isDeleted = (): void => {};
    const { eventStore, pokemons, aggregateId } = setUp({
      policy: everyNEvents(1),
      storage: storageWith(storage, {
        deleteSnapshots: async (...args) => {
          if (isPushed) load ??= pokemons.getAggregate(aggregateId);
          const deleted = await storage.deleteSnapshots(...args);
          if (isPushed) isDeleted();
          return deleted;
        },
      }),
    });
    await push(eventStore, aggregateId, 1, 4);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    const stale = await storage.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' });
    const adapter = eventStore.getEventStorageAdapter();
    const { pushEvent, getEvents } = adapter;
    let isPushed = false;
    adapter.pushEvent = async (...args) => {
      const pushed = await pushEvent(...args);
      await pushEvent(pokemonEvent(aggregateId, 5), { eventStoreId: 'POKEMONS' });
      // Of another process, which had read the old event.
      await storage.putSnapshot(stale as Snapshot);
      isPushed = true;
      return pushed;
    };
    const deleted = new Promise<void>(resolve => (isDeleted = resolve));
    adapter.getEvents = async (...args) => {
      if (isPushed) await deleted;
      return getEvents(...args);
    };
    await pokemons.pushEvent(corrected(aggregateId, 2), { force: true });
    await load;
    await pokemons.snapshots.settled();
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({
      aggregate: (await eventStore.getAggregate(aggregateId)).aggregate,
    });
  });
});
