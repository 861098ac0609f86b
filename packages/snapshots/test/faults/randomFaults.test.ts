import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { FAULTS, type Fault, type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { impatient } from '@castore-dynamodb/testing/impatient';
import { givenSeed, PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';
import { seededRandom } from '@castore-dynamodb/testing/seededRandom';

import { DynamoDbSnapshotStorage, everyNEvents, type SnapshotError, withSnapshots } from '../../src/index.js';
import { newAggregateId, newPokemons, pokemonEvent } from '../pokemons.js';
import { describeOnEveryTable } from '../support.js';

const STEPS = preset({ quick: 60, soak: 400 });
const TRANSACTIONS = preset({ quick: 15, soak: 100 });
const FAULT_RATE = 0.3;

describeOnEveryTable('under random faults between storage and table', ({ engine, layout, tableName, eventStore }) => {
  const seed = givenSeed ?? Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  let proxy: FaultProxy;
  const randomFault = (operation: string): Fault | undefined => {
    const candidates =
      operation === 'TransactWriteItems' ? FAULTS : FAULTS.filter(fault => fault !== 'transaction conflict');
    return random() < FAULT_RATE ? candidates[Math.floor(random() * candidates.length)] : undefined;
  };
  beforeAll(async () => {
    proxy = await startFaultProxy(engine.endpoint);
  });
  beforeEach(() => {
    proxy.requests.splice(0);
    proxy.choose = ({ operation }) => randomFault(operation);
  });
  afterAll(() => proxy[Symbol.asyncDispose]());

  const below = (limit: number): number => Math.floor(random() * limit);

  it(
    `snapshots fail neither push nor load, and each load equals a replay (seed ${seed})`,
    async () => {
      const errors: SnapshotError[] = [];
      const dynamoDbClient = engine.client({ endpoint: proxy.endpoint, ...impatient(2) });
      const open = () =>
        withSnapshots(eventStore, {
          storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, retention: { newest: 3 } }),
          reducerVersion: '1',
          policy: everyNEvents(3),
          onSnapshotError: error => void errors.push(error),
        });
      const processes = [open(), open()];
      const aggregates = Array.from({ length: 3 }, () => ({ id: newAggregateId(), version: 0 }));
      let used = 0;

      for (let step = 0; step < STEPS; step++) {
        const pokemons = processes[below(2)] as (typeof processes)[0];
        const aggregate = aggregates[below(3)] as (typeof aggregates)[0];
        if (aggregate.version === 0 || below(2) === 0) {
          await pokemons.pushEvent(pokemonEvent(aggregate.id, ++aggregate.version));
          continue;
        }
        const version = 1 + below(aggregate.version);
        const present = below(2) === 0;
        const options = present
          ? {}
          : below(2) === 0
            ? { maxVersion: version }
            : { at: pokemonEvent('', version).timestamp };
        const loaded = await pokemons.getAggregate(aggregate.id, options);
        const replayed = await eventStore.getAggregate(aggregate.id, {
          maxVersion: present ? aggregate.version : version,
        });
        expect(loaded.aggregate).toStrictEqual(replayed.aggregate);
        expect(loaded.lastEvent).toStrictEqual(replayed.lastEvent);
        if (loaded.snapshot !== undefined) used += 1;
      }
      for (const { snapshots } of processes) await snapshots.settled();
      await proxy.settled();

      expect(proxy.requests.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(5);
      expect(used).toBeGreaterThan(0);
      for (const error of errors) expect(error).toMatchObject({ code: 'SnapshotFailedError' });
    },
    PRESET_TIMEOUT_MS,
  );

  it(
    `snapshots in the transaction of their events are one with them (seed ${seed})`,
    async () => {
      const dynamoDbClient = engine.client({ endpoint: proxy.endpoint, ...impatient(2) });
      const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
      const faulty = newPokemons(new Adapter({ tableName, dynamoDbClient }));
      const pokemons = withSnapshots(faulty, {
        storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
        transactional: true,
        reducerVersion: '1',
        policy: occasion => occasion.trigger === 'push',
        onSnapshotError: () => undefined,
      });
      const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient: engine.client() });
      const aggregateId = newAggregateId();
      let [pushed, together] = [0, 0];

      for (let step = 0; step < TRANSACTIONS; step++) {
        const { events } = await eventStore.getEvents(aggregateId);
        try {
          await pokemons.pushEvent(pokemonEvent(aggregateId, events.length + 1));
          pushed += 1;
        } catch (error) {
          // The adapter's answer to faults that last: the SDK's error, or another writer's event, which may be a late one.
          expect(error).toBeInstanceOf(Error);
        }
        // No late request changes anything from here on.
        await proxy.settled();
        const snapshot = await storage.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' });
        const { events: stored, aggregate } = await eventStore.getAggregate(aggregateId);
        expect(snapshot?.version ?? 0).toBeLessThanOrEqual(stored.length);
        if (snapshot !== undefined && snapshot.version === stored.length) together += 1;
        const clean = withSnapshots(eventStore, { storage, reducerVersion: '1', policy: () => false });
        expect((await clean.getAggregate(aggregateId)).aggregate).toStrictEqual(aggregate);
      }
      expect(pushed).toBeGreaterThan(TRANSACTIONS / 4);
      expect(together).toBeGreaterThan(0);
    },
    PRESET_TIMEOUT_MS,
  );
});
