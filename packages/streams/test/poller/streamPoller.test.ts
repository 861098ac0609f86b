import { getEventListeners } from 'node:events';

import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import { eventually } from '@castore-dynamodb/testing/eventually';

import { InMemoryCheckpointStore, projection } from '../../src/index.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { newAggregateId, newPokemons } from '../support/eventStores.js';
import { intercept, newName, usePollers } from '../support/pollers.js';
import { newStreamsClient } from '../support/streams.js';

describeOnEveryLayout('StreamPoller', context => {
  const { engine, pokemons, trainers, dynamoDbClient } = context;
  const { checkpoints, newPoller, newLog, push } = usePollers(context);

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

  it('goes on after what it has handled, when it is started again, here or in another process', async () => {
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
    // Its positions are its own, so all it sees is what comes after the poller's checkpoints.
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

  it('parks a bad event and goes on, and the process with it', async () => {
    const [pikachu, raichu] = [newAggregateId(), newAggregateId()];
    const log = newLog(({ aggregateId, version }) => {
      if (aggregateId === pikachu && version === 2) throw new RangeError('broken');
    });
    const failures: unknown[] = [];
    const onFailure = (failure: unknown): void => void failures.push(failure);
    const onParked = jest.fn();
    await newPoller({ projections: [log], onFailure, onParked, maxAttempts: 1 }).start();
    await push(pikachu, 1, 2, 3);
    await push(raichu, 1);
    await eventually(async () => {
      expect(log.versionsOf(raichu)).toStrictEqual([1]);
      await expect(log.listParked()).resolves.toMatchObject([{ aggregateId: pikachu, version: 2 }]);
    });
    expect(log.versionsOf(pikachu)).toStrictEqual([1]);
    expect(failures).toMatchObject([{ aggregateId: pikachu, version: 2 }]);
    const parked = { projection: log.name, aggregateId: pikachu, version: 2 };
    await eventually(() => expect(onParked.mock.calls).toMatchObject([[parked]]));
  });

  it('retries if that is decided, and stops if that is', async () => {
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
    await expect(poller.start()).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining(withoutStream),
    });

    expect(() => newPoller({ projections: [of(newPokemons())] })).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument: 'projections' }),
    );
    expect(() => newPoller({ lockTimeoutMs: undefined } as never)).not.toThrow();
  });
});
