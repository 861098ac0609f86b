import type { EventsQueryOptions, GroupedEvent } from '@castore/core';

import { caught, context, describeOnEveryAdapter, newAggregateId, rejection } from './support.js';

/** A payload that makes an item of about 1,000 bytes, just below a write unit's KB. */
const payload = 'x'.repeat(800);
const event = (aggregateId: string, version: number) => caught(aggregateId, version, { payload });

/*
 * The least that DynamoDB's API allows. A consistent read costs a unit for each 4 KB that it reads, a listing half of
 * that; a write a unit for each KB, and as much again for the index entry of a first event. In transactions, writes cost
 * twice as much, which DynamoDB Local does not count: there the requests are compared, and not the units.
 */
describeOnEveryAdapter('what it costs', ({ engine, layout, adapter, requests }) => {
  const aggregateId = newAggregateId();

  beforeAll(async () => {
    for (let version = 1; version <= 10; version++) await adapter.pushEvent(event(aggregateId, version), context);
  });

  const costs = () => requests.map(({ operation, units }) => [operation, units]);
  const operations = () => requests.map(({ operation }) => operation);

  const reads: [EventsQueryOptions, number[]][] = [
    [{}, [3]],
    [{ reverse: true }, [3]],
    [{ limit: 1 }, [1]],
    [{ limit: 1, reverse: true }, [1]],
    [{ limit: 4 }, [1]],
    [{ limit: 5 }, [2]],
    [{ limit: 10 }, [3]],
    [{ limit: 11 }, [3]],
    [{ minVersion: 6 }, [2]],
    [{ maxVersion: 5 }, [2]],
    [{ minVersion: 3, maxVersion: 6 }, [1]],
    [{ minVersion: 3, maxVersion: 6, reverse: true }, [1]],
    [{ minVersion: 3, maxVersion: 6, limit: 2 }, [1]],
    [{ minVersion: 6, maxVersion: 3 }, []],
  ];

  it.each(reads)('to read with %j', async (options, units) => {
    await adapter.getEvents(aggregateId, context, options);
    expect(costs()).toStrictEqual(units.map(each => ['Query', each]));
  });

  it.each(reads)('to stream with %j', async (options, units) => {
    for await (const { version } of adapter.streamEvents(aggregateId, context, options))
      expect(version).toBeGreaterThan(0);
    expect(costs()).toStrictEqual(units.map(each => ['Query', each]));
  });

  it('to read an aggregate that is not there', async () => {
    await adapter.getEvents('nobody', context);
    expect(operations()).toStrictEqual(['Query']);
  });

  it('to stream one event of many, and stop', async () => {
    for await (const { version } of adapter.streamEvents(aggregateId, context)) if (version === 1) break;
    expect(operations()).toStrictEqual(['Query']);
  });

  it.each<[string, number, { force?: boolean }, number]>([
    ['a first event', 1, {}, 2],
    ['a first event by force', 1, { force: true }, 2],
    ['a later event', 2, {}, 1],
    ['a later event by force', 2, { force: true }, 1],
  ])('to push %s', async (_, version, options, units) => {
    await adapter.pushEvent(event(newAggregateId(), version), { ...context, ...options });
    expect(costs()).toStrictEqual([['PutItem', units]]);
  });

  it('to push an event over another one', async () => {
    await adapter.pushEvent({ ...event(aggregateId, 10), type: 'CORRECTED' }, { ...context, force: true });
    await adapter.pushEvent(event(aggregateId, 10), { ...context, force: true });
    expect(costs()).toStrictEqual([
      ['PutItem', 1],
      ['PutItem', 1],
    ]);
  });

  it('to push an event of some KB', async () => {
    await adapter.pushEvent(caught(newAggregateId(), 2, { payload: 'x'.repeat(4_500) }), context);
    expect(costs()).toStrictEqual([['PutItem', 5]]);
  });

  it('to lose against another writer', async () => {
    await rejection(adapter.pushEvent(event(aggregateId, 1), context));
    expect(operations()).toStrictEqual(['PutItem']);
  });

  const group = (...versions: number[]): [GroupedEvent, ...GroupedEvent[]] => {
    const id = newAggregateId();
    const events = versions.map(version => {
      const { timestamp: _, ...rest } = event(id, version);
      return Object.assign(adapter.groupEvent(rest), { context });
    });
    return events as unknown as [GroupedEvent, ...GroupedEvent[]];
  };

  it.each<[string, number[], { force?: boolean }, number]>([
    ['two events', [1, 2], {}, 5],
    ['two events by force', [1, 2], { force: true }, 5],
    ['100 later events', Array.from({ length: 100 }, (_, index) => index + 2), {}, 200],
  ])('to push a group of %s', async (_, versions, options, units) => {
    await adapter.pushEventGroup(options, ...group(...versions));
    expect(operations()).toStrictEqual(['TransactWriteItems']);
    if (engine.engine !== 'dynamodb-local') expect(requests[0]?.units).toBe(units);
  });

  it('to push a group of one event', async () => {
    await adapter.pushEventGroup({}, ...group(2));
    expect(costs()).toStrictEqual([['PutItem', 1]]);
  });

  it('to group events: nothing', () => {
    group(1, 2);
    expect(requests).toHaveLength(0);
  });

  it('to list', async () => {
    const own = { eventStoreId: layout === 'single-table' ? 'LISTED' : context.eventStoreId };
    if (layout === 'single-table') {
      for (let index = 0; index < 3; index++) await adapter.pushEvent(event(newAggregateId(), 1), own);
      requests.splice(0);
    }
    await adapter.listAggregateIds(own);
    await adapter.listAggregateIds(own, { limit: 2, reverse: true });
    const { nextPageToken } = await adapter.listAggregateIds(own, { limit: 1 });
    await adapter.listAggregateIds(own, { pageToken: nextPageToken as string });
    expect(costs()).toStrictEqual([
      ['Query', 0.5],
      ['Query', 0.5],
      ['Query', 0.5],
      ['Query', 0.5],
    ]);
  });
});
