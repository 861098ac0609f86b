import { DynamoDbSingleTableEventStorageAdapter } from '@castore-dynamodb/adapter';
import { describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';
import { startFaultProxy } from '@castore-dynamodb/testing/faultProxy';
import { newPokemons, newTrainers } from '@castore-dynamodb/testing/pokemons';

import type { AggregatesPage, Overview } from '../../src/explorer/api.js';
import { runCommand } from '../runCommand.js';
import { type RunningExplorer, startExplorer } from './startExplorer.js';

const SHARDS = 16;
const AGGREGATES = 60;

describeOnEveryLayout(
  'the explorer, over a table alone whose event stores have shards',
  ({ engine, tableNames: { events: tableName }, dynamoDbClient }) => {
    const newAdapter = (initialEventShards?: number) =>
      new DynamoDbSingleTableEventStorageAdapter({
        tableName,
        dynamoDbClient,
        ...(initialEventShards !== undefined && { initialEventShards }),
      });
    const pokemons = newPokemons(newAdapter(SHARDS));
    const push = (eventStore: typeof pokemons, aggregateId: string) =>
      eventStore.pushEvent({ aggregateId, version: 1, type: 'POKEMON_RELEASED' });

    let explorer: RunningExplorer;
    beforeAll(async () => {
      // From before there were shards.
      await push(newPokemons(newAdapter()), 'old');
      for (let at = 1; at < AGGREGATES; at++) await push(pokemons, `a${at}`);
      await newTrainers(newAdapter()).pushEvent({
        aggregateId: 'ash',
        version: 1,
        type: 'TRAINER_CREATED',
        payload: { name: 'Ash' },
      });
      explorer = await startExplorer({ table: tableName, endpointUrl: engine.endpoint });
    });
    afterAll(() => explorer.close());

    const idsOf = ({ aggregates }: AggregatesPage): string[] => aggregates.map(({ aggregateId }) => aggregateId);

    it('lists the aggregates of all shards, in order, also for whoever comes by a link', async () => {
      const first = await explorer.data<AggregatesPage>('aggregates', { store: 'POKEMONS', order: 'oldest' });
      expect(idsOf(first).slice(0, 3)).toEqual(['old', 'a1', 'a2']);
      expect(first.aggregates).toHaveLength(50);
      const { nextPageToken: page = '' } = first;
      const rest = await explorer.data<AggregatesPage>('aggregates', { store: 'POKEMONS', page });
      expect([...idsOf(first), ...idsOf(rest)]).toHaveLength(AGGREGATES);
      expect(first.gap).toBeUndefined();
    });

    it('shows each event store once', async () => {
      expect(await explorer.view<Overview>('overview')).toMatchObject({
        data: { eventStores: [{ eventStoreId: 'POKEMONS' }, { eventStoreId: 'TRAINERS' }], mayHaveMore: false },
        // A look at each key of the index, and one that finds no more, after a DescribeTable.
        cost: { requests: SHARDS + 4 },
      });
    });

    it('is what the command aggregates lists, too', async () => {
      const argv = ['aggregates', 'POKEMONS', '--table', tableName, '--all', '--json', '--endpoint-url'];
      const { lines } = await runCommand([...argv, engine.endpoint]);
      expect(lines).toHaveLength(AGGREGATES);
      await using proxy = await startFaultProxy(engine.endpoint);
      proxy.choose = ({ operation }) => (operation === 'Scan' ? 'access denied' : undefined);
      const denied = await runCommand([...argv, proxy.endpoint]);
      expect(denied.lines).toMatchObject([{ aggregateId: 'old' }]);
      expect(denied.stderr).toContain('Aggregates in shards are missing.');
    });

    it('lists what is in no shard if it may not look for shards', async () => {
      await using proxy = await startFaultProxy(engine.endpoint);
      proxy.choose = ({ operation }) => (operation === 'Scan' ? 'access denied' : undefined);
      const denied = await startExplorer({ table: tableName, endpointUrl: proxy.endpoint });
      expect(await denied.data('overview')).toMatchObject({
        eventStores: [],
        mayHaveMore: true,
        problem: { code: 'AccessDeniedException', advice: expect.stringContaining('open by their ids') },
      });
      const page = await denied.data<AggregatesPage>('aggregates', { store: 'POKEMONS' });
      expect(idsOf(page)).toEqual(['old']);
      expect(page.gap).toContain('Aggregates in shards are missing.');
      await denied.close();
    });

    it('shows any other failure to look for shards, and looks again', async () => {
      await using proxy = await startFaultProxy(engine.endpoint);
      proxy.choose = ({ operation }) => (operation === 'Scan' ? 'expired token' : undefined);
      const expired = await startExplorer({ table: tableName, endpointUrl: proxy.endpoint });
      expect(await expired.view('aggregates', { store: 'POKEMONS' })).toMatchObject({
        problem: { code: 'ExpiredTokenException' },
      });
      proxy.choose = () => undefined;
      expect(idsOf(await expired.data('aggregates', { store: 'POKEMONS' }))).toHaveLength(50);
      await expired.close();
    });

    it('says that aggregates may be missing if the index has more keys than are looked at', async () => {
      const adapter = newAdapter();
      const others = Array.from({ length: 25 }, (_, at) => `A${at}`);
      const event = { aggregateId: 'a', version: 1, type: 'HAPPENED', timestamp: '2026-01-01T00:00:00.000Z' };
      for (const eventStoreId of others) await adapter.pushEvent(event, { eventStoreId });
      const crowded = await startExplorer({ table: tableName, endpointUrl: engine.endpoint });
      const { gap } = await crowded.data<AggregatesPage>('aggregates', { store: 'POKEMONS' });
      expect(gap).toContain('Aggregates in shards may be missing.');
      await crowded.close();
    });
  },
  { layouts: ['single-table'], engines: 'one' },
);
