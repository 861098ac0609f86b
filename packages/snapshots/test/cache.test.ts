import { setUpCache } from './cachedStates.js';
import { newAggregateId, type Pokemon, pokemonEvent, push } from './pokemons.js';

describe('a load of an aggregate that this process has loaded before', () => {
  it('asks for its last event, and those after it', async () => {
    const { pokemons, eventStore, aggregateId, queries, errors } = setUpCache();
    await push(eventStore, aggregateId, 1, 3);
    const first = await pokemons.getAggregate(aggregateId);
    expect(first).toMatchObject({ events: { length: 3 }, snapshot: undefined, lastEvent: { version: 3 } });
    expect(queries.splice(0)).toStrictEqual([{}]);

    const again = await pokemons.getAggregate(aggregateId);
    expect(again.aggregate).toStrictEqual(first.aggregate);
    expect(again.lastEvent).toStrictEqual(first.lastEvent);
    expect(again.events).toStrictEqual([]);
    expect(again.snapshot).toStrictEqual({ version: 3, reducerVersion: '', takenAt: expect.stringMatching(/Z$/) });
    expect(queries.splice(0)).toStrictEqual([{ minVersion: 3 }]);

    // Of another process.
    await push(eventStore, aggregateId, 4, 5);
    const later = await pokemons.getExistingAggregate(aggregateId);
    expect(later.events.map(({ version }) => version)).toStrictEqual([4, 5]);
    expect(later.lastEvent).toStrictEqual(later.events[1]);
    expect(later.aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    queries.splice(0);
    await pokemons.getAggregate(aggregateId);
    expect(queries).toStrictEqual([{ minVersion: 5 }]);
    expect(errors).toStrictEqual([]);
  });

  it('finds nothing of an aggregate that does not exist yet, and its events when it does', async () => {
    const { pokemons, aggregateId } = setUpCache();
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: undefined, events: [] });
    await push(pokemons, aggregateId, 1, 1);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 1 } });
  });

  it('goes round it for the past, which it does not keep either', async () => {
    const { pokemons, aggregateId, queries } = setUpCache();
    await push(pokemons, aggregateId, 1, 4);
    const at = pokemonEvent(aggregateId, 2).timestamp;
    await expect(pokemons.getAggregate(aggregateId, { maxVersion: 3 })).resolves.toMatchObject({
      aggregate: { version: 3 },
      snapshot: undefined,
    });
    await expect(pokemons.getAggregate(aggregateId, { at })).resolves.toMatchObject({ aggregate: { version: 2 } });
    queries.splice(0);
    await pokemons.getAggregate(aggregateId);
    await pokemons.getAggregate(aggregateId, { maxVersion: 3 });
    await pokemons.getAggregate(aggregateId, { at, maxVersion: undefined });
    await pokemons.getAggregate(aggregateId);
    expect(queries).toStrictEqual([{}, { maxVersion: 3 }, { reverse: true, limit: 101 }, { minVersion: 4 }]);
  });

  it('refuses options that do not exist, also if the state is in memory', async () => {
    const { pokemons, aggregateId } = setUpCache();
    await push(pokemons, aggregateId, 1, 1);
    await pokemons.getAggregate(aggregateId);
    const loading = pokemons.getAggregate(aggregateId, { minVersion: 1 } as never);
    await expect(loading).rejects.toMatchObject({ argument: 'options.minVersion' });
  });
});

