import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { eventually } from '@castore-dynamodb/testing/eventually';

import { describeFeed } from './support/describeFeed.js';
import { push } from './support/eventStores.js';
import { recordOf, SplittableStream } from './support/splittableStream.js';

describeFeed('a live feed whose stream changes', context => {
  const { dynamoDbClient, tableNames, pokemons, startFeed, follow } = context;

  it('shows what comes before and after shards split, in order, also to those who come back later', async () => {
    const stream = new SplittableStream();
    stream.open('parent');
    const options = { eventStores: [pokemons], dynamoDbStreamsClient: stream.client, pollIntervalMs: 10 };
    const record = async (aggregateId: string, version: number) => {
      await push(context, aggregateId, version);
      return recordOf(dynamoDbClient, tableNames.pokemons, aggregateId, version);
    };
    const split: Awaited<ReturnType<typeof record>>[] = [];
    for (let version = 1; version <= 10; version++) split.push(await record('split', version));
    const others = [await record('other', 1), await record('other', 2)];
    const show = (shardId: string, ...records: readonly (typeof split)[0][]): void => {
      for (const each of records) stream.add(shardId, each);
    };
    const { url } = await startFeed(options);
    const first = follow({ url });
    await eventually(() => expect(first.subscription.state).toBe('live'));
    show('parent', ...split.slice(0, 5));
    await eventually(() => expect(first.events).toHaveLength(5));
    // All at once: the shard ends with a record that was not read yet, and those after it have records when they are found.
    show('parent', ...split.slice(5, 6));
    stream.open('left', 'parent');
    stream.open('right', 'parent');
    show('left', ...split.slice(6, 8));
    show('right', ...others);
    stream.open('leftmost', 'left');
    show('leftmost', ...split.slice(8, 9));
    await eventually(() => expect(first.events).toHaveLength(11));

    const other = await startFeed(options);
    const late = follow({ url: other.url, after: first.events[1]?.position });
    const latest = follow({ url: other.url, after: first.events[7]?.position });
    show('leftmost', ...split.slice(9));
    const versions = ({ events }: typeof first, id: string) =>
      events.filter(({ event }) => event.aggregateId === id).map(({ event }) => event.version);
    await eventually(() => expect(versions(first, 'split')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    await eventually(() => expect(versions(late, 'split')).toEqual([3, 4, 5, 6, 7, 8, 9, 10]));
    expect(versions(late, 'other')).toEqual([1, 2]);
    await eventually(() => expect(versions(latest, 'split').at(-1)).toBe(10));
    expect(latest.events).toHaveLength(12 - 8);
  });

  it('goes on with the next one if it is switched off and on, and refuses positions in the one before', async () => {
    const { pokemons: TableName } = tableNames;
    const { url, errors } = await startFeed();
    const { events, subscription } = follow({ url });
    await eventually(() => expect(subscription.state).toBe('live'));
    await push(context, 'before');
    await eventually(() => expect(events).toHaveLength(1));
    const after = events[0]?.position;

    const arnOf = async () =>
      (await dynamoDbClient.send(new DescribeTableCommand({ TableName }))).Table?.LatestStreamArn;
    const arn = await arnOf();
    await dynamoDbClient.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;
    await eventually(() =>
      dynamoDbClient.send(new UpdateTableCommand({ TableName, StreamSpecification })).then(() => {}),
    );
    expect(await arnOf()).not.toBe(arn);
    await push(context, 'after');
    await eventually(() => expect(events.map(({ event }) => event.aggregateId)).toEqual(['before', 'after']));

    const other = await startFeed();
    await expect(follow({ url: other.url, after }).ended).resolves.toMatchObject({ code: 'PositionExpiredError' });
    expect(errors.map(error => (error as Error).name)).not.toContain('TypeError');
  });
});
