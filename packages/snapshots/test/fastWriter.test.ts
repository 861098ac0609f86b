import { setTimeout as sleep } from 'node:timers/promises';

import { everyNEvents, InMemorySnapshotStorage } from '../src/index.js';
import { setUp, storageWith } from './inMemory.js';
import { newAggregateId, pokemonEvent, push } from './pokemons.js';

const slowly = (storage: InMemorySnapshotStorage, written: number[]) =>
  storageWith(storage, {
    putSnapshot: async snapshot => {
      await sleep(5);
      written.push(snapshot.version);
      await storage.putSnapshot(snapshot);
    },
  });

describe('a writer that is faster than its snapshots', () => {
  it('leaves two of them to take at most, of which one is the newest', async () => {
    const storage = new InMemorySnapshotStorage();
    const written: number[] = [];
    const { pokemons, errors, aggregateId } = setUp({ storage: slowly(storage, written), policy: everyNEvents(1) });
    await push(pokemons, aggregateId, 1, 1_000);
    const before = written.length;
    await pokemons.snapshots.settled();

    expect(written.length - before).toBeLessThanOrEqual(2);
    expect(written.length).toBeLessThan(500);
    expect(written).toStrictEqual(written.toSorted((left, right) => left - right));
    expect(written.at(-1)).toBe(1_000);
    expect(errors).toStrictEqual([]);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 1_000 } });
  });

  it('that never stops lets settled end all the same', async () => {
    const { pokemons, aggregateId } = setUp({
      storage: slowly(new InMemorySnapshotStorage(), []),
      policy: everyNEvents(1),
    });
    let isStopped = false;
    const writing = (async () => {
      for (let version = 1; !isStopped; version++) {
        await pokemons.pushEvent(pokemonEvent(aggregateId, version));
        await sleep(1);
      }
    })();
    await sleep(20);
    await pokemons.snapshots.settled();
    isStopped = true;
    await writing;
    await pokemons.snapshots.settled();
  });

  it('of very many aggregates has the ones reported that are left out, and keeps 1,000 at once', async () => {
    let finish = () => {};
    const finished = new Promise<void>(resolve => {
      finish = resolve;
    });
    const storage = new InMemorySnapshotStorage();
    const { pokemons, errors } = setUp({
      storage: storageWith(storage, {
        putSnapshot: async snapshot => {
          await finished;
          await storage.putSnapshot(snapshot);
        },
      }),
      policy: everyNEvents(1),
    });
    const ids = Array.from({ length: 1_010 }, newAggregateId);
    for (const id of ids) await push(pokemons, id, 1, 1);
    expect(errors).toHaveLength(10);
    expect(errors[0]).toMatchObject({
      operation: 'write',
      aggregateId: ids[1_000],
      cause: { code: 'TooManySnapshotsError', limit: 1_000 },
    });
    finish();
    await pokemons.snapshots.settled();
    await push(pokemons, ids[1_000] as string, 2, 2);
    await pokemons.snapshots.settled();
    expect(errors).toHaveLength(10);
  });
});
