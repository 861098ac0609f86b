import { EventStore } from '@castore/core';
import { defineTransformation } from '@castore-dynamodb/adapter';
import { newAdapter } from '@castore-dynamodb/testing/eventTables';

import { DynamoDbSnapshotStorage, everyNEvents, type SnapshotError, withSnapshots } from '../src/index.js';
import { newAggregateId, newPokemons, type Pokemon, pokemonEvent, push, pushAndSettle } from './pokemons.js';
import { costs, describeOnEveryTable } from './support.js';

describeOnEveryTable('states in memory', ({ layout, tableName, dynamoDbClient, eventStore, requests }) => {
  const errors: SnapshotError[] = [];
  const onSnapshotError = (error: SnapshotError) => void errors.push(error);
  const cache = { maxBytes: 1_000_000 };
  afterEach(() => expect(errors.splice(0)).toStrictEqual([]));

  it('cost 1 request and 1 read unit if nothing is new, strongly consistent', async () => {
    const aggregateId = newAggregateId();
    const pokemons = withSnapshots(eventStore, { cache, onSnapshotError });
    await push(eventStore, aggregateId, 1, 40);
    requests.splice(0);
    await pokemons.getAggregate(aggregateId);
    expect(costs(requests.splice(0))).toStrictEqual(['Query 2']);

    const { aggregate } = await pokemons.getAggregate(aggregateId);
    expect(costs(requests)).toStrictEqual(['Query 1']);
    expect(requests[0]?.input).toMatchObject({ ConsistentRead: true });

    await push(eventStore, aggregateId, 41, 43);
    requests.splice(0);
    const later = await pokemons.getAggregate(aggregateId);
    expect(costs(requests)).toStrictEqual(['Query 1']);
    expect(later.events).toHaveLength(3);
    expect([aggregate?.version, later.aggregate?.version]).toStrictEqual([40, 43]);
    expect(later.aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
  });

  it('come from the snapshot the first time, and again if a hundred events came after them', async () => {
    const aggregateId = newAggregateId();
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const open = (options: object) =>
      withSnapshots(eventStore, {
        storage,
        reducerVersion: '1',
        policy: everyNEvents(10),
        onSnapshotError,
        ...options,
      });
    await pushAndSettle(open({}), aggregateId, 1, 12);
    const pokemons = open({ cache });
    requests.splice(0);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 10 } });
    expect(costs(requests.splice(0))).toStrictEqual(['Query 1', 'Query 1']);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 12 }, events: [] });
    expect(costs(requests.splice(0))).toStrictEqual(['Query 1']);

    // A snapshot without events after it is kept as well.
    const writer = open({});
    await pushAndSettle(writer, aggregateId, 13, 20);
    const fresh = open({ cache });
    await expect(fresh.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 20 }, events: [] });
    requests.splice(0);
    await fresh.getAggregate(aggregateId);
    expect(costs(requests)).toStrictEqual(['Query 1']);

    await push(eventStore, aggregateId, 21, 120);
    await writer.getAggregate(aggregateId);
    await writer.snapshots.settled();
    requests.splice(0);
    const { aggregate, snapshot } = await fresh.getAggregate(aggregateId);
    expect(requests.map(({ operation, input }) => [operation, input['Limit']])).toStrictEqual([
      ['Query', 101],
      ['Query', 1],
      ['Query', 11],
    ]);
    expect(snapshot?.version).toBe(120);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
  });

  it('are not kept while a version is missing, which might still come', async () => {
    const aggregateId = newAggregateId();
    const pokemons = withSnapshots(eventStore, { cache, onSnapshotError });
    const expectReplay = async () =>
      expect((await pokemons.getAggregate(aggregateId)).aggregate).toStrictEqual(
        (await eventStore.getAggregate(aggregateId)).aggregate,
      );
    for (const version of [1, 2, 4]) await eventStore.pushEvent(pokemonEvent(aggregateId, version));
    await expectReplay();
    expect(errors.splice(0)).toMatchObject([{ cause: { code: 'IncompleteHistoryError', version: 3 } }]);
    await eventStore.pushEvent(pokemonEvent(aggregateId, 3));
    await expectReplay();

    // The same after a state, which stays at the version before the gap.
    await eventStore.pushEvent(pokemonEvent(aggregateId, 6));
    await expectReplay();
    expect(errors.splice(0)).toMatchObject([{ cause: { code: 'IncompleteHistoryError', version: 5 } }]);
    await eventStore.pushEvent(pokemonEvent(aggregateId, 5));
    await expectReplay();
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 6 } });
  });

  it('are forgotten when a group overwrites an event of theirs, also if its answer is lost', async () => {
    const aggregateId = newAggregateId();
    const pokemons = withSnapshots(eventStore, { cache, onSnapshotError });
    await push(pokemons, aggregateId, 1, 4);
    const overwrite = (by: number) => {
      const event = {
        aggregateId,
        version: 2,
        type: 'POKEMON_LEVELED_UP',
        payload: { by },
        metadata: { by: 'ash' },
      } as const;
      return EventStore.pushEventGroup({ force: true }, pokemons.groupEvent(event));
    };
    const levelOf = async () => (await pokemons.getExistingAggregate(aggregateId)).aggregate.level;
    await expect(levelOf()).resolves.toBe(1 + 2 + 3 + 4);
    await overwrite(100);
    await expect(levelOf()).resolves.toBe(1 + 100 + 3 + 4);

    dynamoDbClient.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const reply = await next(args);
          if (!commandName?.startsWith('Query')) throw new Error('no answer');
          return reply;
        },
      { step: 'initialize', name: 'lost' },
    );
    await expect(overwrite(200)).rejects.toThrow('no answer');
    dynamoDbClient.middlewareStack.remove('lost');
    await expect(levelOf()).resolves.toBe(1 + 200 + 3 + 4);
  });

  it('are not used when the adapter reads the same events in another shape', async () => {
    const aggregateId = newAggregateId();
    const store = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const pokemons = withSnapshots(store, { cache, onSnapshotError });
    await push(pokemons, aggregateId, 1, 2);
    await pokemons.pushEvent({ aggregateId, version: 3, type: 'POKEMON_RELEASED' });
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { level: 3 } });
    const doubled = defineTransformation({
      name: 'evolution',
      parse: event => event,
      schemaVersionOf: () => 1,
      upcast: event => (event.type === 'POKEMON_LEVELED_UP' ? { ...event, payload: { by: 4 } } : event),
      fingerprint: () => 'doubled',
    });
    pokemons.eventStorageAdapter = newAdapter(layout, { tableName, dynamoDbClient, transformations: [doubled] });
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { level: 5 } });
  });

  it('are of one table each, if the adapter asks for its name', async () => {
    const aggregateId = newAggregateId();
    let table = tableName;
    const adapter = newAdapter(layout, { tableName: () => table, dynamoDbClient });
    const pokemons = withSnapshots(newPokemons(adapter), { cache, onSnapshotError });
    await push(pokemons, aggregateId, 1, 1);
    await pokemons.getAggregate(aggregateId);
    table = 'there-is-no-such-table';
    await expect(pokemons.getAggregate(aggregateId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    table = tableName;
    requests.splice(0);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ events: [], snapshot: { version: 1 } });
  });

  it('a load with a snapshot at each push costs 2 parallel requests and 2 read units, the state being of 4 KB', async () => {
    const aggregateId = newAggregateId();
    // Nothing that compresses well.
    const text = Array.from({ length: 3_900 }, (_, index) => ((index * index * 7_919) % 36).toString(36)).join('');
    const large = newPokemons(eventStore.getEventStorageAdapter());
    large.buildAggregate = (events, before) => {
      const pokemon = events.reduce(large.reducer, before as Pokemon);
      return pokemon && { ...pokemon, name: text, history: [] };
    };
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const pokemons = withSnapshots(large, { storage, reducerVersion: '1', policy: everyNEvents(1), onSnapshotError });
    await pushAndSettle(pokemons, aggregateId, 1, 7);
    requests.splice(0);

    const order: string[] = [];
    dynamoDbClient.middlewareStack.add(
      next => async args => {
        order.push('sent');
        const reply = await next(args);
        order.push('answered');
        return reply;
      },
      { step: 'finalizeRequest', name: 'order' },
    );
    const { aggregate, events } = await pokemons.getAggregate(aggregateId);
    dynamoDbClient.middlewareStack.remove('order');
    expect(JSON.stringify(aggregate).length).toBeGreaterThan(3_950);
    expect(aggregate).toMatchObject({ version: 7, level: 28 });
    expect(events).toStrictEqual([]);
    expect(order).toStrictEqual(['sent', 'sent', 'answered', 'answered']);
    expect(costs(requests.splice(0))).toStrictEqual(['Query 1', 'Query 1']);

    // The same while the newest snapshot is still on its way.
    await push(eventStore, aggregateId, 8, 8);
    requests.splice(0);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({
      lastEvent: pokemonEvent(aggregateId, 8),
      snapshot: { version: 7 },
    });
    expect(costs(requests.slice(0, 2))).toStrictEqual(['Query 1', 'Query 1']);
    await pokemons.snapshots.settled();
  });
});
