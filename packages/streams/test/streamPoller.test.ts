import { getEventListeners } from 'node:events';

import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { EventDetail } from '@castore/core';
import { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';

import { uniqueTableName } from '../../../test-support/engines.js';
import {
  DynamoDbCheckpointStore,
  InMemoryCheckpointStore,
  type Projection,
  projection,
  StreamPoller,
  type StreamPollerOptions,
} from '../src/index.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId, newPokemons } from './support/eventStores.js';
import { eventually } from './support/eventually.js';
import { useProjectionTable } from './support/projectionTable.js';
import { newStreamsClient } from './support/streams.js';

const newName = (() => {
  let count = 0;
  return () => `poller-${++count}`;
})();

describeOnEveryLayout('StreamPoller', context => {
  const { engine, layout, pokemons, trainers, tableNames, dynamoDbClient, streamsClient } = context;
  const tableName = useProjectionTable(dynamoDbClient);
  const checkpoints = new DynamoDbCheckpointStore({ tableName, dynamoDbClient });
  const pollers: StreamPoller[] = [];
  afterEach(() => Promise.all(pollers.splice(0).map(poller => poller.stop())));

  const newPoller = (options: Partial<StreamPollerOptions> = {}): StreamPoller => {
    const poller = new StreamPoller({
      name: newName(),
      projections: [newLog()],
      checkpoints,
      dynamoDbStreamsClient: streamsClient,
      pollIntervalMs: 20,
      lockTimeoutMs: 10_000,
      onError: () => {},
      ...options,
    });
    pollers.push(poller);
    return poller;
  };

  const newLog = (handle: (event: EventDetail) => void = () => {}) => {
    const events: EventDetail[] = [];
    const on = (event: EventDetail): void => {
      handle(event);
      events.push(event);
    };
    const log: Projection = projection({
      name: newName(),
      eventStores: [pokemons, trainers],
      checkpoints,
      on: { POKEMON_NAMED: on, TRAINER_CREATED: on },
    });
    return Object.assign(log, {
      of: (aggregateId: string) => events.filter(event => event.aggregateId === aggregateId),
      versionsOf: (aggregateId: string) =>
        events.filter(event => event.aggregateId === aggregateId).map(({ version }) => version),
    });
  };

  const intercept = (client: DynamoDBStreamsClient, onRequest: (commandName: string) => void): void =>
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async args => {
          onRequest(commandName);
          return next(args);
        },
      { step: 'initialize' },
    );

  const switchStream = async (isOn: boolean): Promise<void> => {
    await dynamoDbClient.send(
      new UpdateTableCommand({
        TableName: tableNames.pokemons,
        StreamSpecification: isOn ? { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } : { StreamEnabled: false },
      }),
    );
  };

  const push = async (aggregateId: string, ...versions: number[]): Promise<void> => {
    for (const version of versions) {
      await pokemons.pushEvent({ aggregateId, version, type: 'POKEMON_NAMED', payload: 'Pika', metadata: version });
    }
  };

  it('projects what is in the streams, of all tables, and what comes', async () => {
    const [pikachu, ash] = [newAggregateId(), newAggregateId()];
    await push(pikachu, 1, 2);
    const log = newLog();
    const poller = newPoller({ projections: [log] });
    await poller.start();
    await push(pikachu, 3);
    await trainers.pushEvent({ aggregateId: ash, version: 1, type: 'TRAINER_CREATED', payload: { name: 'Ash' } });

    await eventually(() => {
      expect(log.versionsOf(pikachu)).toStrictEqual([1, 2, 3]);
      expect(log.versionsOf(ash)).toStrictEqual([1]);
    });
    expect(poller.state).toBe('running');
    const { events } = await pokemons.getEvents(pikachu);
    expect(log.of(pikachu)).toStrictEqual(events);
    await poller.stop();
    expect(poller.state).toBe('stopped');
  });

  it('goes on behind what it has done, when it is started again, here or in another process', async () => {
    const pikachu = newAggregateId();
    const name = newName();
    const log = newLog();
    await push(pikachu, 1);
    const first = newPoller({ name, projections: [log] });
    await first.start();
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));
    await first.stop();

    const checkpoint = async () => (await checkpoints.list(name, 'shard#')).map(({ value }) => value);
    const before = await checkpoint();
    await push(pikachu, 2);
    await first.start();
    await eventually(async () => {
      expect(log.versionsOf(pikachu)).toStrictEqual([1, 2]);
      expect(await checkpoint()).not.toStrictEqual(before);
    });
    await first.stop();

    await push(pikachu, 3);
    const later = newLog();
    // Its positions are its own, so all it sees is what comes behind the poller's checkpoints.
    const seen: unknown[] = [];
    const client = newStreamsClient(engine);
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const reply = await next(args);
          const { Records: records } = reply.output as { Records?: unknown[] };
          if (commandName === 'GetRecordsCommand') seen.push(...(records ?? []));
          return reply;
        },
      { step: 'initialize' },
    );
    await newPoller({ name, projections: [later], dynamoDbStreamsClient: client }).start();
    await eventually(() => expect(later.versionsOf(pikachu)).toStrictEqual([1, 2, 3]));
    expect(seen).toHaveLength(1);
  });

  it('waits while another one of its name works, and takes over when that stops', async () => {
    const pikachu = newAggregateId();
    const name = newName();
    const logs = [newLog(), newLog()] as const;
    const [first, second] = logs.map(log => newPoller({ name, projections: [log], lockTimeoutMs: 60_000 })) as [
      StreamPoller,
      StreamPoller,
    ];
    await first.start();
    await eventually(() => expect(first.state).toBe('running'));
    await second.start();
    expect(second.state).toBe('waiting');
    await push(pikachu, 1);
    await eventually(() => expect(logs[0].versionsOf(pikachu)).toStrictEqual([1]));
    expect(second.state).toBe('waiting');
    expect(logs[1].versionsOf(pikachu)).toStrictEqual([]);
    // One that waits can be stopped, too.
    await second.stop();
    await first.stop();

    await second.start();
    await push(pikachu, 2);
    await eventually(() => expect(logs[1].versionsOf(pikachu)).toStrictEqual([1, 2]));
  });

  it('takes over from one that died', async () => {
    const pikachu = newAggregateId();
    const name = newName();
    await checkpoints.write({ partition: name, sort: 'lock' }, '{"owner":"dead"}', undefined);
    await push(pikachu, 1);
    const log = newLog();
    const poller = newPoller({ name, projections: [log], lockTimeoutMs: 300 });
    await poller.start();
    expect(poller.state).toBe('waiting');
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));
  });

  it('stops to work where another one has taken its lock, and waits for it', async () => {
    const name = newName();
    const poller = newPoller({ name, lockTimeoutMs: 400 });
    await poller.start();
    await eventually(() => expect(poller.state).toBe('running'));
    const key = { partition: name, sort: 'lock' };
    const steal = async (): Promise<void> => {
      const [current] = await checkpoints.read([key]);
      expect(await checkpoints.write(key, '{"owner":"other"}', current?.revision)).toBeDefined();
    };
    await eventually(steal);
    await eventually(() => expect(poller.state).toBe('waiting'));
  });

  it('parks a bad event and goes on, and the process with it', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const log = newLog(({ aggregateId, version }) => {
      if (aggregateId === pikachu && version === 2) throw new RangeError('broken');
    });
    const failures: unknown[] = [];
    const onFailure = (failure: unknown): void => void failures.push(failure);
    await newPoller({ projections: [log], onFailure, maxAttempts: 1 }).start();
    await push(pikachu, 1, 2, 3);
    await push(raichu, 1);
    await eventually(async () => {
      expect(log.versionsOf(raichu)).toStrictEqual([1]);
      await expect(log.listParked()).resolves.toMatchObject([{ aggregateId: pikachu, version: 2 }]);
    });
    expect(log.versionsOf(pikachu)).toStrictEqual([1]);
    expect(failures).toMatchObject([{ aggregateId: pikachu, version: 2 }]);
  });

  it('retries where that is decided, and stops where that is', async () => {
    const pikachu = newAggregateId();
    let isDown = true;
    const log = newLog(({ aggregateId }) => {
      if (isDown && aggregateId === pikachu) throw new RangeError('down');
    });
    const name = newName();
    const decisions = ['retry', 'retry', 'stop'] as const;
    let failures = 0;
    const onFailure = () => decisions[failures++];
    const poller = newPoller({ name, projections: [log], onFailure, maxAttempts: 1 });
    await poller.start();
    await push(pikachu, 1);
    await eventually(() => expect(poller.state).toBe('stopped'));
    expect(failures).toBe(3);
    await expect(log.listParked()).resolves.toStrictEqual([]);

    isDown = false;
    await poller.start();
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));
  });

  it('tells of requests that fail, and tries them again', async () => {
    const pikachu = newAggregateId();
    const client = newStreamsClient(engine);
    const failing = new Map([
      ['DescribeStreamCommand', 2],
      ['GetShardIteratorCommand', 1],
      ['GetRecordsCommand', 2],
    ]);
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async args => {
          const left = failing.get(commandName) ?? 0;
          failing.set(commandName, left - 1);
          if (left > 0) throw new Error(`no ${commandName}`);
          return next(args);
        },
      { step: 'initialize' },
    );
    await push(pikachu, 1);
    const log = newLog();
    const errors: Error[] = [];
    const onError = (error: unknown): void => {
      errors.push(error as Error);
      throw new Error('even where this throws');
    };
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await newPoller({ projections: [log], dynamoDbStreamsClient: client, onError }).start();
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));
    emitWarning.mockRestore();
    for (const name of failing.keys()) expect(errors.map(({ message }) => message)).toContain(`no ${name}`);
  });

  it('goes on after an iterator has expired, and tells of records that were gone', async () => {
    const pikachu = newAggregateId();
    const client = newStreamsClient(engine);
    // The first of them before anything was read, where it means nothing.
    const thrown = [
      'TrimmedDataAccessException',
      undefined,
      undefined,
      'ExpiredIteratorException',
      undefined,
      'TrimmedDataAccessException',
    ];
    intercept(client, commandName => {
      const name = commandName === 'GetRecordsCommand' ? thrown.shift() : undefined;
      if (name !== undefined) throw Object.assign(new Error(name), { name });
    });
    await push(pikachu, 1, 2);
    const versions: number[] = [];
    const log = projection({
      name: newName(),
      eventStores: [pokemons],
      checkpoints,
      on: { POKEMON_NAMED: ({ aggregateId, version }) => void (aggregateId === pikachu && versions.push(version)) },
    });
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    await newPoller({ projections: [log], dynamoDbStreamsClient: client, onError }).start();
    await eventually(() => {
      expect(versions).toStrictEqual([1, 2]);
      expect(thrown).toStrictEqual([]);
      expect(errors).toMatchObject([{ code: 'TrimmedStreamError' }]);
    });
  });

  it('reads the new stream where it was switched off and on again, and the old one to its end', async () => {
    const [pikachu, name] = [newAggregateId(), newName()];
    const log = newLog();
    const poller = newPoller({ name, projections: [log] });
    await push(pikachu, 1);
    await poller.start();
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));

    // While it runs.
    await switchStream(false);
    await push(pikachu, 2);
    await switchStream(true);
    await push(pikachu, 3);
    await eventually(() => expect(new Set(log.versionsOf(pikachu))).toStrictEqual(new Set([1, 2, 3])));
    await poller.stop();

    // While it does not: what is in the old stream still counts.
    const raichu = newAggregateId();
    await push(raichu, 1);
    await switchStream(false);
    await switchStream(true);
    await push(pikachu, 4);
    await poller.start();
    await eventually(() => {
      // Dynoxide shows all records in each of them, so that a handler may have one twice.
      expect(new Set(log.versionsOf(raichu))).toStrictEqual(new Set([1]));
      expect(new Set(log.versionsOf(pikachu))).toStrictEqual(new Set([1, 2, 3, 4]));
    });
  });

  it('reads an old stream to its end, though its shards are not listed at first', async () => {
    const [raichu, name] = [newAggregateId(), newName()];
    const log = newLog();
    await newPoller({ name, projections: [log] }).start();
    await push(raichu, 1);
    await eventually(() => expect(log.versionsOf(raichu)).toStrictEqual([1]));
    await Promise.all(pollers.splice(0).map(poller => poller.stop()));
    await push(raichu, 2);
    await switchStream(false);
    await switchStream(true);

    const client = newStreamsClient(engine);
    const listings = new Map<string, number>();
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const reply = await next(args);
          if (commandName !== 'DescribeStreamCommand') return reply;
          const { StreamDescription: stream } = reply.output as unknown as {
            StreamDescription: { StreamArn: string; Shards: [] };
          };
          const count = (listings.get(stream.StreamArn) ?? 0) + 1;
          listings.set(stream.StreamArn, count);
          if (count <= 3) stream.Shards = [];
          return reply;
        },
      { step: 'initialize' },
    );
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const later = newLog();
    const poller = newPoller({ name, projections: [log, later], dynamoDbStreamsClient: client, onError });
    await poller.start();
    await eventually(() => {
      expect(new Set(log.versionsOf(raichu))).toStrictEqual(new Set([1, 2]));
      expect(new Set(later.versionsOf(raichu))).toStrictEqual(new Set([1, 2]));
      for (const count of listings.values()) expect(count).toBeGreaterThan(3);
    });
    expect(errors).toStrictEqual([]);
  });

  it('refuses two tables of one name, of which it could read one', async () => {
    const elsewhere = engine.client();
    elsewhere.middlewareStack.add(
      next => async args => {
        const reply = await next(args);
        const { Table: table } = reply.output as { Table?: { LatestStreamArn: string } };
        if (table)
          table.LatestStreamArn = table.LatestStreamArn.replace(
            /^arn:aws:dynamodb:[^:]*/,
            'arn:aws:dynamodb:eu-west-3',
          );
        return reply;
      },
      { step: 'initialize' },
    );
    const Adapter = layout === 'single-table' ? DynamoDbSingleTableEventStorageAdapter : DynamoDbEventStorageAdapter;
    const of = (client: DynamoDBClient) =>
      projection({
        name: newName(),
        eventStores: [newPokemons(new Adapter({ tableName: tableNames.pokemons, dynamoDbClient: client }))],
        checkpoints,
        on: {},
      });
    const poller = newPoller({ projections: [of(dynamoDbClient), of(elsewhere)] });
    await expect(poller.start()).rejects.toMatchObject({
      code: 'InvalidArgumentError',
      argument: 'projections',
      message: expect.stringContaining('eu-west-3'),
    });
    expect(poller.state).toBe('stopped');
    // Two clients that reach the same table are as good as one.
    await newPoller({ projections: [of(dynamoDbClient), of(engine.client())] }).start();
  });

  it('says so while the stream is switched off', async () => {
    const errors: unknown[] = [];
    await newPoller({ onError: error => void errors.push(error) }).start();
    await switchStream(false);
    await eventually(() => {
      expect(errors).toContainEqual(expect.objectContaining({ code: 'StreamNotReadableError' }));
    });
    await switchStream(true);
  });

  it('is started once, however often that is asked for, and is stopped and started in any order', async () => {
    const pikachu = newAggregateId();
    const log = newLog();
    const poller = newPoller({ projections: [log] });
    await poller.stop();
    expect(poller.state).toBe('stopped');
    await Promise.all([poller.start(), poller.start()]);
    await poller.start();
    await push(pikachu, 1);
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1]));

    const stopped = poller.stop();
    const started = poller.start();
    await Promise.all([stopped, poller.stop(), started, poller.start()]);
    await push(pikachu, 2);
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1, 2]));
    await Promise.all([poller.stop(), poller.stop()]);
    expect(poller.state).toBe('stopped');

    const start = poller.start();
    await poller.stop();
    await start;
    expect(poller.state).toBe('stopped');
    await push(pikachu, 3);
    await poller.start();
    await eventually(() => expect(log.versionsOf(pikachu)).toStrictEqual([1, 2, 3]));
  });

  it('stops when what is under way is done, and keeps the lock until then', async () => {
    const [pikachu, name] = [newAggregateId(), newName()];
    let finish = (): void => {};
    let isBusy = false;
    const handled: number[] = [];
    const slow = projection({
      name: newName(),
      eventStores: [pokemons],
      checkpoints,
      on: {
        POKEMON_NAMED: async ({ aggregateId, version }) => {
          if (aggregateId !== pikachu) return;
          await new Promise<void>(resolve => {
            finish = resolve;
            isBusy = true;
          });
          handled.push(version);
        },
      },
    });
    // Long enough for a machine that has much to do.
    const poller = newPoller({ name, projections: [slow], lockTimeoutMs: 1_000 });
    const next = newPoller({ name, lockTimeoutMs: 1_000 });
    await poller.start();
    await push(pikachu, 1, 2);
    await eventually(() => expect(isBusy).toBe(true));
    await next.start();
    let isStopped = false;
    const stopped = poller.stop().then(() => {
      isStopped = true;
    });
    await new Promise(resolve => setTimeout(resolve, 1_600));
    expect(isStopped).toBe(false);
    expect(next.state).toBe('waiting');

    finish();
    await stopped;
    expect(handled).toStrictEqual([1]);
    await eventually(() => expect(next.state).toBe('running'));
  });

  /** A poller whose renewals of its lock hang as long as there are hanging ones left. */
  const newHangingPoller = (lockTimeoutMs: number) => {
    const store = new InMemoryCheckpointStore();
    const renewals = { hanging: 0, all: 0 };
    const write = store.write.bind(store);
    store.write = async (key, value, revision) => {
      if (key.sort === 'lock') renewals.all++;
      return key.sort !== 'lock' || renewals.hanging-- <= 0 ? write(key, value, revision) : new Promise(() => {});
    };
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    return { renewals, errors, poller: newPoller({ checkpoints: store, lockTimeoutMs, onError }) };
  };

  it('stops to work if it cannot renew its lock in time', async () => {
    const { renewals, errors, poller } = newHangingPoller(1_000);
    await poller.start();
    await eventually(() => expect(poller.state).toBe('running'));
    renewals.hanging = Number.POSITIVE_INFINITY;
    await eventually(() => expect(errors).toContainEqual(expect.objectContaining({ code: 'LostLockError' })));
    renewals.hanging = 0;
    await eventually(() => expect(poller.state).toBe('running'));
  });

  it('keeps its lock if one renewal gets no answer', async () => {
    const { renewals, errors, poller } = newHangingPoller(4_000);
    await poller.start();
    await eventually(() => expect(poller.state).toBe('running'));
    Object.assign(renewals, { hanging: 1, all: 0 });
    await eventually(() => expect(renewals.all).toBeGreaterThan(2));
    expect(poller.state).toBe('running');
    expect(errors).toMatchObject([{ code: 'DeadlineExceededError' }]);
  });

  it('leaves nothing that keeps the process alive, or grows with time', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter(type => type === 'Timeout').length;
    const before = timers();
    const client = newStreamsClient(engine);
    let polls = 0;
    intercept(client, () => void polls++);
    const listening = jest.spyOn(EventTarget.prototype, 'addEventListener');
    const poller = newPoller({ dynamoDbStreamsClient: client, pollIntervalMs: 1 });
    await poller.start();
    await eventually(() => expect(polls).toBeGreaterThan(100));
    const signals = listening.mock.contexts.filter(target => target instanceof AbortSignal);
    expect(signals.length).toBeGreaterThan(100);
    expect(Math.max(...signals.map(signal => getEventListeners(signal, 'abort').length))).toBeLessThan(20);
    listening.mockRestore();
    expect(timers()).toBeGreaterThan(before);
    await poller.stop();
    client.destroy();
    // The AWS SDK's own are over soon.
    await eventually(() => expect(timers()).toBeLessThanOrEqual(before));
  });

  it('costs a request for each poll, and a write for each page', async () => {
    const pikachu = newAggregateId();
    const store = new InMemoryCheckpointStore();
    const writes: string[] = [];
    const write = store.write.bind(store);
    store.write = (key, value, revision) => {
      if (key.sort.startsWith('shard#')) writes.push(value);
      return write(key, value, revision);
    };
    const sent: string[] = [];
    const client = newStreamsClient(engine);
    intercept(client, commandName => void sent.push(commandName));
    await push(pikachu, 1, 2, 3);
    const log = newLog();
    const only = projection({
      name: newName(),
      eventStores: [pokemons],
      checkpoints: store,
      on: { POKEMON_NAMED: () => {} },
    });
    // Two polls after the page, and none of them to look for new shards.
    const poller = newPoller({
      projections: [only],
      checkpoints: store,
      dynamoDbStreamsClient: client,
      pollIntervalMs: 200,
    });
    await poller.start();
    await eventually(() => expect(sent.length).toBeGreaterThanOrEqual(5));
    await poller.stop();
    expect(sent.slice(0, 5)).toStrictEqual([
      'DescribeStreamCommand',
      'GetShardIteratorCommand',
      'GetRecordsCommand',
      'GetRecordsCommand',
      'GetRecordsCommand',
    ]);
    expect(writes.slice(0, 1)).toStrictEqual(['{"isDone":false}']);
    expect(writes.slice(1)).toStrictEqual([expect.stringContaining('sequenceNumber')]);
    expect(log.of(pikachu)).toStrictEqual([]);
  });

  it('projects events as they were pushed, also those that the AWS SDK cannot read', async () => {
    const pikachu = newAggregateId();
    const payload = JSON.parse('{"a":{"__proto__":{"isAdmin":true}},"empty":{},"list":[]}') as unknown;
    const { event } = await pokemons.pushEvent({
      aggregateId: pikachu,
      version: 1,
      type: 'POKEMON_NAMED',
      payload,
      metadata: {},
    });
    const log = newLog();
    await newPoller({ projections: [log] }).start();
    await eventually(() => expect(log.of(pikachu)).toHaveLength(1));
    expect(JSON.stringify(log.of(pikachu)[0])).toContain('"__proto__":{"isAdmin":true}');
    expect(log.of(pikachu)).toStrictEqual([event]);
  });

  it('wants tables with a stream of new images, and event stores with an adapter of ours', async () => {
    const withoutStream = uniqueTableName('no-stream');
    await dynamoDbClient.send(
      new CreateTableCommand({
        TableName: withoutStream,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'aggregateId', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'aggregateId', KeyType: 'HASH' }],
      }),
    );
    const adapter = new DynamoDbSingleTableEventStorageAdapter({ tableName: withoutStream, dynamoDbClient });
    const of = (eventStore: typeof pokemons) =>
      projection({ name: 'n', eventStores: [eventStore], checkpoints: new InMemoryCheckpointStore(), on: {} });
    const poller = newPoller({ projections: [of(newPokemons(adapter))] });
    await expect(poller.start()).rejects.toMatchObject({ code: 'StreamNotReadableError', tableName: withoutStream });
    expect(poller.state).toBe('stopped');
    await dynamoDbClient.send(new DeleteTableCommand({ TableName: withoutStream }));

    expect(() => newPoller({ projections: [of(newPokemons())] })).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument: 'projections' }),
    );
    expect(() => newPoller({ lockTimeoutMs: undefined } as never)).not.toThrow();
  });
});
