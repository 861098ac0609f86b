import { setTimeout as sleep } from 'node:timers/promises';

import { watchSignals } from '@castore-dynamodb/testing/crowdedSignals';
import { eventually } from '@castore-dynamodb/testing/eventually';

import { describeFeed } from './support/describeFeed.js';
import { push } from './support/eventStores.js';
import { recordOf, SplittableStream } from './support/splittableStream.js';

/** One more than Node takes at a signal without a warning. */
const MANY = 11;

describeFeed('a live feed adds no more listeners to a signal than it is made for', context => {
  const { startFeed, follow, pokemons, dynamoDbClient, tableNames } = context;

  afterEach(() => jest.restoreAllMocks());

  it('if many clients catch up at a time', async () => {
    const { url, feed } = await startFeed();
    const { subscription } = follow({ url });
    await eventually(() => expect(subscription.state).toBe('live'));
    const after = subscription.position;
    subscription.close();
    await feed.stop();
    for (let event = 1; event <= 3; event++) await push(context, `missed-${event}`);

    const other = await startFeed();
    using crowded = watchSignals();
    const clients = Array.from({ length: 2 * MANY }, () => follow({ url: other.url, after }));
    for (const { events } of clients) await eventually(() => expect(events).toHaveLength(3));
    expect(crowded.most).toBe(0);
  });

  it('if many shards have an event at a time that has to be read from the table', async () => {
    const stream = new SplittableStream();
    for (let shard = 0; shard < MANY; shard++) stream.open(`shard-${shard}`);
    const { url } = await startFeed({
      eventStores: [pokemons],
      dynamoDbStreamsClient: stream.client,
      pollIntervalMs: 10,
    });
    const { events, subscription } = follow({ url });
    await eventually(() => expect(subscription.state).toBe('live'));
    const getEvents = pokemons.getEvents.bind(pokemons);
    const slow = async (...args: Parameters<typeof getEvents>) => sleep(200, getEvents(...args));
    jest.spyOn(pokemons, 'getEvents').mockImplementation(slow);
    using crowded = watchSignals();
    const records: Awaited<ReturnType<typeof recordOf>>[] = [];
    for (let shard = 0; shard < MANY; shard++) {
      await push(context, `unreadable-${shard}`);
      const record = await recordOf(dynamoDbClient, tableNames.pokemons, `unreadable-${shard}`, 1);
      Object.assign(record.dynamodb?.NewImage as object, { payload: { N: '0.12345678901234567890123456789' } });
      records.push(record);
    }
    for (const [shard, record] of records.entries()) stream.add(`shard-${shard}`, record);
    await eventually(() => expect(events).toHaveLength(MANY));
    expect(crowded.most).toBe(0);
  });
});
