import { everyNEvents, InMemorySnapshotStorage, whenLoadCosts } from '../src/index.js';
import { setUp, storageWith } from './inMemory.js';
import { pokemonEvent, push } from './pokemons.js';

describe('a snapshot', () => {
  it('is written by a load that had to read as many events as the policy allows', async () => {
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp();
    await push(eventStore, aggregateId, 1, 4);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();

    await push(eventStore, aggregateId, 5, 7);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 7, aggregateId, reducerVersion: '1' });
  });

  it('is written by a load that costs more than the budget', async () => {
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp({ policy: whenLoadCosts({ readUnits: 1 }) });
    await push(eventStore, aggregateId, 1, 20);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();

    await push(eventStore, aggregateId, 21, 50);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 50 });
  });

  it('is never written by a load of the past', async () => {
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp({ policy: () => true });
    await push(eventStore, aggregateId, 1, 7);
    await pokemons.getAggregate(aggregateId, { maxVersion: 7 });
    await pokemons.getAggregate(aggregateId, { at: '2027-01-01' });
    await pokemons.snapshots.settled();
    await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();
  });

  it('is written once if many load at the same time, and not again if there is nothing new', async () => {
    const written: number[] = [];
    const { eventStore, pokemons, aggregateId } = setUp({
      policy: () => true,
      storage: storageWith(new InMemorySnapshotStorage(), {
        putSnapshot: async ({ version }) => void written.push(version),
      }),
    });
    await push(eventStore, aggregateId, 1, 7);
    await Promise.all(Array.from({ length: 10 }, () => pokemons.getAggregate(aggregateId)));
    await pokemons.snapshots.settled();
    expect(written).toStrictEqual([7]);
  });

  it('is written after the one before it, not beside it', async () => {
    let [underWay, most] = [0, 0];
    const storage = new InMemorySnapshotStorage();
    const { pokemons, aggregateId } = setUp({
      policy: everyNEvents(1),
      storage: storageWith(storage, {
        putSnapshot: async snapshot => {
          most = Math.max(most, ++underWay);
          await new Promise(setImmediate);
          await storage.putSnapshot(snapshot);
          underWay -= 1;
        },
      }),
    });
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.snapshots.settled();
    expect(most).toBe(1);
    await expect(
      storage.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' }),
    ).resolves.toMatchObject({
      version: 5,
    });
  });

  it('keeps nobody waiting', async () => {
    let finish = () => {};
    const finished = new Promise<void>(resolve => {
      finish = resolve;
    });
    const { pokemons, aggregateId } = setUp({
      storage: storageWith(new InMemorySnapshotStorage(), { putSnapshot: () => finished }),
    });
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.getAggregate(aggregateId);

    let isSettled = false;
    const settling = pokemons.snapshots.settled().then(() => {
      isSettled = true;
    });
    await new Promise(setImmediate);
    expect(isSettled).toBe(false);
    finish();
    await settling;
  });

  it('that cannot be written fails neither push nor load, and is reported', async () => {
    const failure = new Error('throttled');
    const { pokemons, aggregateId, errors } = setUp({
      storage: storageWith(new InMemorySnapshotStorage(), { putSnapshot: () => Promise.reject(failure) }),
    });
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.snapshots.settled();
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    const expected = {
      code: 'SnapshotFailedError',
      operation: 'write',
      eventStoreId: 'POKEMONS',
      aggregateId,
      cause: failure,
    };
    expect(errors).toMatchObject([expected, expected]);
    expect(errors[0]?.message).toContain('throttled');
  });

  it('is not written if a version is missing, which might still come', async () => {
    const { eventStore, pokemons, aggregateId, errors, getSnapshot } = setUp();
    for (const version of [1, 2, 4, 5, 6]) await eventStore.pushEvent(pokemonEvent(aggregateId, version));
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    expect(errors).toMatchObject([{ operation: 'write', cause: { code: 'IncompleteHistoryError', version: 3 } }]);
    await expect(getSnapshot(aggregateId)).resolves.toBeUndefined();
  });

  it('warns of what failed if nobody listens, also if the errors of another realm are none to Node', async () => {
    const warnings: unknown[][] = [];
    let isOtherRealm = false;
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation((...warning: unknown[]) => {
      if (isOtherRealm && typeof warning[0] !== 'string')
        throw new TypeError('The "warning" argument must be an Error.');
      warnings.push(warning);
    });
    try {
      const storage = storageWith(new InMemorySnapshotStorage(), {
        getSnapshot: () => Promise.reject(new Error('down')),
      });
      const { pokemons, aggregateId } = setUp({ storage, onSnapshotError: undefined as never });
      await push(pokemons, aggregateId, 1, 1);
      await pokemons.getAggregate(aggregateId);
      expect(warnings).toStrictEqual([[expect.objectContaining({ code: 'SnapshotFailedError', aggregateId })]]);
      isOtherRealm = true;
      await pokemons.getAggregate(aggregateId);
      const type = { type: 'SnapshotFailedError', code: 'SnapshotFailedError' };
      expect(warnings.slice(1)).toStrictEqual([[expect.stringContaining(`"${aggregateId}"`), type]]);
    } finally {
      emitWarning.mockRestore();
    }
  });

  it('survives a policy and a callback that throw', async () => {
    const warnings: unknown[] = [];
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(warning => void warnings.push(warning));
    try {
      const { pokemons, aggregateId } = setUp({
        policy: () => {
          throw new Error('no policy');
        },
        onSnapshotError: () => {
          throw new Error('no callback');
        },
      });
      await push(pokemons, aggregateId, 1, 1);
      await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 1 } });
      const warning = 'onSnapshotError threw Error: no callback';
      expect(warnings).toStrictEqual([warning, warning]);
    } finally {
      emitWarning.mockRestore();
    }
  });
});
