import { getEventListeners } from 'node:events';

import { eventually } from '@castore-dynamodb/testing/eventually';

import { InMemoryCheckpointStore, projection, StreamPoller, type StreamRecord } from '../../src/index.js';
import { TIMEOUTS } from '../../src/timeouts.js';
import { SimulatedStream } from '../simulation/simulatedStream.js';
import { SimulatedStreamsClient } from '../simulation/simulatedStreamsClient.js';
import { describeOnEveryLayout } from '../support/describeOnEveryLayout.js';
import { newAggregateId } from '../support/eventStores.js';

describeOnEveryLayout('a poller of many shards', ({ layout, pokemons, tableNames }) => {
  const pollers: StreamPoller[] = [];
  afterEach(() => Promise.all(pollers.splice(0).map(poller => poller.stop())));

  const newPoller = async (
    stream: SimulatedStream,
    checkpoints = new InMemoryCheckpointStore(),
    leaveOut: (shardId: string) => boolean = () => false,
  ) => {
    const handled: string[] = [];
    const errors: unknown[] = [];
    const streams = new SimulatedStreamsClient(
      stream,
      () => undefined,
      () => {},
    );
    streams.leaveOut = leaveOut;
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

  it('forgets shards that are gone, and reports those that it had not read to the end', async () => {
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

  it('forgets no shard that listings leave out, and takes none for trimmed', async () => {
    const stream = new SimulatedStream(1, true);
    const checkpoints = new InMemoryCheckpointStore();
    await write(stream, 2);
    const first = await newPoller(stream, checkpoints);
    await eventually(() => expect(first.handled).toHaveLength(2));
    await first.poller.stop();
    const shards = async () => (await checkpoints.list('poller', 'shard#')).map(({ sort }) => sort.split('#')[2]);
    const [begun] = await checkpoints.list('poller', 'shard#');

    await write(stream, 2);
    stream.split();
    const inChildren = await write(stream, 4);
    let listings = 0;
    // The parent first, which was not read to its end, then everything, then a child.
    const leaveOut = (shardId: string): boolean => {
      if (shardId === 'shard-1') listings++;
      return listings <= 2 ? shardId === 'shard-1' : listings <= 4 || (listings <= 12 && shardId === 'shard-3');
    };
    const second = await newPoller(stream, checkpoints, leaveOut);
    await eventually(() => expect(second.handled).toHaveLength(6));
    // Each of the other projection's events once: the checkpoint was not dropped.
    expect(second.handled.toSorted()).toStrictEqual([...new Set(second.handled)].toSorted());
    expect(new Set(second.handled.slice(2))).toStrictEqual(new Set(inChildren));
    await eventually(() => expect(listings).toBeGreaterThan(12));
    expect([...first.errors, ...second.errors]).toStrictEqual([]);
    await eventually(async () => expect(await shards()).toStrictEqual(['shard-1', 'shard-2', 'shard-3']));
    const done = await checkpoints.list('poller', 'shard#');
    expect(done.map(({ value }) => JSON.parse(value) as unknown)).toMatchObject([
      { isDone: true },
      { isDone: false },
      { isDone: false },
    ]);
    expect(begun?.sort).toBe(done[0]?.sort);
  });

  it('forgets a shard that is done with when many listings have left it out for long, and no earlier', async () => {
    jest.replaceProperty(TIMEOUTS, 'listing', Number.POSITIVE_INFINITY);
    const stream = new SimulatedStream(1, true);
    const checkpoints = new InMemoryCheckpointStore();
    await write(stream, 1);
    stream.split();
    let listings = 0;
    const { handled, errors } = await newPoller(stream, checkpoints, shardId => {
      if (shardId === 'shard-2') listings++;
      return false;
    });
    await write(stream, 4);
    const shards = async () => (await checkpoints.list('poller', 'shard#')).map(({ sort }) => sort.split('#')[2]);
    await eventually(async () => {
      expect(handled).toHaveLength(5);
      expect(await shards()).toStrictEqual(['shard-1', 'shard-2', 'shard-3']);
    });
    stream.trim();
    listings = 0;
    await eventually(() => expect(listings).toBeGreaterThan(7));
    await expect(shards()).resolves.toStrictEqual(['shard-1', 'shard-2', 'shard-3']);
    jest.replaceProperty(TIMEOUTS, 'listing', 0);
    await eventually(async () => expect(await shards()).toStrictEqual(['shard-2', 'shard-3']));
    expect(errors).toStrictEqual([]);
    jest.restoreAllMocks();
  });

  it('goes on if a shard goes away while it is read', async () => {
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
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const listening = jest.spyOn(EventTarget.prototype, 'addEventListener');
    const { handled, streams } = await newPoller(stream);
    await write(stream, 40);
    await eventually(() => {
      expect(handled).toHaveLength(40);
      expect(streams.isRead).toBe(true);
    });
    const signals = listening.mock.contexts.filter(target => target instanceof AbortSignal);
    const atOneTime = (): number => Math.max(...signals.map(signal => getEventListeners(signal, 'abort').length));
    await eventually(() => expect(atOneTime()).toBeGreaterThan(10));
    expect(warnings).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });
});
