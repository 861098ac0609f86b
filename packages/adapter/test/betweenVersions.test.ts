import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';

import { caught, context, describeOnEveryAdapter, newAggregateId, pushMany } from './support.js';

/** Where snapshots lie in an event table: at halves, and in a partition that an aggregate of this id would have too. */
const SNAPSHOTS = '#snapshots#POKEMONS#pikachu1';

describeOnEveryAdapter('an item between two versions', ({ layout, tableName, dynamoDbClient, adapter, requests }) => {
  const put = (aggregateId: string, version: string, more: Record<string, AttributeValue> = {}) =>
    dynamoDbClient.send(
      new PutItemCommand({
        TableName: tableName,
        Item: {
          aggregateId: { S: layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId },
          version: { N: version },
          ...more,
        },
      }),
    );
  const versionsOf = async (aggregateId: string, options = {}): Promise<number[]> => {
    const { events } = await adapter.getEvents(aggregateId, context, options);
    return events.map(({ version }) => version);
  };
  const likeAnEvent = { type: { S: 'T' }, timestamp: { S: '2026-01-01T00:00:00.000Z' } };

  it('is never read as an event, whatever id is asked for', async () => {
    for (const version of ['0', '-1', '0.5', '1.5', '2.5']) await put(SNAPSHOTS, version, { state: { S: 'a state' } });
    for (const version of ['3.5', '4.5']) await put(SNAPSHOTS, version, likeAnEvent);

    await expect(versionsOf(SNAPSHOTS)).resolves.toStrictEqual([]);
    await expect(versionsOf(SNAPSHOTS, { reverse: true, limit: 1 })).resolves.toStrictEqual([]);

    await adapter.pushEvent(caught(SNAPSHOTS, 1), context);
    await adapter.pushEvent(caught(SNAPSHOTS, 2), context);
    await expect(versionsOf(SNAPSHOTS)).resolves.toStrictEqual([1, 2]);
    await expect(versionsOf(SNAPSHOTS, { reverse: true })).resolves.toStrictEqual([2, 1]);
    await expect(versionsOf(SNAPSHOTS, { maxVersion: 1, reverse: true })).resolves.toStrictEqual([1]);
  });

  it('takes no place of a limit', async () => {
    const aggregateId = newAggregateId();
    await pushMany(adapter, aggregateId, 6);
    for (const version of ['0.5', '1.5', '2.25', '2.5', '4.5', '6.5']) await put(aggregateId, version, likeAnEvent);
    for (const limit of [1, 2, 3, 4, 5, 6, 7]) {
      const all = [1, 2, 3, 4, 5, 6];
      await expect(versionsOf(aggregateId, { limit })).resolves.toStrictEqual(all.slice(0, limit));
      await expect(versionsOf(aggregateId, { limit, reverse: true })).resolves.toStrictEqual(
        all.toReversed().slice(0, limit),
      );
    }
    const streamed = [];
    for await (const { version } of adapter.streamEvents(aggregateId, context, { limit: 4 })) streamed.push(version);
    expect(streamed).toStrictEqual([1, 2, 3, 4]);
  });

  it('costs nothing if there is none: the last request of a reverse read is the one that brings version 1', async () => {
    const aggregateId = newAggregateId();
    await pushMany(adapter, aggregateId, 12, 100 * 1024);
    requests.splice(0);
    await expect(versionsOf(aggregateId, { reverse: true, limit: 12 })).resolves.toHaveLength(12);
    expect(requests).toHaveLength(2);
  });
});
