import { type AttributeValue, DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';

import {
  DynamoDbSnapshotStorage,
  everyNEvents,
  type SnapshotError,
  type SnapshotsOptions,
  withSnapshots,
} from '../src/index.js';
import { newAggregateId, newPokemons, type Pokemon, pokemonEvent, push, pushAndSettle } from './pokemons.js';
import { describeOnEveryTable } from './support.js';

type Item = Record<string, AttributeValue>;

describeOnEveryTable(
  'a stored snapshot that does not fit',
  ({ layout, tableName, dynamoDbClient, eventStore, requests }) => {
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const errors: SnapshotError[] = [];
    const open = (options: Partial<SnapshotsOptions<Pokemon>> = {}, store = eventStore) =>
      withSnapshots(store, {
        storage,
        reducerVersion: '1',
        policy: everyNEvents(5),
        onSnapshotError: error => void errors.push(error),
        ...options,
      } as SnapshotsOptions<Pokemon>);
    const versionOf = async (aggregateId: string, reducerVersion = '1', maxVersion?: number) =>
      (await storage.getSnapshot({ eventStoreId: 'POKEMONS', aggregateId, reducerVersion }, maxVersion))?.version;

    const itemsOf = async (aggregateId: string): Promise<Item[]> => {
      const { Items = [] } = await dynamoDbClient.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'aggregateId = :id',
          ExpressionAttributeValues: { ':id': { S: aggregateId } },
          ConsistentRead: true,
        }),
      );
      return Items;
    };
    const eventItems = (aggregateId: string) =>
      itemsOf(layout === 'single-table' ? `POKEMONS#${aggregateId}` : aggregateId);

    /** Seven events, of which a snapshot has five. */
    const withOneAt5 = async () => {
      const aggregateId = newAggregateId();
      const pokemons = open();
      await push(pokemons, aggregateId, 1, 7);
      await pokemons.snapshots.settled();
      await expect(versionOf(aggregateId)).resolves.toBe(5);
      const [item = {}] = await itemsOf(`#snapshots#POKEMONS#${aggregateId}`);
      return { aggregateId, item };
    };

    const expectReplay = async (pokemons: ReturnType<typeof open>, aggregateId: string, store = eventStore) => {
      const loaded = await pokemons.getAggregate(aggregateId);
      const { aggregate, lastEvent } = await store.getAggregate(aggregateId);
      expect(loaded.aggregate).toStrictEqual(aggregate);
      expect(loaded.lastEvent).toStrictEqual(lastEvent);
      await pokemons.snapshots.settled();
      return loaded;
    };

    beforeEach(() => void errors.splice(0));

    const deleteEvents = async (aggregateId: string, isOld: (version: number) => boolean) => {
      for (const item of await eventItems(aggregateId)) {
        if (!isOld(Number(item.version?.N))) continue;
        const { aggregateId: id, version } = item as { aggregateId: AttributeValue; version: AttributeValue };
        await dynamoDbClient.send(new DeleteItemCommand({ TableName: tableName, Key: { aggregateId: id, version } }));
      }
    };

    const without = (item: Item, name: string): Item => {
      const { [name]: _, ...rest } = item;
      return rest;
    };
    const changedState = ({ state, ...item }: Item, change: (bytes: Uint8Array) => Uint8Array): Item => ({
      ...item,
      state: { B: change(Uint8Array.from(state?.B ?? [])) },
    });

    it.each<[string, string, (item: Item) => Item]>([
      ['has changed bytes', 'unreadable', item => changedState(item, bytes => bytes.fill(7, 20, 21))],
      ['was cut off', 'unreadable', item => changedState(item, bytes => bytes.subarray(0, 12))],
      ['is packed in an unknown way', 'unreadable', item => changedState(item, bytes => bytes.fill(9, 0, 1))],
      ['has no state', 'unreadable', item => without(item, 'state')],
      ['has a text as its state', 'unreadable', item => ({ ...item, state: { S: 'pikachu' } })],
      ['has no version', 'not-asked-for', item => without(item, 'snapshotVersion')],
      ['has a version that is no number', 'not-asked-for', item => ({ ...item, snapshotVersion: { S: 'five' } })],
      ['has another reducer version', 'not-asked-for', item => ({ ...item, reducerVersion: { S: '2' } })],
      ['was made of another event', 'other-events', item => ({ ...item, lastEvent: { S: 'another' } })],
      ['says not of what it was made', 'other-events', item => without(item, 'lastEvent')],
    ])('since it %s, is reported, not used, and made again', async (_, reason, change) => {
      const { aggregateId, item } = await withOneAt5();
      await dynamoDbClient.send(new PutItemCommand({ TableName: tableName, Item: change(item) }));

      const { snapshot, events } = await expectReplay(open(), aggregateId);
      expect(snapshot).toBeUndefined();
      expect(events).toHaveLength(7);
      expect(errors.splice(0)).toMatchObject([{ code: 'SnapshotIgnoredError', reason, aggregateId }]);

      await expect(expectReplay(open(), aggregateId)).resolves.toMatchObject({ snapshot: { version: 7 } });
      expect(errors).toStrictEqual([]);
    });

    it('since it has another shape, is reported, not used, and made again', async () => {
      const { aggregateId } = await withOneAt5();
      const hasShape = (aggregate: unknown) => (aggregate as Pokemon).version !== 5;
      await expect(expectReplay(open({ hasShape }), aggregateId)).resolves.toMatchObject({ snapshot: undefined });
      expect(errors.splice(0)).toMatchObject([{ reason: 'wrong-shape', version: 5 }]);
      await expect(expectReplay(open({ hasShape }), aggregateId)).resolves.toMatchObject({ snapshot: { version: 7 } });
      expect(errors).toStrictEqual([]);
    });

    it('since the reducer has changed, is left to the old one, and the new one makes its own', async () => {
      const { aggregateId } = await withOneAt5();
      const changed = newPokemons(eventStore.getEventStorageAdapter());
      changed.reducer = (before, event) => ({ ...eventStore.reducer(before, event), name: `v2 ${event.version}` });
      changed.buildAggregate = (events, aggregate) => events.reduce(changed.reducer, aggregate as Pokemon);
      const newer = open({ reducerVersion: '2' }, changed);

      await expect(expectReplay(newer, aggregateId, changed)).resolves.toMatchObject({ snapshot: undefined });
      // Side by side, and back again.
      await expect(expectReplay(open(), aggregateId)).resolves.toMatchObject({ snapshot: { version: 5 } });
      await expect(expectReplay(newer, aggregateId, changed)).resolves.toMatchObject({ snapshot: { version: 7 } });
      await expect(expectReplay(open(), aggregateId)).resolves.toMatchObject({
        snapshot: { version: 5, reducerVersion: '1' },
      });
      expect(errors).toStrictEqual([]);
    });

    it('since its table was restored to an earlier time, is reported, not used, and deleted', async () => {
      const { aggregateId } = await withOneAt5();
      await push(open(), aggregateId, 8, 9);
      const pokemons = open();
      await push(pokemons, aggregateId, 10, 11);
      await pokemons.snapshots.settled();
      await expect(versionOf(aggregateId)).resolves.toBe(10);
      await deleteEvents(aggregateId, version => version >= 8);

      await expect(expectReplay(open({ policy: () => false }), aggregateId)).resolves.toMatchObject({
        aggregate: { version: 7 },
        snapshot: undefined,
      });
      expect(errors.splice(0)).toMatchObject([{ reason: 'ahead-of-events', version: 10 }]);
      await expect(versionOf(aggregateId)).resolves.toBe(5);
      await expect(expectReplay(open(), aggregateId)).resolves.toMatchObject({ snapshot: { version: 5 } });
      expect(errors).toStrictEqual([]);
    });

    it.each<[string, (aggregateId: string) => object]>([
      ['a version', () => ({ maxVersion: 3 })],
      ['a version of which there is no snapshot', () => ({ maxVersion: 2 })],
      ['an instant', aggregateId => ({ at: pokemonEvent(aggregateId, 3).timestamp })],
    ])('of the past is no reason to delete those of the present: %s', async (_, options) => {
      const aggregateId = newAggregateId();
      const pokemons = open({ policy: ({ trigger, version }) => trigger === 'push' && version >= 3 && version !== 6 });
      await pushAndSettle(pokemons, aggregateId, 1, 6);
      const present = await pokemons.getAggregate(aggregateId);
      expect(present.snapshot?.version).toBe(5);
      // As when old events are archived.
      await deleteEvents(aggregateId, version => version <= 3);

      await expect(pokemons.getAggregate(aggregateId, options(aggregateId))).resolves.toMatchObject({ events: [] });
      await pokemons.snapshots.settled();

      await expect(versionOf(aggregateId)).resolves.toBe(5);
      await expect(versionOf(aggregateId, '1', 4)).resolves.toBe(4);
      const { aggregate, snapshot } = await pokemons.getAggregate(aggregateId);
      expect([aggregate, snapshot?.version]).toStrictEqual([present.aggregate, 5]);
      errors.splice(0);
    });

    it('since somebody wrote over its event, is reported, not used, and made again', async () => {
      const { aggregateId } = await withOneAt5();
      const { timestamp } = pokemonEvent(aggregateId, 5);
      await eventStore.pushEvent({ aggregateId, version: 5, type: 'POKEMON_RELEASED', timestamp }, { force: true });
      await expect(expectReplay(open(), aggregateId)).resolves.toMatchObject({ snapshot: undefined });
      expect(errors.splice(0)).toMatchObject([{ reason: 'other-events', version: 5 }]);
      await expect(expectReplay(open(), aggregateId)).resolves.toMatchObject({ snapshot: { version: 7 } });
      expect(errors).toStrictEqual([]);
    });

    it('and a table of snapshots that is not there, fail neither push nor load', async () => {
      const aggregateId = newAggregateId();
      const pokemons = open({
        storage: new DynamoDbSnapshotStorage({ tableName: 'no-such-table', dynamoDbClient }),
        policy: everyNEvents(2),
      });
      await push(pokemons, aggregateId, 1, 2);
      await pokemons.snapshots.settled();
      await expectReplay(pokemons, aggregateId);
      expect(errors.length).toBeGreaterThan(0);
      for (const error of errors) {
        expect(error).toMatchObject({ code: 'SnapshotFailedError', cause: { name: 'ResourceNotFoundException' } });
      }
      const operations = errors.map(error => ('operation' in error ? error.operation : error.reason));
      expect(new Set(operations)).toStrictEqual(new Set(['read', 'write']));
      expect(requests.length).toBeGreaterThan(0);
    });
  },
);
