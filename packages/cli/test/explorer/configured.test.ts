import { type EventDetail, EventStore } from '@castore/core';
import { encryption } from '@castore-dynamodb/events';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';
import { subjectKeys } from '@castore-dynamodb/testing/allTransformations';
import { describeOnEveryLayout, newAdapter, newAggregateId, operations } from '@castore-dynamodb/testing/eventTables';
import { newPokemons, type Pokemons } from '@castore-dynamodb/testing/pokemons';

import type { EventsPage, Overview, StateAtVersion } from '../../src/explorer/api.js';
import { type RunningExplorer, startExplorer } from './startExplorer.js';

describeOnEveryLayout(
  'the explorer, with a configuration',
  ({ engine, layout, tableNames: { events: tableName }, dynamoDbClient, requests }) => {
    const transformations = [
      encryption({
        keys: subjectKeys,
        subjectOf: ({ aggregateId }) => aggregateId,
        fields: { POKEMONS: { POKEMON_APPEARED: ['payload.name'] } },
      }),
    ];
    const adapter = newAdapter(layout, { tableName, dynamoDbClient, transformations });
    const pokemons = newPokemons(adapter);
    const withoutSnapshots = newPokemons(adapter);
    const snapshotted = withSnapshots(pokemons, {
      storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
      reducerVersion: '1',
      policy: everyNEvents(1),
    });
    /** With a client of its own, as each explorer watches those of its configuration. */
    const ownAdapter = () => newAdapter(layout, { tableName, dynamoDbClient: engine.client(), transformations });
    const odd = (reducer: (state: never, event: EventDetail) => unknown) =>
      new EventStore({
        eventStoreId: 'ODD',
        eventTypes: [],
        reducer: reducer as never,
        eventStorageAdapter: ownAdapter(),
      }) as unknown as EventStore;

    const aggregate = newAggregateId();
    const query = { store: 'POKEMONS', aggregate };
    let explorer: RunningExplorer;
    beforeAll(async () => {
      await pokemons.pushEvent({
        aggregateId: aggregate,
        version: 1,
        type: 'POKEMON_APPEARED',
        payload: { name: 'Pikachu', level: 1 },
      });
      await pokemons.pushEvent({ aggregateId: aggregate, version: 2, type: 'POKEMON_LEVELED_UP', payload: { by: 4 } });
      await pokemons.pushEvent({ aggregateId: aggregate, version: 3, type: 'POKEMON_RELEASED' });
      explorer = await startExplorer({}, { config: { eventStores: [snapshotted] } });
    });
    afterAll(() => explorer.close());

    const startWith = (eventStore: EventStore) => startExplorer({}, { config: { eventStores: [eventStore] } });

    it('lists its event stores without asking anybody', async () => {
      expect(await explorer.view<Overview>('overview')).toEqual({
        data: expect.objectContaining({ eventStores: [{ eventStoreId: 'POKEMONS', tableName, isConfigured: true }] }),
        cost: { requests: 0, readUnits: 0 },
      });
    });

    it('shows what its adapter reads, decrypted, and nobody else', async () => {
      const { events } = await explorer.data<EventsPage>('events', query);
      expect(events[0]).toMatchObject({ encoding: ['encryption'], payload: { name: 'Pikachu', level: 1 } });

      const bare = await startExplorer({ table: tableName, endpointUrl: engine.endpoint });
      const store = layout === 'single-table' ? 'POKEMONS' : tableName;
      const seen = await bare.data<EventsPage>('events', { store, aggregate });
      expect(seen.events).toMatchObject([
        { version: 1, encoding: ['encryption'], problem: { code: 'UnreadableEventError' } },
        { version: 2, encoding: ['encryption'], problem: { code: 'UnreadableEventError' } },
        { version: 3 },
      ]);
      expect(JSON.stringify(seen)).not.toContain('Pikachu');
      await bare.close();
    });

    it('shows states by its reducer, from its snapshots, and takes none', async () => {
      const shown = await explorer.view<StateAtVersion>('state', { ...query, version: '3' });
      expect(shown).toMatchObject({
        data: {
          by: 'reducer',
          state: { name: 'Pikachu', level: 5, releasedAt: expect.stringMatching(/^20.*Z$/) },
          before: { level: 5 },
          difference: expect.arrayContaining([
            { path: ['version'], kind: 'changed', before: 2, after: 3 },
            expect.objectContaining({ path: ['history', '2'], kind: 'added' }),
            expect.objectContaining({ path: ['releasedAt'], kind: 'added' }),
          ]),
        },
      });
      expect((shown as { data: StateAtVersion }).data).not.toHaveProperty('snapshotVersion');
      expect(new Set(operations(requests))).toEqual(new Set(['Query']));
      requests.splice(0);

      await snapshotted.getAggregate(aggregate);
      await snapshotted.snapshots.settled();
      await pokemons.pushEvent({ aggregateId: aggregate, version: 4, type: 'POKEMON_LEVELED_UP', payload: { by: 1 } });
      requests.splice(0);
      const later = await explorer.data<StateAtVersion>('state', { ...query, version: '4' });
      expect(later).toMatchObject({ snapshotVersion: 3, state: { level: 6 }, before: { level: 5 } });
      expect(new Set(operations(requests))).toEqual(new Set(['Query']));
    });

    it('is not led astray by a reducer that changes states in place', async () => {
      const eventStore = odd((state: { count: number } | undefined) => {
        const counted = state ?? { count: 0 };
        counted.count += 1;
        return counted;
      });
      const id = newAggregateId();
      for (const version of [1, 2]) await eventStore.pushEvent({ aggregateId: id, version, type: 'A' });
      const running = await startWith(eventStore);
      expect(await running.data<StateAtVersion>('state', { store: 'ODD', aggregate: id, version: '2' })).toMatchObject({
        before: { count: 1 },
        state: { count: 2 },
        difference: [{ path: ['count'] }],
      });
      await running.close();
    });

    it('says what a reducer threw, and shows states of whatever kind', async () => {
      const id = newAggregateId();
      const circular: Record<string, unknown> = {
        map: new Map([['a', 1]]),
        run: () => 1,
        nothing: undefined,
        odd: Number.NaN,
        most: Number.NEGATIVE_INFINITY,
      };
      circular['self'] = circular;
      const eventStore = odd((_, { type }) => {
        if (type === 'BAD') throw new TypeError('x is not iterable');
        return circular;
      });
      await eventStore.pushEvent({ aggregateId: id, version: 1, type: 'A' });
      await eventStore.pushEvent({ aggregateId: id, version: 2, type: 'BAD' });
      const running = await startWith(eventStore);
      const place = { store: 'ODD', aggregate: id };
      expect(await running.view('state', { ...place, version: '2' })).toMatchObject({
        problem: {
          code: 'TypeError',
          message: expect.stringContaining('x is not iterable'),
          advice: expect.stringContaining('reducer'),
        },
        cost: { requests: 2 },
      });
      expect((await running.data<StateAtVersion>('state', { ...place, version: '1' })).state).toEqual({
        map: [['a', 1]],
        run: '[function]',
        odd: '[NaN]',
        most: '[-Infinity]',
        self: '[circular]',
      });
      await running.close();
    });

    it('has no difference if there is no event with the version', async () => {
      const gap = newAggregateId();
      for (const version of [1, 3]) {
        await pokemons.pushEvent({ aggregateId: gap, version, type: 'POKEMON_LEVELED_UP', payload: { by: version } });
      }
      for (const [version, level] of [
        ['2', 1],
        ['7', 4],
      ] as const) {
        const shown = await explorer.data('state', { ...query, aggregate: gap, version });
        expect(shown).toMatchObject({ hasEvent: false, difference: [], state: { level } });
      }
    });

    it('writes nothing, whatever the configuration does', async () => {
      const id = newAggregateId();
      await withoutSnapshots.pushEvent({ aggregateId: id, version: 1, type: 'POKEMON_RELEASED' });
      const meddling: Pokemons = Object.assign(newPokemons(ownAdapter()), {
        listAggregateIds: async () => {
          await newPokemons(meddling.getEventStorageAdapter()).pushEvent({
            aggregateId: id,
            version: 2,
            type: 'POKEMON_RELEASED',
          });
        },
      });
      const running = await startWith(meddling as never);
      // The client is watched from the first view on.
      await running.data('events', { store: 'POKEMONS', aggregate: id });
      expect(await running.view('aggregates', { store: 'POKEMONS' })).toMatchObject({
        problem: { code: 'ReadOnlyError', message: expect.stringContaining('PutItemCommand') },
      });
      expect((await withoutSnapshots.getEvents(id)).events).toHaveLength(1);
      await running.close();
    });
  },
  { engines: 'one' },
);
