import type { EventDetail } from '@castore/core';
import { createEventTable, deleteEventTable } from '@castore-dynamodb/adapter';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { costs, describeOnEveryLayout, newAdapter, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { newPokemons } from '@castore-dynamodb/testing/pokemons';

import { aggregatesAt } from '../src/state/aggregateAt.js';
import { differencesBetween } from '../src/state/differences.js';
import { shownState } from '../src/state/plainState.js';

describeOnEveryLayout(
  'the states of an aggregate',
  ({ layout, tableNames: { events: tableName }, dynamoDbClient, requests }) => {
    const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const minute = (version: number) => `2026-01-01T00:${String(version).padStart(2, '0')}:00.000Z`;
    const versionsOf = (states: readonly unknown[]) =>
      states.map(state => (state as { version: number } | undefined)?.version);
    const push = async (aggregateId: string, timestamps: readonly string[], payload: unknown) => {
      for (const [at, timestamp] of timestamps.entries()) {
        const event: EventDetail = { aggregateId, version: at + 1, type: 'POKEMON_NAMED', timestamp, payload };
        await pokemons.pushEvent(event as never);
      }
      requests.splice(0);
    };

    it('are read once for all points in time, and not beyond the last of them', async () => {
      const aggregateId = newAggregateId();
      // Two of them are a page of DynamoDB.
      await push(
        aggregateId,
        Array.from({ length: 9 }, (_, at) => minute(at + 1)),
        'x'.repeat(380_000),
      );
      const at = (instant: string) => ({ instant });

      const states = await aggregatesAt(pokemons, aggregateId, [{ version: 2 }, at(minute(1)), at('2025-01-01')]);
      expect(versionsOf(states)).toEqual([2, 1, undefined]);
      // Of five pages: a third one is asked for while the second one is read, and given up.
      expect(requests.length).toBeLessThanOrEqual(3);
      requests.splice(0);
      await expect(aggregatesAt(pokemons, aggregateId, [{ version: 2 }]).then(versionsOf)).resolves.toEqual([2]);
      expect(requests).toHaveLength(1);
      await expect(aggregatesAt(pokemons, aggregateId, ['now', { version: 99 }]).then(versionsOf)).resolves.toEqual([
        9, 9,
      ]);
    });

    it('go by the order of versions if clocks ran backwards', async () => {
      const aggregateId = newAggregateId();
      await push(aggregateId, [minute(10), '2026-01-01T00:10:40.000Z', minute(10), minute(30)], 1);
      const states = await aggregatesAt(pokemons, aggregateId, [{ instant: minute(10) }, { instant: minute(9) }]);
      expect(versionsOf(states)).toEqual([3, undefined]);
    });

    it('come from snapshots if the event store has some, and leave none', async () => {
      const aggregateId = newAggregateId();
      await push(
        aggregateId,
        Array.from({ length: 40 }, (_, at) => minute(at + 1)),
        'x'.repeat(40_000),
      );
      const snapshots = { tableName: `${tableName}-snapshots`, layout };
      await createEventTable(dynamoDbClient, snapshots);
      try {
        const storage = new DynamoDbSnapshotStorage({ tableName: snapshots.tableName, dynamoDbClient });
        const store = withSnapshots(pokemons, { storage, reducerVersion: '1', policy: everyNEvents(10) }) as never;
        requests.splice(0);
        await expect(aggregatesAt(store, aggregateId, ['now']).then(versionsOf)).resolves.toEqual([40]);
        expect(costs(requests).filter(cost => cost.startsWith('Put'))).toEqual([]);

        for await (const _ of (store as ReturnType<typeof withSnapshots>).snapshots.build()) continue;
        requests.splice(0);
        await expect(aggregatesAt(store, aggregateId, [{ instant: minute(40) }]).then(versionsOf)).resolves.toEqual([
          40,
        ]);
        // All events are 400 units.
        const units = requests.map(request => request.units ?? 0).reduce((sum, each) => sum + each, 0);
        expect(units).toBeLessThan(200);
      } finally {
        await deleteEventTable(dynamoDbClient, snapshots);
      }
    });
  },
  { engines: 'one' },
);

describe('the difference between two states', () => {
  const of = (before: unknown, after: unknown) => [
    ...differencesBetween(shownState(before, false), shownState(after, false)),
  ];

  it('names members that were added, removed, changed', () => {
    const before = { name: 'a', items: [{ id: 1, price: 2 }, { id: 2 }], gone: 1, same: { deep: [1n] } };
    const after = { name: 'b', items: [{ id: 1, price: 3 }], added: null, same: { deep: [1n] } };
    expect(of(before, after)).toEqual([
      { path: ['name'], kind: 'changed', before: 'a', after: 'b' },
      { path: ['items', '0', 'price'], kind: 'changed', before: 2, after: 3 },
      { path: ['items', '1'], kind: 'removed', before: { id: 2 } },
      { path: ['gone'], kind: 'removed', before: 1 },
      { path: ['added'], kind: 'added', after: null },
    ]);
    expect(of(after, after)).toEqual([]);
  });

  it.each([
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Set([1]), new Set([2])],
    [2n ** 70n, 1],
    [new Date(0), new Date(1)],
    [[], {}],
    [{ a: 1 }, null],
  ])('%p and %p differ as a whole', (before, after) => {
    expect(of({ value: before }, { value: after })).toMatchObject([{ path: ['value'], kind: 'changed' }]);
  });

  it('knows no members but the own ones', () => {
    const hostile = JSON.parse('{"__proto__":{"a":1},"constructor":1,"toString":2}');
    expect(of({}, hostile).map(({ path }) => path)).toEqual([['__proto__'], ['constructor'], ['toString']]);
    expect(of(hostile, {}).map(({ kind }) => kind)).toEqual(['removed', 'removed', 'removed']);
    expect(({} as { a?: number }).a).toBeUndefined();
  });
});
