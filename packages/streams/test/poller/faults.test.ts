import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventDetail } from '@castore/core';
import { eventually } from '@castore-dynamodb/testing/eventually';
import { type Fault, type FaultProxy, startFaultProxy } from '@castore-dynamodb/testing/faultProxy';

import { DynamoDbCheckpointStore, projection, StreamPoller, type StreamPollerOptions } from '../../src/index.js';
import { TIMEOUTS } from '../../src/timeouts.js';
import { describeOnOneTable } from '../support/describeOnEveryLayout.js';
import { connectEventStores, newAggregateId } from '../support/eventStores.js';
import { useProjectionTable } from '../support/projectionTable.js';
import { newStreamsClient } from '../support/streams.js';

const newName = (() => {
  let count = 0;
  return () => `poller-${++count}`;
})();

describeOnOneTable('a poller without answers', context => {
  const { engine, layout, pokemons, tableNames, dynamoDbClient } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const pollers: StreamPoller[] = [];
  const connections: Connection[] = [];
  let connection: Connection;

  /** Clients whose requests may meet faults. */
  interface Connection {
    proxy: FaultProxy;
    client: DynamoDBClient;
    streamsClient: DynamoDBStreamsClient;
  }
  const connect = async (): Promise<Connection> => {
    const proxy = await startFaultProxy(engine.endpoint);
    const client = engine.client({ endpoint: proxy.endpoint });
    const opened = { proxy, client, streamsClient: newStreamsClient(proxy) };
    connections.push(opened);
    return opened;
  };

  beforeEach(async () => {
    jest.replaceProperty(TIMEOUTS, 'request', 1_000);
    connection = await connect();
  });
  afterEach(async () => {
    for (const { proxy } of connections) proxy.choose = () => undefined;
    await Promise.all(pollers.splice(0).map(poller => poller.stop()));
    jest.restoreAllMocks();
    for (const { proxy, client, streamsClient } of connections.splice(0)) {
      for (const each of [client, streamsClient]) each.destroy();
      await proxy[Symbol.asyncDispose]();
    }
  });

  type Handle = (event: EventDetail) => void | Promise<void>;

  const newPoller = (
    handle: Handle,
    options: Partial<StreamPollerOptions> = {},
    { client, streamsClient }: Connection = connection,
  ) => {
    const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient: client });
    const { pokemons: polled } = connectEventStores(layout, client, tableNames);
    const log = projection({ name: newName(), eventStores: [polled], checkpoints, on: { POKEMON_NAMED: handle } });
    const errors: { code?: string; message: string }[] = [];
    const poller = new StreamPoller({
      name: newName(),
      projections: [log],
      checkpoints,
      dynamoDbStreamsClient: streamsClient,
      pollIntervalMs: 20,
      lockTimeoutMs: 2_000,
      onError: error => void errors.push(error as never),
      ...options,
    });
    pollers.push(poller);
    return { poller, errors };
  };

  /** Handles only the events of one aggregate. */
  const versionsOf = (aggregateId: string) => {
    const versions: number[] = [];
    const handle: Handle = event => {
      if (event.aggregateId === aggregateId) versions.push(event.version);
    };
    return { versions, handle };
  };

  const push = async (aggregateId: string, ...versions: number[]): Promise<void> => {
    for (const version of versions) {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika', metadata: version });
    }
  };

  /** Lets requests of an operation meet a fault, so many times; those to the checkpoints of one kind, if that is given. */
  const fail = (operation: string, fault: Fault, times: number, sort = '', { proxy } = connection): void => {
    let left = times;
    proxy.choose = request => {
      const isIt = request.operation === operation && JSON.stringify(request.body).includes(sort);
      return isIt && left-- > 0 ? fault : undefined;
    };
  };

  const REQUESTS: [string, string, string][] = [
    ['a listing of shards', 'DescribeStream', ''],
    ['an iterator', 'GetShardIterator', ''],
    ['records', 'GetRecords', ''],
    ['the look for the stream', 'DescribeTable', ''],
    ['the checkpoints of shards', 'Query', 'shard#'],
    ['a position', 'BatchGetItem', 'position'],
    ['the write of a position', 'PutItem', 'position'],
    ['the write of a checkpoint', 'PutItem', 'shard#'],
  ];

  // All at the same time, as each of them waits for the end of its request, and with time for that on a busy machine.
  it('goes on after a request that gets no answer, whichever it is, and reports it', async () => {
    jest.replaceProperty(TIMEOUTS, 'request', 3_000);
    const goesOn = async ([what, operation, sort]: (typeof REQUESTS)[number]): Promise<void> => {
      const pikachu = newAggregateId();
      const { versions, handle } = versionsOf(pikachu);
      const own = await connect();
      // Who loses the lock meanwhile does not report the request any more.
      const { poller, errors } = newPoller(handle, { lockTimeoutMs: 20_000 }, own);
      await push(pikachu, 1);
      // What `start` itself needs is known to whoever called it.
      if (operation !== 'DescribeTable') fail(operation, 'no answer before', 1, sort, own);
      await poller.start();
      if (operation === 'DescribeTable') fail(operation, 'no answer before', 1, sort, own);
      await eventually(() => {
        const code = 'DeadlineExceededError';
        expect([what, errors]).toMatchObject([what, expect.arrayContaining([expect.objectContaining({ code })])]);
        expect(errors.map(({ message }) => message).join()).toContain(operation);
        expect([what, versions]).toStrictEqual([what, expect.arrayContaining([1])]);
      });
      await push(pikachu, 2);
      await eventually(() => expect([what, new Set(versions)]).toStrictEqual([what, new Set([1, 2])]));
      await eventually(() => expect([what, poller.state]).toStrictEqual([what, 'running']));
    };
    await Promise.all(REQUESTS.map(goesOn));
  });

  it('ends `start` if it gets no answer, and can be started again', async () => {
    const { poller } = newPoller(() => {});
    fail('DescribeTable', 'no answer before', 1);
    await expect(poller.start()).rejects.toMatchObject({ code: 'DeadlineExceededError' });
    expect(poller.state).toBe('stopped');
    jest.replaceProperty(TIMEOUTS, 'request', 30_000);
    await poller.start();
    await eventually(() => expect(poller.state).toBe('running'));
    // For its end.
    jest.replaceProperty(TIMEOUTS, 'request', 1_000);
  });

  it('takes no empty answer for "nothing there", nor a shard for done', async () => {
    jest.replaceProperty(TIMEOUTS, 'request', 30_000);
    const goesOn = async ([operation, sort]: [string, string]): Promise<void> => {
      const pikachu = newAggregateId();
      const { versions, handle } = versionsOf(pikachu);
      const name = newName();
      const own = await connect();
      const { poller, errors } = newPoller(handle, { name, lockTimeoutMs: 20_000 }, own);
      await push(pikachu, 1);
      fail(operation, 'empty answer', operation === 'DescribeTable' ? 2 : 7, sort, own);
      await poller.start();
      await eventually(() => expect([operation, versions]).toStrictEqual([operation, [1]]));
      fail(operation, 'empty answer', 4, sort, own);
      await push(pikachu, 2);
      await eventually(() => expect([operation, versions]).toStrictEqual([operation, [1, 2]]));
      const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
      const shards = await checkpoints.list(name, 'shard#');
      const done = shards.filter(({ value }) => (JSON.parse(value) as { isDone: boolean }).isDone);
      expect(done).toHaveLength(0);
      for (const { code } of errors) expect(code).toBe('IncompleteAnswerError');
    };
    await Promise.all(
      (
        [
          ['DescribeStream', ''],
          ['GetShardIterator', ''],
          ['GetRecords', ''],
          ['Query', 'shard#'],
          ['BatchGetItem', 'position'],
          ['BatchGetItem', 'lock'],
          ['DescribeTable', ''],
        ] as [string, string][]
      ).map(goesOn),
    );
  });

  it('stops in time though no request gets an answer any more', async () => {
    const pikachu = newAggregateId();
    const { versions, handle } = versionsOf(pikachu);
    const { poller } = newPoller(handle);
    await push(pikachu, 1);
    await poller.start();
    await eventually(() => expect(versions).toStrictEqual([1]));
    connection.proxy.choose = () => 'no answer before';
    await push(pikachu, 2);
    await new Promise(resolve => setTimeout(resolve, 100));
    await poller.stop();
    expect(poller.state).toBe('stopped');
  });

  it('stops at once while it starts, however often it is begun again, and starting then is over too', async () => {
    jest.replaceProperty(TIMEOUTS, 'request', 60_000);
    const { poller, errors } = newPoller(() => {});
    connection.proxy.choose = () => 'no answer before';
    const started: Promise<void>[] = [];
    for (const attempts of [1, 2, 3]) {
      started.push(poller.start());
      await eventually(() => expect(connection.proxy.requests).toHaveLength(attempts));
      await poller.stop();
      expect(poller.state).toBe('stopped');
    }
    await Promise.all(started);
    expect(errors).toStrictEqual([]);
  });

  it('stops though a handler hangs, says so, and lets the next one have its event', async () => {
    const pikachu = newAggregateId();
    let end = (): void => {};
    const late: number[] = [];
    const { poller, errors } = newPoller(
      async ({ aggregateId, version }) => {
        if (aggregateId !== pikachu) return;
        await new Promise<void>(resolve => (end = resolve));
        late.push(version);
      },
      { name: 'hanging', lockTimeoutMs: 60_000 },
    );
    await push(pikachu, 1, 2);
    await poller.start();
    await eventually(() => expect(end.name).not.toBe('end'));
    await poller.stop();
    expect(poller.state).toBe('stopped');
    expect(errors).toMatchObject([{ code: 'DeadlineExceededError', message: expect.stringContaining('"hanging"') }]);

    const { versions, handle } = versionsOf(pikachu);
    await newPoller(handle, { name: 'hanging', lockTimeoutMs: 60_000 }).poller.start();
    await eventually(() => expect(versions).toStrictEqual([1, 2]));
    // What hung begins nothing more.
    end();
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(late).toStrictEqual([1]);
    expect(poller.state).toBe('stopped');
  });

  it('lets another one have the lock if a handler hangs, and says so', async () => {
    jest.replaceProperty(TIMEOUTS, 'handler', 500);
    const pikachu = newAggregateId();
    const name = newName();
    const { poller, errors } = newPoller(
      ({ aggregateId }) => (aggregateId === pikachu ? new Promise<void>(() => {}) : undefined),
      { name },
    );
    await push(pikachu, 1);
    await poller.start();
    await eventually(() => expect(poller.state).toBe('running'));
    const { versions, handle } = versionsOf(pikachu);
    await newPoller(handle, { name }).poller.start();
    await eventually(() => expect(versions).toStrictEqual([1]));
    // The lock may be free a moment before the error is told.
    await eventually(() =>
      expect(errors).toContainEqual(
        expect.objectContaining({ code: 'DeadlineExceededError', message: expect.stringContaining('A handler') }),
      ),
    );
  });

  it('begins with the event again if a handler hangs and there is no other poller', async () => {
    jest.replaceProperty(TIMEOUTS, 'handler', 500);
    const pikachu = newAggregateId();
    const versions: number[] = [];
    const { poller } = newPoller(({ aggregateId, version }) => {
      if (aggregateId !== pikachu) return undefined;
      versions.push(version);
      return versions.length === 1 ? new Promise<void>(() => {}) : undefined;
    });
    await push(pikachu, 1, 2);
    await poller.start();
    await eventually(() => expect(versions).toStrictEqual([1, 1, 2]));
  });

  it('keeps the lock as long as handlers get on, however long that takes in all', async () => {
    jest.replaceProperty(TIMEOUTS, 'handler', 1_500);
    const pikachu = newAggregateId();
    const versions: number[] = [];
    const { poller, errors } = newPoller(
      async ({ aggregateId, version }) => {
        if (aggregateId !== pikachu) return;
        await new Promise(resolve => setTimeout(resolve, 250));
        versions.push(version);
      },
      // It looks every second whether a handler hangs.
      { lockTimeoutMs: 4_000 },
    );
    const all = Array.from({ length: 10 }, (_, index) => index + 1);
    await push(pikachu, ...all);
    await poller.start();
    await eventually(() => expect(versions).toHaveLength(10));
    expect(versions).toStrictEqual(all);
    expect(errors.filter(({ message }) => message.includes('A handler'))).toStrictEqual([]);
  });
});
