import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Fault, type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';

import {
  DynamoDbCheckpointStore,
  InMemoryCheckpointStore,
  projection,
  type ReplayOptions,
  readAllEvents,
  replayEvents,
} from '../../src/index.js';
import { TIMEOUTS } from '../../src/timeouts.js';
import { useDeadlinesOfTheSilent } from '../support/deadlinesOfTheSilent.js';
import { describeOnOneLayout } from '../support/describeOnEveryLayout.js';
import { connectEventStores, newAggregateId, newTableNames } from '../support/eventStores.js';
import { useProjectionTable } from '../support/projectionTable.js';
import { withPageSize } from '../support/withPageSize.js';

const AGGREGATES = 20;

const newName = (() => {
  let count = 0;
  return () => `log-${++count}`;
})();

describeOnOneLayout('a replay without answers', context => {
  const { engine, layout, pokemons, tableNames, dynamoDbClient } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  useDeadlinesOfTheSilent();
  let proxy: FaultProxy;
  let client: DynamoDBClient;

  beforeAll(async () => {
    for (const aggregateId of Array.from({ length: AGGREGATES }, newAggregateId)) {
      await pokemons.pushEvent({ aggregateId, version: 1, type: 'POKEMON_NAMED', payload: 'Pika', metadata: 1 });
    }
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(engine.endpoint);
    client = withPageSize(engine.client({ endpoint: proxy.endpoint }), 5);
  });
  afterEach(async () => {
    client.destroy();
    await proxy[Symbol.asyncDispose]();
  });

  /** Lets requests of an operation meet a fault: from the given one on, so many of them. */
  const fail = (operation: string, fault: Fault, times = 1, text = '', from = 1): void => {
    let count = 0;
    proxy.choose = request => {
      const isIt = request.operation === operation && JSON.stringify(request.body).includes(text);
      return isIt && ++count >= from && count < from + times ? fault : undefined;
    };
  };

  const newLog = (handle: () => void | Promise<void> = () => {}) => {
    const handled: string[] = [];
    const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient: client });
    const log = projection({
      name: newName(),
      eventStores: [connectEventStores(layout, client, tableNames).pokemons],
      checkpoints,
      on: {
        POKEMON_NAMED: async ({ aggregateId }) => {
          await handle();
          handled.push(aggregateId);
        },
      },
    });
    return { log, handled, checkpoints };
  };
  const replay = (log: ReplayOptions['projections'][0], options: Partial<ReplayOptions> = {}) =>
    replayEvents({ projections: [log], segments: 1, ...options });

  it.each([
    ['Scan', ''],
    ['PutItem', 'replay#'],
    ['PutItem', 'position'],
    ['BatchGetItem', 'position'],
  ])('goes on after a %s that gets no answer (%s)', async (operation, text) => {
    const { log, handled } = newLog();
    fail(operation, 'no answer after', 1, text, 2);
    await expect(replay(log)).resolves.toMatchObject({ events: AGGREGATES, share: 1 });
    expect(new Set(handled).size).toBe(AGGREGATES);
  });

  it.each([
    ['Scan', ''],
    ['Query', 'replay#'],
    ['DescribeTable', ''],
    ['PutItem', 'replay#'],
  ])('ends if no %s gets an answer (%s), and goes on when it is called again', async (operation, text) => {
    const { log, handled } = newLog();
    fail(operation, 'no answer before', Number.POSITIVE_INFINITY, text, operation === 'Scan' ? 2 : 1);
    const onProgress = (): void => {};
    await expect(replay(log, { onProgress })).rejects.toMatchObject({ code: 'DeadlineExceededError' });
    proxy.choose = () => undefined;
    await expect(replay(log)).resolves.toMatchObject({ events: AGGREGATES });
    expect(handled).toHaveLength(AGGREGATES);
  });

  it.each([
    ['Scan', ''],
    ['Query', 'replay#'],
    ['BatchGetItem', 'position'],
  ])('takes no empty answer to %s for the end', async (operation, text) => {
    const { log, handled } = newLog();
    fail(operation, 'empty answer', 2, text);
    await expect(replay(log, { consistentRead: false })).resolves.toMatchObject({ events: AGGREGATES });
    expect(handled).toHaveLength(AGGREGATES);
    if (operation !== 'Scan') return;
    fail(operation, 'empty answer', 3, text, 2);
    await expect(replay(newLog().log)).rejects.toMatchObject({ code: 'IncompleteAnswerError', member: 'Items' });
  });

  it.each(['reset after', 'no answer after'] as const)(
    'goes on with its checkpoints after the answer to one was lost (%s)',
    async fault => {
      const { log, checkpoints } = newLog();
      const stop = new AbortController();
      let pages = 0;
      const onProgress = (): void => {
        if (++pages === 3) stop.abort();
      };
      fail('PutItem', fault, 1, 'replay#');
      await expect(replay(log, { onProgress, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
      const [checkpoint] = await checkpoints.list(log.name, 'replay#');
      expect(JSON.parse(checkpoint?.value ?? '')).toMatchObject({ items: 15 });
    },
  );

  it('goes on with its checkpoints in a store that lost an answer, too', async () => {
    const store = new InMemoryCheckpointStore();
    const write = store.write.bind(store);
    let writes = 0;
    // What the AWS SDK makes of it if it sends a write again: somebody else was first.
    store.write = async (key, value, revision) => {
      const written = await write(key, value, revision);
      return key.sort.startsWith('replay#') && ++writes === 1 ? undefined : written;
    };
    const log = projection({ name: newName(), eventStores: [pokemons], checkpoints: store, on: {} });
    const stop = new AbortController();
    const eventStores = [connectEventStores(layout, client, tableNames).pokemons];
    const ours = projection({ name: log.name, eventStores, checkpoints: store, on: {} });
    const onProgress = (): void => void (writes === 3 && stop.abort());
    await expect(replay(ours, { onProgress, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    const [checkpoint] = await store.list(log.name, 'replay#');
    expect(JSON.parse(checkpoint?.value ?? '')).toMatchObject({ items: 15 });
  });

  it('ends though a handler hangs, when it is aborted', async () => {
    jest.replaceProperty(TIMEOUTS, 'request', 2_000);
    const reason = new Error('enough');
    const stop = new AbortController();
    const { log } = newLog(() => {
      stop.abort(reason);
      return new Promise<void>(() => {});
    });
    await expect(replay(log, { signal: stop.signal })).rejects.toBe(reason);
  });

  it('ends if a handler hangs for too long', async () => {
    jest.replaceProperty(TIMEOUTS, 'handler', 300);
    jest.replaceProperty(TIMEOUTS, 'request', 2_000);
    const { log } = newLog(() => new Promise<void>(() => {}));
    await expect(replay(log)).rejects.toMatchObject({
      code: 'DeadlineExceededError',
      operation: 'A handler of the replay',
    });
  });

  it('warns if it resumes one that the stream has no records of any more', async () => {
    const { log, checkpoints } = newLog();
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    await expect(replay(log, { onProgress, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const interruptedAgain = replay(log, { onProgress, signal: AbortSignal.abort(new Error('again')) });
    await expect(interruptedAgain).rejects.toThrow('again');
    expect(warnings).not.toHaveBeenCalled();

    const [checkpoint] = await checkpoints.list(log.name, 'replay#');
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000).toISOString();
    const value = JSON.stringify({ ...(JSON.parse(checkpoint?.value ?? '') as object), startedAt: yesterday });
    await dynamoDbClient.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk: { S: log.name }, sk: { S: checkpoint?.sort ?? '' } },
        UpdateExpression: 'set #value = :value',
        ExpressionAttributeNames: { '#value': 'value' },
        ExpressionAttributeValues: { ':value': { S: value } },
      }),
    );
    await expect(replay(log)).resolves.toMatchObject({ startedAt: yesterday, events: AGGREGATES });
    expect(warnings).toHaveBeenCalledWith(expect.stringContaining('resume: false'), expect.anything());
  });

  it('calls a callback that throws, and goes on', async () => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const onProgress = (): void => {
      throw new RangeError('bad');
    };
    await expect(replay(newLog().log, { onProgress })).resolves.toMatchObject({ events: AGGREGATES });
    expect(warnings).toHaveBeenCalledWith('onProgress threw RangeError: bad', expect.anything());
  });

  it('names the table that is missing', async () => {
    const missing = newTableNames(layout);
    const eventStore = connectEventStores(layout, client, missing).pokemons;
    const checkpoints = new InMemoryCheckpointStore();
    const log = projection({ name: newName(), eventStores: [eventStore], checkpoints, on: {} });
    const error = { name: 'ResourceNotFoundException', message: expect.stringContaining(missing.pokemons) };
    await expect(replay(log)).rejects.toMatchObject(error);
    await expect(replay(log, { onProgress: () => {} })).rejects.toMatchObject(error);
    await expect(readAllEvents({ eventStores: [eventStore] }).next()).rejects.toMatchObject(error);
  });

  describe('readAllEvents', () => {
    const readAll = async (): Promise<number> => {
      const { pokemons: eventStore } = connectEventStores(layout, client, tableNames);
      let events = 0;
      for await (const _ of readAllEvents({ eventStores: [eventStore] })) events++;
      return events;
    };

    it.each(['no answer before', 'empty answer'] as const)('reads everything though a Query has %s', async fault => {
      for (const from of [1, 2, 5]) {
        fail('Query', fault, 1, '', from);
        await expect(readAll()).resolves.toBe(AGGREGATES);
      }
    });

    it('ends with an error if no Query gets an answer', async () => {
      fail('Query', 'no answer before', Number.POSITIVE_INFINITY, '', 3);
      await expect(readAll()).rejects.toMatchObject({ code: 'DeadlineExceededError' });
    });
  });
});
