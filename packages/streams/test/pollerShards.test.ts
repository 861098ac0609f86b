import { getEventListeners } from 'node:events';

import { InMemoryCheckpointStore, projection, StreamPoller, type StreamRecord } from '../src/index.js';
import { SimulatedStream } from './simulation/simulatedStream.js';
import { SimulatedStreamsClient } from './simulation/simulatedStreamsClient.js';
import { describeOnEveryLayout } from './support/describeOnEveryLayout.js';
import { newAggregateId } from './support/eventStores.js';
import { eventually } from './support/eventually.js';

/** `getMaxListeners` of Node 20 knows no signals. */
const maxListenersOf = (signal: AbortSignal): unknown => {
  const key = Object.getOwnPropertySymbols(signal).find(
    ({ description }) => description === 'events.maxEventTargetListeners',
  );
  return key && (signal as unknown as Record<symbol, unknown>)[key];
};

describeOnEveryLayout('a poller of many shards', ({ layout, pokemons, tableNames }) => {
  const pollers: StreamPoller[] = [];
  afterEach(() => Promise.all(pollers.splice(0).map(poller => poller.stop())));

  const newPoller = async (stream: SimulatedStream, checkpoints = new InMemoryCheckpointStore()) => {
    const handled: string[] = [];
    const errors: unknown[] = [];
    const streams = new SimulatedStreamsClient(
      stream,
      () => undefined,
      () => {},
    );
    const log = projection({
      name: 'log',
      eventStores: [pokemons],
      checkpoints: new InMemoryCheckpointStore(),
      on: { POKEMON_NAMED: ({ aggregateId }) => void handled.push(aggregateId) },
    });
    const poller = new StreamPoller({
      name: 'poller',
      projections: [log],
      checkpoints,
      dynamoDbStreamsClient: streams.client,
      pollIntervalMs: 1,
      onError: error => void errors.push(error),
    });
    pollers.push(poller);
    await poller.start();
    return { poller, handled, errors, streams };
  };

  /** The record of a new aggregate's first event. */
  const record = async (): Promise<StreamRecord & { aggregateId: string }> => {
    const aggregateId = newAggregateId();
    const event = { aggregateId, version: 1, type: 'POKEMON_NAMED' as const, payload: 'Pika', metadata: 1 };
    const { event: stored } = await pokemons.pushEvent(event);
    const NewImage = {
      aggregateId: { S: layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId },
      version: { N: '1' },
      type: { S: 'POKEMON_NAMED' },
      timestamp: { S: stored.timestamp },
      payload: { S: 'Pika' },
      metadata: { N: '1' },
    };
    const eventSourceARN = `arn:aws:dynamodb:us-east-1:123456789012:table/${tableNames.pokemons}/stream/1`;
    return { aggregateId, eventSourceARN, dynamodb: { NewImage } };
  };

  const write = async (stream: SimulatedStream, count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let number = 0; number < count; number++) {
      const { aggregateId, ...rest } = await record();
      stream.write(rest, { delay: 0, isMissing: false });
      ids.push(aggregateId);
    }
    return ids;
  };

  it('reads parents to their end before their children, and finds new shards while it runs', async () => {
    const stream = new SimulatedStream(1, true);
    const ids = await write(stream, 5);
    stream.split();
    ids.push(...(await write(stream, 5)));
    stream.split();
    ids.push(...(await write(stream, 5)));
    const { handled } = await newPoller(stream);
    await eventually(() => expect(handled).toHaveLength(15));
    // Shard 1 came before 2 and 3, shard 2 before 4 and 5; what is in several open ones comes in any order.
    expect(handled.slice(0, 5)).toStrictEqual(ids.slice(0, 5));
    const positions = new Map(handled.map((id, index) => [id, index]));
    const positionsIn = (shardId: string): number[] =>
      (stream.shards.find(shard => shard.shardId === shardId)?.records ?? []).map(
        ({ dynamodb }) => positions.get(dynamodb?.NewImage?.aggregateId?.S?.replace('POKEMONS#', '') ?? '') as number,
      );
    for (const child of ['shard-4', 'shard-5']) {
      expect(Math.max(...positionsIn('shard-2'))).toBeLessThan(Math.min(...positionsIn(child)));
    }

    stream.split();
    const later = await write(stream, 5);
    await eventually(() => expect(handled).toEqual(expect.arrayContaining(later)));
    expect(handled).toHaveLength(20);
  });

  it('forgets shards that are gone, and tells of those that it had not read to the end', async () => {
    const stream = new SimulatedStream(1, true);
    const checkpoints = new InMemoryCheckpointStore();
    await write(stream, 2);
    const first = await newPoller(stream, checkpoints);
    await eventually(() => expect(first.handled).toHaveLength(2));
    await first.poller.stop();
    expect(first.errors).toStrictEqual([]);

    await write(stream, 1);
    stream.split();
    stream.trim();
    const [last] = await write(stream, 1);
    const second = await newPoller(stream, checkpoints);
    await eventually(() => expect(second.handled).toStrictEqual([last]));
    await eventually(() => expect(second.errors).toMatchObject([{ code: 'TrimmedStreamError', shardId: 'shard-1' }]));
    const shards = (await checkpoints.list('poller', 'shard#')).map(({ sort }) => sort.split('#')[2]);
    expect(shards).toStrictEqual(['shard-2', 'shard-3']);
  });

  it('goes on where a shard goes away while it is read', async () => {
    const stream = new SimulatedStream(1, true);
    const { handled, errors } = await newPoller(stream);
    await write(stream, 1);
    await eventually(() => expect(handled).toHaveLength(1));
    stream.split();
    stream.trim();
    const [last] = await write(stream, 1);
    await eventually(() => expect(handled.at(-1)).toBe(last));
    await eventually(() => expect(errors).toContainEqual(expect.objectContaining({ code: 'TrimmedStreamError' })));
  });

  it('reads any number of shards at the same time, without a warning of Node', async () => {
    const stream = new SimulatedStream(40, true);
    const { handled, streams } = await newPoller(stream);
    const signals: AbortSignal[] = [];
    const send = streams.send.bind(streams);
    streams.send = (command, options) => {
      signals.push(options.abortSignal);
      return send(command, options);
    };
    await write(stream, 40);
    await eventually(() => {
      expect(handled).toHaveLength(40);
      expect(streams.isRead).toBe(true);
    });
    const [signal] = signals as [AbortSignal];
    expect(new Set(signals).size).toBe(1);
    await eventually(() => expect(getEventListeners(signal, 'abort').length).toBeGreaterThan(10));
    expect(maxListenersOf(signal)).toBe(0);
  });
});
