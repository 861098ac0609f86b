import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import type { EventStorageAdapter } from '@castore/core';
import {
  DynamoDbEventStorageAdapter as CastoreV1Adapter,
  DynamoDbSingleTableEventStorageAdapter as CastoreV1SingleTableAdapter,
} from '@castore/dynamodb-event-storage-adapter';
import {
  DynamoDBSingleTableEventStorageAdapter as CastoreSingleTableAdapter,
  LegacyDynamoDBEventStorageAdapter as CastoreTablePerStoreAdapter,
} from '@castore/event-storage-adapter-dynamodb';

import { describeInEventTable } from './eventTable.js';
import { newAggregateId, pokemonEvent, push } from './pokemons.js';
import { costs } from './support.js';

describeInEventTable('snapshots in the event table', table => {
  const { layout, tableName, dynamoDbClient, eventStore, requests } = table;
  const { errors, open, storage, series, pushMany, expectReplay } = table;

  const allItems = async (): Promise<Record<string, AttributeValue>[]> => {
    const items: Record<string, AttributeValue>[] = [];
    for await (const page of paginateScan({ client: dynamoDbClient }, { TableName: tableName })) {
      items.push(...(page.Items ?? []));
    }
    return items;
  };

  it('a push costs what it does, and in the background every nth a load and a write', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(5);
    await push(pokemons, aggregateId, 1, 4);
    expect(costs(requests.splice(0))).toStrictEqual(['PutItem 2', 'PutItem 1', 'PutItem 1', 'PutItem 1']);

    await push(pokemons, aggregateId, 5, 5);
    await pokemons.snapshots.settled();
    expect(requests.map(({ operation }) => operation)).toStrictEqual(['PutItem', 'Query', 'Query', 'PutItem']);
    expect(requests[2]?.units).toBe(1);
    expect(requests[3]?.units).toBe(1);
  });

  it('a push with force costs two looks for snapshots, and their deletion', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(2);
    await push(pokemons, aggregateId, 1, 5);
    await pokemons.snapshots.settled();
    requests.splice(0);
    await pokemons.pushEvent({ ...pokemonEvent(aggregateId, 3), type: 'POKEMON_RELEASED' } as never, { force: true });
    expect(requests.map(({ operation }) => operation)).toStrictEqual(['Query', 'DeleteItem', 'PutItem', 'Query']);
    await expectReplay(await pokemons.getAggregate(aggregateId), aggregateId, 5);
  });

  it('are compressed if that pays', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(40);
    await pushMany(eventStore, aggregateId, 1, 340);
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    const { aggregate } = await eventStore.getAggregate(aggregateId);
    expect(JSON.stringify(aggregate).length).toBeGreaterThan(10_000);
    expect(costs(requests)).toContain('PutItem 2');
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'are not asked for if maxVersion is %p, which the adapter refuses',
    async maxVersion => {
      await expect(open(5).getAggregate('pikachu', { maxVersion })).rejects.toMatchObject({
        code: 'InvalidArgumentError',
        argument: 'options.maxVersion',
      });
      expect(requests).toHaveLength(0);
    },
  );

  it.each(['', '\ud800', undefined, 5])('are not asked for if the aggregate is %p', async aggregateId => {
    await expect(open(5).getAggregate(aggregateId as never)).rejects.toMatchObject({
      code: 'InvalidArgumentError',
      argument: 'aggregateId',
    });
    expect(requests).toHaveLength(0);
  });

  it('are not written while a version is missing, which might still come', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(3);
    for (const version of [1, 2, 4]) await eventStore.pushEvent(pokemonEvent(aggregateId, version));
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    expect(errors.splice(0)).toMatchObject([{ cause: { code: 'IncompleteHistoryError', version: 3 } }]);

    await eventStore.pushEvent(pokemonEvent(aggregateId, 3));
    await pokemons.getAggregate(aggregateId);
    await pokemons.snapshots.settled();
    const loaded = await pokemons.getAggregate(aggregateId);
    expect(loaded.snapshot?.version).toBe(4);
    await expectReplay(loaded, aggregateId, 4);
  });

  it('are one item each: aggregate, version, reducer version, time', async () => {
    const aggregateId = newAggregateId();
    const pokemons = open(2);
    await push(pokemons, aggregateId, 1, 4);
    await pokemons.snapshots.settled();

    const items = (await allItems()).filter(item => item.aggregateId?.S === `#snapshots#POKEMONS#${aggregateId}`);
    const bySortKey = items.toSorted((left, right) => Number(left.version?.N) - Number(right.version?.N));
    expect(bySortKey).toMatchObject(
      [2, 4].map(version => ({
        snapshotVersion: { N: String(version) },
        reducerVersion: { S: '1' },
        takenAt: { S: expect.stringMatching(/^\d{4}-/) },
        state: { B: expect.anything() },
      })),
    );
  });

  describe('for every other reader', () => {
    const isSingleTable = layout === 'single-table';
    const adapters: Record<string, EventStorageAdapter> = {
      ours: eventStore.getEventStorageAdapter(),
      "Castore's 2.x": new (isSingleTable ? CastoreSingleTableAdapter : CastoreTablePerStoreAdapter)({
        tableName,
        dynamoDBClient: dynamoDbClient,
      }),
      "Castore's 1.x": new (isSingleTable ? CastoreV1SingleTableAdapter : CastoreV1Adapter)({
        tableName,
        dynamoDbClient,
      }),
    };
    const context = { eventStoreId: 'POKEMONS' };
    const aggregateId = newAggregateId();

    beforeAll(async () => {
      const pokemons = open(2);
      await push(pokemons, aggregateId, 1, 5);
      await pokemons.snapshots.settled();
      await expect(storage.getSnapshot(series(aggregateId))).resolves.toMatchObject({ version: 4 });
    });

    it.each(Object.keys(adapters))('are not there: %s', async name => {
      const adapter = adapters[name] as EventStorageAdapter;
      const { events } = await adapter.getEvents(aggregateId, context);
      expect(events.map(({ version }) => version)).toStrictEqual([1, 2, 3, 4, 5]);

      const { aggregateIds } = await adapter.listAggregateIds(context);
      // 1.x lists the ids alone.
      const ids = aggregateIds.map((each: { aggregateId: string } | string) =>
        typeof each === 'string' ? each : each.aggregateId,
      );
      expect(ids).toContain(aggregateId);
      expect(ids.filter(id => id.includes('#'))).toStrictEqual([]);

      // Whoever asks for an aggregate by a snapshot's own key gets no event. In a table of one event store any key may be
      // an aggregate's: there an adapter that does not look past the last version says that it cannot read one.
      for (const forgedId of [
        `#snapshots#POKEMONS#${aggregateId}`,
        `POKEMONS#${aggregateId}`,
        `#snapshots#${aggregateId}`,
      ]) {
        const forged = await adapter.getEvents(forgedId, context).catch((error: unknown) => error);
        if (isSingleTable || !(forged instanceof Error)) expect(forged).toStrictEqual({ events: [] });
      }
    });

    it('nor can an aggregate of that id and its snapshots harm each other', async () => {
      const forgedId = `#snapshots#POKEMONS#${aggregateId}`;
      const pokemons = open(2);
      await push(pokemons, forgedId, 1, 4);
      await pokemons.snapshots.settled();

      const { aggregate, snapshot } = await pokemons.getAggregate(forgedId, { maxVersion: 4 });
      expect([aggregate?.version, snapshot?.version]).toStrictEqual([4, 4]);
      await expect(storage.getSnapshot(series(aggregateId))).resolves.toMatchObject({ version: 4 });
      // With all of what deletes snapshots.
      await pokemons.pushEvent(pokemonEvent(aggregateId, 1), { force: true });
      for await (const _ of open(2, undefined, 'next').snapshots.deleteOutdated()) continue;
      await push(open(1, { newest: 1 }), aggregateId, 6, 7);
      await pokemons.snapshots.deleteOf(aggregateId);
      await expect(eventStore.getEvents(forgedId, { maxVersion: 4 })).resolves.toMatchObject({ events: { length: 4 } });
    });
  });
});
