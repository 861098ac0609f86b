import { EventStore, EventType } from '@castore/core';
import { createEventTable, DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { startLocalDynamoDb } from '@castore-dynamodb/local';

import { type Load, monthlyCosts } from '../.vitepress/costs.js';

/** One event a month, so that what is calculated is what one push costs. */
const ONE: Load = {
  eventsPerSecond: 1 / (30 * 24 * 3600),
  eventBytes: 500,
  eventsPerAggregate: 1e9,
  loadsPerPush: 0,
  snapshotEvery: 0,
  snapshotBytes: 0,
  projections: 0,
};

describe('the calculator', () => {
  it('has the write units that DynamoDB reports for events of several sizes', async () => {
    await using dynamoDb = await startLocalDynamoDb();
    const { dynamoDbClient } = dynamoDb;
    await createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });
    const units: number[] = [];
    dynamoDbClient.middlewareStack.add(
      next => async args => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = await next(args);
        const { ConsumedCapacity } = result.output as { ConsumedCapacity?: { CapacityUnits?: number } };
        units.push(ConsumedCapacity?.CapacityUnits ?? 0);
        return result;
      },
      { step: 'initialize' },
    );
    const store = new EventStore({
      eventStoreId: 'STORE',
      eventTypes: [new EventType<'HAPPENED', string>({ type: 'HAPPENED' })],
      reducer: (_: { aggregateId: string; version: number }, { aggregateId, version }) => ({ aggregateId, version }),
      eventStorageAdapter: new DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
    });
    // The keys, the timestamp and the names of the attributes take about 150 bytes.
    const push = (aggregateId: string, version: number, bytes: number) =>
      store.pushEvent({ aggregateId, version, type: 'HAPPENED', payload: 'x'.repeat(bytes - 150) });
    const expected: number[] = [];
    for (const bytes of [500, 1000, 1500, 5000]) {
      await push(`of ${bytes}`, 1, bytes);
      await push(`of ${bytes}`, 2, bytes);
      const first = monthlyCosts({ ...ONE, eventBytes: bytes, eventsPerAggregate: 1 }).writeUnits;
      expected.push(Math.round(first), Math.round(monthlyCosts({ ...ONE, eventBytes: bytes }).writeUnits));
    }
    expect(units).toStrictEqual(expected);
  });

  it('adds up', () => {
    const prices = { writes: 1, reads: 1, storage: 1 };
    const load = {
      ...ONE,
      eventsPerSecond: 1,
      eventBytes: 924,
      eventsPerAggregate: 100,
      loadsPerPush: 1,
      projections: 1,
    };
    const pushes = 30 * 24 * 3600;
    const costs = monthlyCosts(load, prices);
    expect(costs.writeUnits).toBeCloseTo(pushes * 2.01);
    expect(costs.readUnits).toBeCloseTo(pushes * (12 + 1));
    expect(costs.gigabytes).toBeCloseTo((pushes * 1024) / 1e9);
    expect(costs.dollars).toBeCloseTo((costs.writeUnits + costs.readUnits) / 1e6 + costs.gigabytes);
  });

  it('shows that snapshots pay for long aggregates, and not for short ones', () => {
    const dollars = (load: Partial<Load>): number =>
      monthlyCosts({ ...ONE, eventsPerSecond: 1, loadsPerPush: 1, ...load }).dollars;
    const snapshots = { snapshotEvery: 100, snapshotBytes: 1000 };
    expect(dollars({ eventsPerAggregate: 5000, ...snapshots })).toBeLessThan(
      dollars({ eventsPerAggregate: 5000 }) / 10,
    );
    expect(dollars({ eventsPerAggregate: 10, ...snapshots })).toBeGreaterThan(dollars({ eventsPerAggregate: 10 }));
  });
});
