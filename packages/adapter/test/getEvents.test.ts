import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { EventDetail, EventsQueryOptions } from '@castore/core';
import { preset } from '@castore-dynamodb/testing/preset';

import {
  type Adapter,
  caught,
  context,
  describeOnEveryAdapter,
  newAggregateId,
  pushInGroups,
  pushMany,
} from './support.js';

const versions = (events: EventDetail[]): number[] => events.map(({ version }) => version);

describeOnEveryAdapter('getEvents', ({ adapter, requests }) => {
  const five = newAggregateId();
  const threeMegabytes = newAggregateId();
  let largeEvents: EventDetail[];

  beforeAll(async () => {
    await pushMany(adapter, five, 5);
    largeEvents = await pushMany(adapter, threeMegabytes, 30, 100 * 1024);
  });

  it('answers with no events for an aggregate that is not there', async () => {
    await expect(adapter.getEvents('nobody', context)).resolves.toStrictEqual({ events: [] });
  });

  it.each([
    [{}, [1, 2, 3, 4, 5]],
    [{ minVersion: 3 }, [3, 4, 5]],
    [{ maxVersion: 3 }, [1, 2, 3]],
    [{ minVersion: 2, maxVersion: 4 }, [2, 3, 4]],
    [{ minVersion: 3, maxVersion: 3 }, [3]],
    [{ reverse: true }, [5, 4, 3, 2, 1]],
    [{ reverse: false }, [1, 2, 3, 4, 5]],
    [{ minVersion: 2, maxVersion: 4, reverse: true }, [4, 3, 2]],
    [{ limit: 2 }, [1, 2]],
    [{ limit: 5 }, [1, 2, 3, 4, 5]],
    [{ limit: 2 ** 40 }, [1, 2, 3, 4, 5]],
    [{ limit: 2, reverse: true }, [5, 4]],
    [{ minVersion: 2, limit: 2 }, [2, 3]],
    [{ maxVersion: 4, limit: 2, reverse: true }, [4, 3]],
    [{ minVersion: 6 }, []],
    [{ minVersion: undefined, maxVersion: undefined, limit: undefined, reverse: undefined }, [1, 2, 3, 4, 5]],
  ])('reads with %j in one request', async (options, expected) => {
    const { events } = await adapter.getEvents(five, context, options as EventsQueryOptions);
    expect(versions(events)).toStrictEqual(expected);
    expect(requests).toHaveLength(1);
  });

  it('answers without a request if minVersion is above maxVersion', async () => {
    await expect(adapter.getEvents(five, context, { minVersion: 4, maxVersion: 3 })).resolves.toStrictEqual({
      events: [],
    });
    expect(requests).toHaveLength(0);
  });

  it('always reads consistently', async () => {
    await adapter.getEvents(five, context);
    expect(requests[0]?.input).toMatchObject({ ConsistentRead: true });

    const aggregateId = newAggregateId();
    for (let version = 1; version <= 20; version++) {
      await adapter.pushEvent(caught(aggregateId, version), context);
      const { events } = await adapter.getEvents(aggregateId, context);
      expect(versions(events).at(-1)).toBe(version);
    }
  });

  it('reads 3 MB whole and in order', async () => {
    await expect(adapter.getEvents(threeMegabytes, context)).resolves.toStrictEqual({ events: largeEvents });
    expect(requests).toHaveLength(3);
  });

  it('reads a range of 3 MB in reverse', async () => {
    const { events } = await adapter.getEvents(threeMegabytes, context, {
      minVersion: 5,
      maxVersion: 28,
      reverse: true,
    });
    expect(events).toStrictEqual(largeEvents.slice(4, 28).toReversed());
  });

  it('meets a limit that spans pages exactly, with no request more than it needs', async () => {
    const { events } = await adapter.getEvents(threeMegabytes, context, { limit: 15 });
    expect(versions(events)).toStrictEqual(versions(largeEvents.slice(0, 15)));
    const limits = requests.map(({ input }) => input.Limit as number);
    expect(limits).toStrictEqual([15, expect.any(Number)]);
    expect(limits[1]).toBeLessThanOrEqual(5);
  });

  it.each([
    ['aggregate id', 'aggregateId', ['', context, {}]],
    ['aggregate id', 'aggregateId', [undefined, context, {}]],
    ['context', 'context', ['pikachu', undefined, {}]],
    ['event store id', 'context.eventStoreId', ['pikachu', {}, {}]],
    ['limit', 'options.limit', ['pikachu', context, { limit: 0 }]],
    ['limit', 'options.limit', ['pikachu', context, { limit: -1 }]],
    ['limit', 'options.limit', ['pikachu', context, { limit: 1.5 }]],
    ['limit', 'options.limit', ['pikachu', context, { limit: '1' }]],
    ['minVersion', 'options.minVersion', ['pikachu', context, { minVersion: -1 }]],
    ['minVersion', 'options.minVersion', ['pikachu', context, { minVersion: Number.NaN }]],
    ['maxVersion', 'options.maxVersion', ['pikachu', context, { maxVersion: 1.5 }]],
    ['maxVersion', 'options.maxVersion', ['pikachu', context, { maxVersion: 2 ** 53 }]],
    ['reverse', 'options.reverse', ['pikachu', context, { reverse: 1 }]],
    ['options', 'options', ['pikachu', context, 'all']],
  ])('refuses a wrong %s before a request: %s %j', async (_, argument, given) => {
    const reading = adapter.getEvents(...(given as unknown as Parameters<Adapter['getEvents']>));
    await expect(reading).rejects.toMatchObject({ code: 'InvalidArgumentError', argument });
    expect(requests).toHaveLength(0);
  });
});

const MANY = preset({ quick: 2_000, soak: 10_000 });

describeOnEveryAdapter(`the latest of ${MANY} events`, ({ adapter, requests }) => {
  it('is one request and one read unit away', async () => {
    const aggregateId = newAggregateId();
    const last = await pushInGroups(adapter, aggregateId, MANY);
    requests.splice(0);

    await expect(adapter.getEvents(aggregateId, context, { reverse: true, limit: 1 })).resolves.toStrictEqual({
      events: [last],
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.units).toBeLessThanOrEqual(1);
  });
});

describeOnEveryAdapter('streamEvents', ({ adapter, requests }) => {
  const aggregateId = newAggregateId();
  let events: EventDetail[];

  beforeAll(async () => {
    events = await pushMany(adapter, aggregateId, 30, 100 * 1024);
  });

  it('yields what getEvents returns', async () => {
    const streamed: EventDetail[] = [];
    for await (const event of adapter.streamEvents(aggregateId, context)) streamed.push(event);
    expect(streamed).toStrictEqual(events);
  });

  it('asks for the next page before the current one is used up, and stops when its consumer does', async () => {
    for await (const { version } of adapter.streamEvents(aggregateId, context)) {
      if (version === 1) expect(requests).toHaveLength(2);
      if (version === 5) break;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(requests).toHaveLength(2);
  });

  it('refuses wrong arguments when the iteration starts', async () => {
    await expect(adapter.streamEvents('', context).next()).rejects.toMatchObject({ argument: 'aggregateId' });
    expect(requests).toHaveLength(0);
  });
});

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
