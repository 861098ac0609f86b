import { PutItemCommand, type TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { describeOnEveryLayout, newAggregateId, operations } from '@castore-dynamodb/testing/eventTables';

import { type AggregateDeletionProgress, deleteAggregate } from '../../src/index.js';
import { caught, elsewhere, eventsOf, itemsIn, push, storeOf } from './support.js';

describeOnEveryLayout('deleteAggregate', tables => {
  const { engine, layout, dynamoDbClient, requests } = tables;
  const tableName = tables.tableNames.events;
  const eventStore = storeOf(tables);
  const keysOf = async (): Promise<string[]> =>
    (await itemsIn(dynamoDbClient, tableName)).map(({ aggregateId, version }) => `${aggregateId?.S}/${version?.N}`);
  const idsOf = async (): Promise<string[]> =>
    (await eventStore.listAggregateIds()).aggregateIds.map(({ aggregateId }) => aggregateId);

  it('removes an aggregate, and no neighbour of it', async () => {
    const start = await keysOf();
    const neighbours = ['a', 'a#', 'a#b#', 'a%23b', 'a#b#1', 'POKEMONS#a#b'];
    for (const aggregateId of neighbours) await push(eventStore, aggregateId, 2);
    if (layout === 'single-table') await push(storeOf(tables, { eventStoreId: 'TRAINERS' }), 'a#b', 2);
    const before = await keysOf();

    await push(eventStore, 'a#b', 5);
    await expect(deleteAggregate(eventStore, 'a#b')).resolves.toMatchObject({ events: 5, snapshots: 0 });
    expect((await keysOf()).toSorted()).toEqual(before.toSorted());
    await expect(idsOf()).resolves.not.toContain('a#b');
    // The id is free, and what is not there may be deleted.
    await expect(deleteAggregate(eventStore, 'a#b')).resolves.toMatchObject({ events: 0, writeUnits: 0 });
    await push(eventStore, 'a#b', 1);
    await expect(eventsOf(eventStore, 'a#b')).resolves.toStrictEqual([caught('a#b', 1)]);

    for (const aggregateId of [...neighbours, 'a#b']) await deleteAggregate(eventStore, aggregateId);
    if (layout === 'single-table') await deleteAggregate(storeOf(tables, { eventStoreId: 'TRAINERS' }), 'a#b');
    expect(await keysOf()).toEqual(start);
  });

  it('removes the newest events first, 99 at once, so that what is seen is a beginning', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 200);
    const progress: AggregateDeletionProgress[] = [];
    requests.splice(0);
    await deleteAggregate(eventStore, aggregateId, { onProgress: each => void progress.push(each) });
    expect(operations(requests)).toEqual([
      'Query',
      ...[1, 2, 3].flatMap(() => ['Query', 'TransactWriteItems']),
      'Query',
      'Query',
    ]);
    expect(progress.map(({ events }) => events)).toEqual([99, 198, 200]);
    const removed = requests.flatMap(({ input }) =>
      ((input['TransactItems'] ?? []) as { Delete?: { Key: { version: { N: string } } } }[]).flatMap(({ Delete }) =>
        Delete === undefined ? [] : [Number(Delete.Key.version.N)],
      ),
    );
    expect(removed).toEqual(Array.from({ length: 200 }, (_, index) => 200 - index));
  });

  it('removes what is pushed meanwhile too', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 120);
    let next = 22;
    const pushed = new Set<number>();
    const result = await deleteAggregate(eventStore, aggregateId, {
      // After the first 99, a writer pushes after what it has read.
      onProgress: () => {
        if (next > 23) return;
        const version = next++;
        void push(eventStore, aggregateId, version, version).then(() => pushed.add(version));
      },
    });
    // Whoever was first: an event is removed with the others, or comes after all.
    const left = await eventsOf(eventStore, aggregateId);
    expect(result.events + left.length).toBe(120 + pushed.size);
    await deleteAggregate(eventStore, aggregateId);
    await expect(eventsOf(eventStore, aggregateId)).resolves.toEqual([]);
  });

  it('removes nothing if an event comes between the reading and the removal, and then all', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 2);
    const client = engine.client();
    const removals: unknown[] = [];
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          if (commandName !== 'TransactWriteItemsCommand') return next(args);
          const { TransactItems = [] } = args.input as TransactWriteItemsCommandInput;
          removals.push(TransactItems.flatMap(({ Delete }) => Delete?.Key?.['version']?.N ?? []));
          if (removals.length === 1) await push(eventStore, aggregateId, 3, 3);
          return next(args);
        },
      { step: 'initialize', name: 'pushBefore' },
    );
    await expect(deleteAggregate(storeOf(tables, { client }), aggregateId)).resolves.toMatchObject({ events: 3 });
    expect(removals).toEqual([
      ['2', '1'],
      ['3', '2', '1'],
    ]);
    await expect(eventsOf(eventStore, aggregateId)).resolves.toEqual([]);
  });

  it('removes what has no beginning', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 7, 5);
    await expect(deleteAggregate(eventStore, aggregateId)).resolves.toMatchObject({ events: 3 });
    await expect(eventsOf(eventStore, aggregateId)).resolves.toEqual([]);
  });

  it('leaves items that are no events', async () => {
    const aggregateId = newAggregateId();
    await push(eventStore, aggregateId, 2);
    const pk = layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId;
    for (const N of ['-1', '0', '0.5', '10000000000000001.5']) {
      const Item = { aggregateId: { S: pk }, version: { N } };
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item }));
    }
    await expect(deleteAggregate(eventStore, aggregateId)).resolves.toMatchObject({ events: 2 });
    expect((await keysOf()).filter(key => key.startsWith(`${pk}/`))).toHaveLength(4);
  });

  it('names the objects of what it has removed', async () => {
    const transformed = storeOf(tables, { transformations: [elsewhere()] });
    const aggregateId = newAggregateId();
    await push(transformed, aggregateId, 2);
    const { copies } = await deleteAggregate(transformed, aggregateId);
    expect(copies.filter(({ kind }) => kind === 'object').map(({ name }) => name)).toEqual([
      's3://bucket/Ash 1',
      's3://bucket/Ash 2',
    ]);
  });

  it('refuses wrong arguments', async () => {
    await expect(deleteAggregate(eventStore, '')).rejects.toMatchObject({ argument: 'aggregateId' });
    await expect(deleteAggregate(eventStore, 'a', { confirm: 'a' } as never)).rejects.toMatchObject({
      argument: 'options.confirm',
    });
    await expect(deleteAggregate(eventStore, 'a', { onProgress: 1 } as never)).rejects.toMatchObject({
      argument: 'options.onProgress',
    });
  });
});