describe('a state in memory', () => {
  it('is not changed by whoever was handed it', async () => {
    const { pokemons, eventStore, aggregateId } = setUpCache();
    const reducer = eventStore.reducer;
    eventStore.buildAggregate = (events, before) => {
      const pokemon = events.reduce(reducer, before as Pokemon);
      const shared = { deep: { list: [1] } };
      return pokemon && { map: new Map([['a', [1]]]), bytes: Uint8Array.of(1), shared, again: shared, ...pokemon };
    };
    await push(pokemons, aggregateId, 1, 2);
    await pokemons.pushEvent({
      aggregateId,
      version: 3,
      type: 'POKEMON_RELEASED',
      timestamp: '2026-02-01T00:00:00.000Z',
    });
    for (let time = 0; time < 3; time++) {
      const { aggregate } = (await pokemons.getExistingAggregate(aggregateId)) as { aggregate: any };
      expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
      expect(aggregate.shared).toBe(aggregate.again);
      aggregate.history.push('changed');
      aggregate.releasedAt.setFullYear(1999);
      aggregate.map.get('a').push(2);
      aggregate.bytes[0] = 2;
      aggregate.shared.deep.list.push(2);
      Object.setPrototypeOf(aggregate, null);
    }
  });

  it('may be of classes, with serialize and deserialize', async () => {
    class Trainer {
      constructor(readonly pokemon: Pokemon) {}
      get version() {
        return this.pokemon.version;
      }
    }
    const { pokemons, eventStore, aggregateId, errors, queries } = setUpCache({
      serialize: (trainer: unknown) => (trainer as Trainer).pokemon,
      deserialize: (pokemon: unknown) => new Trainer(pokemon as Pokemon) as unknown as Pokemon,
    });
    const reducer = eventStore.reducer;
    eventStore.buildAggregate = (events, before) =>
      new Trainer(
        events.reduce(reducer, (before as unknown as Trainer | undefined)?.pokemon as Pokemon),
      ) as unknown as Pokemon;
    await push(pokemons, aggregateId, 1, 2);
    await pokemons.getAggregate(aggregateId);
    await push(eventStore, aggregateId, 3, 3);
    const { aggregate } = await pokemons.getExistingAggregate(aggregateId);
    expect(aggregate).toBeInstanceOf(Trainer);
    expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    expect(queries.slice(0, 2)).toStrictEqual([{}, { minVersion: 2 }]);
    expect(errors).toStrictEqual([]);
  });

  it('that cannot be one is reported, and the load goes on from events', async () => {
    const { pokemons, eventStore, aggregateId, errors, queries } = setUpCache();
    const reducer = eventStore.reducer;
    eventStore.buildAggregate = (events, before) =>
      ({ ...events.reduce(reducer, before as Pokemon), attack: () => {} }) as never;
    await push(pokemons, aggregateId, 1, 2);
    for (let time = 0; time < 2; time++) {
      await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 2 } });
    }
    expect(queries).toStrictEqual([{}, {}]);
    const error = { code: 'SnapshotFailedError', operation: 'write', cause: { code: 'UnstorableStateError' } };
    expect(errors).toMatchObject([error, error]);
  });

  it('that does not come back is dropped, and reported', async () => {
    let isBroken = false;
    const { pokemons, aggregateId, errors } = setUpCache({
      serialize: pokemon => pokemon,
      deserialize: pokemon => {
        if (isBroken) throw new Error('broken');
        return pokemon as Pokemon;
      },
    });
    await push(pokemons, aggregateId, 1, 2);
    await pokemons.getAggregate(aggregateId);
    isBroken = true;
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 2 } });
    expect(errors).toMatchObject([{ code: 'SnapshotIgnoredError', reason: 'unreadable', version: 2 }]);
  });

  it('that the reducer throws for is dropped, and reported if it does not throw for the events', async () => {
    const { pokemons, eventStore, aggregateId, errors } = setUpCache();
    await push(pokemons, aggregateId, 1, 2);
    await pokemons.getAggregate(aggregateId);
    const reducer = eventStore.reducer;
    eventStore.buildAggregate = (events, before) => {
      if (before !== undefined) throw new Error('from the start only');
      return events.reduce(reducer, before as never);
    };
    await push(eventStore, aggregateId, 3, 3);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 3 } });
    expect(errors).toMatchObject([{ reason: 'wrong-shape', version: 2 }]);
  });
});

describe('memory', () => {
  it('holds as many states as fit into it; those go first that were not used for the longest time', async () => {
    const { pokemons, eventStore, queries, errors } = setUpCache({ cache: { maxBytes: 2_500 } });
    const ids = Array.from({ length: 4 }, newAggregateId);
    for (const id of ids) await push(eventStore, id, 1, 2);
    const isInMemory = async (id: string) => {
      queries.splice(0);
      await pokemons.getAggregate(id);
      return 'minVersion' in (queries[0] ?? {});
    };
    // Each takes about 600 bytes.
    for (const id of ids) await expect(isInMemory(id)).resolves.toBe(false);
    for (const id of ids) await expect(isInMemory(id)).resolves.toBe(true);
    await expect(isInMemory(ids[0] as string)).resolves.toBe(true);
    const fifth = newAggregateId();
    await push(eventStore, fifth, 1, 2);
    await expect(isInMemory(fifth)).resolves.toBe(false);
    await expect(isInMemory(ids[0] as string)).resolves.toBe(true);
    await expect(isInMemory(fifth)).resolves.toBe(true);
    await expect(isInMemory(ids[1] as string)).resolves.toBe(false);
    expect(errors).toStrictEqual([]);
  });

  it('that is too small for a state does without it, which is reported', async () => {
    const { pokemons, aggregateId, errors, queries } = setUpCache({ cache: { maxBytes: 900 } });
    await push(pokemons, aggregateId, 1, 2);
    await pokemons.getAggregate(aggregateId);
    await push(pokemons, aggregateId, 3, 30);
    queries.splice(0);
    await pokemons.getAggregate(aggregateId);
    await expect(pokemons.getAggregate(aggregateId)).resolves.toMatchObject({ aggregate: { version: 30 } });
    // The state that did fit is still of use.
    expect(queries).toStrictEqual([{ minVersion: 2 }, { minVersion: 2 }]);
    const cause = { code: 'SnapshotTooLargeError', size: expect.any(Number), limit: 900 };
    expect(errors).toMatchObject([{ cause }, { cause }]);
    expect(String(errors[0]?.cause)).toMatch(/It would take \d+ bytes of memory.* Raise cache.maxBytes\.$/);
  });
});
