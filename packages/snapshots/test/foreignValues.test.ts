import { InMemorySnapshotStorage, type SnapshotStorage } from '../src/index.js';
import { all, setUp, storageWith } from './inMemory.js';
import { pokemonEvent, push, rejection } from './pokemons.js';

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

class PaymentError extends Error {
  declare message: string;
  constructor() {
    super();
    Object.defineProperty(this, 'message', { value: undefined });
  }
}

/** Whatever may be thrown, each made anew. */
const THROWN: Record<string, () => unknown> = {
  'an error': () => new Error('broken'),
  'an error without a message': () => new PaymentError(),
  'an object whose message is one': () => ({ message: { code: 1 } }),
  'a message that is a bigint': () => ({ message: 1n }),
  'a message that is a symbol': () => ({ name: Symbol('name'), message: Symbol('message') }),
  'a string': () => 'broken',
  null: () => null,
  undefined: () => undefined,
  'a bigint': () => 1n,
  'a symbol': () => Symbol('broken'),
  'a function': () => () => 'broken',
  'an object without a prototype': () => Object.create(null) as object,
  'a getter that throws': () => ({
    get message() {
      throw new Error('no message');
    },
  }),
  'a revoked proxy': revoked,
  'a message of 1 MB': () => new Error('x'.repeat(1_000_000)),
};

const CASES = Object.entries(THROWN);

const failing = (thrown: () => unknown): SnapshotStorage => {
  const fail = async () => {
    throw thrown();
  };
  return { getSnapshot: fail, putSnapshot: fail, deleteSnapshots: fail };
};

describe('a storage that throws', () => {
  it.each(CASES)('%s fails neither push nor load, and is reported', async (_, thrown) => {
    const { eventStore, pokemons, errors, aggregateId } = setUp({ storage: failing(thrown), policy: () => true });
    await push(pokemons, aggregateId, 1, 2);
    const { aggregate } = await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();

    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(new Set(errors.map(error => 'operation' in error && error.operation))).toStrictEqual(
      new Set(['read', 'write']),
    );
    for (const error of errors) {
      expect(typeof error.message).toBe('string');
      expect(error.message.length).toBeLessThan(2_000);
      expect(error.message.isWellFormed()).toBe(true);
    }
  });

  it.each(CASES)('%s is the cause of a push with force that fails, and of maintenance', async (_, thrown) => {
    const { eventStore, pokemons, aggregateId } = setUp({ storage: failing(thrown), policy: () => true });
    await push(eventStore, aggregateId, 1, 1);
    const error = await rejection(pokemons.pushEvent(pokemonEvent(aggregateId, 1), { force: true }));
    expect(error).toMatchObject({ code: 'SnapshotFailedError', operation: 'delete' });
    await expect(all(pokemons.snapshots.build())).resolves.toMatchObject([{ aggregates: 1, failures: 1 }]);
    await expect(all(pokemons.snapshots.deleteOutdated())).resolves.toMatchObject([{ aggregates: 1, failures: 1 }]);
  });

  it('at once, without a promise, does the same', async () => {
    const fail = () => {
      throw new Error('broken');
    };
    const { pokemons, errors, aggregateId } = setUp({
      storage: { getSnapshot: fail, putSnapshot: fail, deleteSnapshots: fail },
      policy: () => true,
    });
    await push(pokemons, aggregateId, 1, 1);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 1 } });
    await pokemons.snapshots.settled();
    expect(errors.length).toBeGreaterThan(0);
  });
});

describe("a user's function that throws", () => {
  describe.each(['policy', 'serialize', 'hasShape', 'deserialize'] as const)('%s', name => {
    const functions = { serialize: (aggregate: unknown) => aggregate, deserialize: (state: unknown) => state as never };

    it.each(CASES)('%s fails neither push nor load, and is reported', async (_, thrown) => {
      const storage = new InMemorySnapshotStorage();
      const healthy = setUp({ storage, policy: () => true });
      await push(healthy.pokemons, healthy.aggregateId, 1, 2);
      await healthy.pokemons.snapshots.settled();
      const { eventStore, pokemons, errors } = setUp({
        storage,
        policy: () => true,
        ...(name.includes('serialize') && functions),
        [name]: () => {
          throw thrown();
        },
      });
      await push(pokemons, healthy.aggregateId, 1, 3);

      const { aggregate } = await pokemons.getAggregate(healthy.aggregateId);
      await pokemons.snapshots.settled();

      expect(aggregate).toStrictEqual((await eventStore.getAggregate(healthy.aggregateId)).aggregate);
      expect(errors.length).toBeGreaterThan(0);
    });

    it('a promise that rejects is no answer, and ends no process', async () => {
      const storage = new InMemorySnapshotStorage();
      const healthy = setUp({ storage, policy: () => true });
      await push(healthy.pokemons, healthy.aggregateId, 1, 2);
      await healthy.pokemons.snapshots.settled();
      const { pokemons, errors } = setUp({
        storage,
        policy: () => true,
        ...(name.includes('serialize') && functions),
        [name]: () => Promise.reject(new Error('later')),
      });
      await push(pokemons, healthy.aggregateId, 1, 3);
      await expect(pokemons.getAggregate(healthy.aggregateId)).resolves.toMatchObject({ aggregate: { version: 3 } });
      await pokemons.snapshots.settled();
      expect(errors.map(({ cause }) => String(cause))).toContain(
        `TypeError: ${name} returned a promise; it must be synchronous.`,
      );
    });
  });

  it.each(CASES)('onSnapshotError with %s becomes a warning', async (_, thrown) => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const { pokemons, aggregateId } = setUp({
        storage: failing(() => new Error('broken')),
        policy: () => true,
        onSnapshotError: () => {
          throw thrown();
        },
      });
      await push(pokemons, aggregateId, 1, 1);
      await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 1 } });
      await pokemons.snapshots.settled();
      expect(emitWarning).toHaveBeenCalled();
    } finally {
      emitWarning.mockRestore();
    }
  });
});

describe('a storage that answers with something else', () => {
  const hostile = {
    get version() {
      throw new Error('no version');
    },
  };

  it.each<[string, unknown, number]>([
    ['undefined', undefined, 0],
    ['null', null, 0],
    ['a string', 'snapshot', 1],
    ['an empty object', {}, 1],
    ['a getter that throws', hostile, 1],
    ['a revoked proxy', revoked(), 1],
  ])('%s lets the aggregate be built from its events', async (_, answer, reports) => {
    const storage = storageWith(new InMemorySnapshotStorage(), { getSnapshot: async () => answer as never });
    const { eventStore, pokemons, errors, aggregateId } = setUp({ storage });
    await push(eventStore, aggregateId, 1, 3);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({
      snapshot: undefined,
      events: { length: 3 },
    });
    expect(errors).toHaveLength(reports);
  });

  it.each([undefined, null])('deserialize that returns %p is no aggregate', async nothing => {
    const storage = new InMemorySnapshotStorage();
    const { eventStore, pokemons, errors, aggregateId } = setUp({
      storage,
      policy: () => true,
      serialize: aggregate => aggregate,
      deserialize: () => nothing as never,
    });
    await push(pokemons, aggregateId, 1, 1);
    await pokemons.snapshots.settled();
    await push(eventStore, aggregateId, 2, 2);
    const { aggregate } = await pokemons.getAggregate(aggregateId);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(errors).toMatchObject([{ reason: 'unreadable' }]);
  });
});
