import { everyNEvents, InMemorySnapshotStorage, withSnapshots } from '../src/index.js';
import { setUp, storageWith } from './inMemory.js';
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
});
