import {
  type CheckpointStore,
  createStreamHandler,
  InMemoryCheckpointStore,
  type ProjectionFailure,
  projection,
  type StreamRecord,
} from '../src/index.js';
import { TIMEOUTS } from '../src/timeouts.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { recordOf } from './support/recordOf.js';

// `onFailure` is waited for no longer, so that the tests can end.
TIMEOUTS.request = 2_000;

const never = new Promise<never>(() => {});

const PLACES = ['reads its positions', 'handles an event', 'writes a position', 'asks onFailure', 'parks'] as const;

describeOnEveryLayout('A stream handler gives up before its function does', context => {
  const { pokemons } = context;

  afterEach(() => jest.useRealTimers());

  it.each(PLACES)('if it gets no answer when it %s, and reports what is not done', async place => {
    const [good, bad] = [newAggregateId(), newAggregateId()];
    const records: StreamRecord[] = [];
    for (const [number, aggregateId] of [good, bad, bad].entries()) {
      const version = number === 2 ? 2 : 1;
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika' });
      const record = await recordOf(context, aggregateId, version);
      records.push({ ...record, dynamodb: { ...record.dynamodb, SequenceNumber: String(number) } });
    }
    const memory = new InMemoryCheckpointStore();
    const isPosition = (key: { partition: string }) => key.partition.endsWith(bad);
    const checkpoints: CheckpointStore = {
      read: keys => (place === 'reads its positions' ? never : memory.read(keys)),
      write: (key, value, revision) => {
        const hangs =
          (place === 'writes a position' && isPosition(key)) || (place === 'parks' && key.sort.startsWith('parked#'));
        return hangs ? never : memory.write(key, value, revision);
      },
      remove: (key, revision) => memory.remove(key, revision),
      list: (partition, prefix) => memory.list(partition, prefix),
    };
    const log = projection({
      name: 'log',
      eventStores: [pokemons],
      checkpoints,
      on: {
        POKEMON_NAMED: ({ aggregateId }) => {
          if (aggregateId !== bad) return undefined;
          if (place === 'handles an event') return never;
          if (place === 'parks' || place === 'asks onFailure') throw new Error('bad');
          return undefined;
        },
      },
    });
    const handler = createStreamHandler({
      projections: [log],
      maxAttempts: 1,
      onFailure: () => (place === 'asks onFailure' ? never : 'park'),
    });
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const end = performance.now() + 10_000;
    const answered = handler(records, { getRemainingTimeInMillis: () => end - performance.now() });
    await jest.advanceTimersByTimeAsync(9_999);
    const response = await answered;
    const failed = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    expect(failed).toContain('1');
    expect(failed).not.toContain('2');
  });

  it('and does something all the same if the function has little time', async () => {
    const aggregateId = newAggregateId();
    await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload: 'Pika' });
    const handled: number[] = [];
    const log = projection({
      name: 'log',
      eventStores: [pokemons],
      checkpoints: new InMemoryCheckpointStore(),
      on: { POKEMON_NAMED: ({ version }) => void handled.push(version) },
    });
    const record = await recordOf(context, aggregateId, 1);
    const response = await createStreamHandler({ projections: [log] })([record], {
      getRemainingTimeInMillis: () => 400,
    });
    expect({ handled, response }).toStrictEqual({ handled: [1], response: { batchItemFailures: [] } });
  });

  it('and a read of the event store ends by itself, as an error that passes', async () => {
    const aggregateId = newAggregateId();
    for (const version of [1, 2]) {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika' });
    }
    const failures: ProjectionFailure[] = [];
    const log = projection({
      name: 'log',
      // The first event has to be read.
      eventStores: [Object.assign(Object.create(pokemons) as typeof pokemons, { getEvents: () => never })],
      checkpoints: new InMemoryCheckpointStore(),
      on: {},
    });
    const onFailure = (failure: ProjectionFailure) => void failures.push(failure);
    const record = { ...(await recordOf(context, aggregateId, 2)) };
    await createStreamHandler({ projections: [log], maxAttempts: 1, onFailure })([record]);
    expect(failures).toMatchObject([
      { kind: 'passing', version: 1, error: { code: 'DeadlineExceededError', milliseconds: 2_000 } },
    ]);
    await expect(log.listParked()).resolves.toStrictEqual([]);
  });
});
