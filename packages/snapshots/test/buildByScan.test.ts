import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { defineTransformation, itemSize } from '@castore-dynamodb/adapter';
import { describeOnEveryLayout, newAdapter } from '@castore-dynamodb/testing/eventTables';

import {
  type BuildOptions,
  type BuildProgress,
  DynamoDbSnapshotStorage,
  everyNEvents,
  type SnapshotError,
  type SnapshotPolicy,
  whenLoadCosts,
  withSnapshots,
} from '../src/index.js';
import { all } from './inMemory.js';
import { newPokemons, pokemonEvent, push } from './pokemons.js';

const HOSTILE_IDS = ['__proto__', '#', 'a#b', '%', 'constructor', ' ', '#snapshots#POKEMONS#x', 'é日😀'];

/** How many events each aggregate has. */
const LENGTHS: Readonly<Record<string, number>> = {
  ...Object.fromEntries([1, 2, 4, 5, 6, 12, 40].map(length => [`pikachu-${length}`, length])),
  ...Object.fromEntries(HOSTILE_IDS.map((id, index) => [id, 2 + (index % 5)])),
  // A computed name, as a member of this name in braces would be the prototype.
  ['__proto__']: 5,
};

let lastVersion = 0;

describeOnEveryLayout(
  'build by Scans',
  ({ layout, dynamoDbClient, tableNames: { events: tableName }, requests }) => {
    const eventStore = newPokemons(newAdapter(layout, { tableName, dynamoDbClient }));
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const errors: SnapshotError[] = [];
    const open = (policy: SnapshotPolicy, of = eventStore, reducerVersion = `${++lastVersion}`) => ({
      reducerVersion,
      ...withSnapshots(of, { storage, reducerVersion, policy, onSnapshotError: error => void errors.push(error) }),
    });
    /** The snapshots of a reducer version: `pikachu-5 5`. */
    const stored = async (wanted: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const { Items = [] } of paginateScan({ client: dynamoDbClient }, { TableName: tableName })) {
        for (const { aggregateId, snapshotVersion, reducerVersion } of Items) {
          if (reducerVersion?.S === wanted) found.push(`${aggregateId?.S} ${snapshotVersion?.N}`);
        }
      }
      return found.toSorted();
    };
    const build = async (policy: SnapshotPolicy, options: BuildOptions, of = eventStore) => {
      const { snapshots, reducerVersion } = open(policy, of);
      requests.splice(0);
      const progress = (await all(snapshots.build(options))).at(-1) as BuildProgress;
      const sent = requests.splice(0);
      return { progress, sent, stored: await stored(reducerVersion) };
    };

    beforeAll(async () => {
      await Promise.all(Object.entries(LENGTHS).map(([id, length]) => push(eventStore, id, 1, length)));
      if (layout !== 'single-table') return;
      for (const other of ['POKEMON', 'POKEMONS2']) {
        await push(newPokemons(eventStore.getEventStorageAdapter(), other), 'pikachu-5', 1, 12);
      }
    });
    afterEach(() => {
      dynamoDbClient.middlewareStack.remove('cut');
      expect(errors.splice(0)).toStrictEqual([]);
    });

    it.each<[string, SnapshotPolicy]>([
      ['everyNEvents(1)', everyNEvents(1)],
      ['everyNEvents(5)', everyNEvents(5)],
      ['everyNEvents(41)', everyNEvents(41)],
      ['whenLoadCosts', whenLoadCosts({ readUnits: 0.5 })],
      ['whenLoadCosts more', whenLoadCosts({ readUnits: 1 })],
      ['that looks at pushes', ({ trigger, version }) => trigger === 'push' && version === 4],
      ['that looks at loads', ({ trigger, version }) => trigger === 'load' && version === 4],
      ['of a short tail', Object.assign(({ version }: { version: number }) => version === 12, { tail: { events: 3 } })],
      ['that wants none', () => false],
    ])('writes and counts what a build of all listed aggregates does: %s', async (_, policy) => {
      const listed = await build(policy, {});
      const scanned = await build(policy, { scan: true });
      expect(scanned.progress).toStrictEqual({ ...listed.progress, pageToken: undefined });
      expect(scanned.progress.aggregates).toBe(Object.keys(LENGTHS).length);
      expect(scanned.stored).toStrictEqual(listed.stored);
    });

    it('costs a request for each segment, and none for an aggregate that is too short', async () => {
      const { progress, sent } = await build(everyNEvents(12), { scan: true });
      expect(progress).toMatchObject({ snapshots: 2, leftOut: Object.keys(LENGTHS).length - 2, failures: 0 });
      const scans = sent.filter(({ operation }) => operation === 'Scan');
      expect(scans).toHaveLength(4);
      expect(scans.every(({ input }) => input['ConsistentRead'] === true)).toBe(true);
      // No payloads are sent, but for policies that ask what they cost.
      const attributes = scans.map(({ input }) => Object.values(input['ExpressionAttributeNames'] as object));
      expect(attributes.flat()).not.toContain('payload');
      expect(attributes[0]).toContain('version');
      // Each with its last events, its newest snapshot and, if they are longer than that, the events before.
      const others = sent.filter(({ operation }) => operation !== 'Scan').map(({ operation }) => operation);
      expect(others.toSorted()).toStrictEqual(['PutItem', 'PutItem', 'Query', 'Query', 'Query', 'Query', 'Query']);
      expect(sent.some(({ input }) => input['IndexName'] !== undefined)).toBe(false);
    });

    it('asks for no aggregate if a policy goes by what loads cost, and the events tell that', async () => {
      const { progress, sent } = await build(whenLoadCosts({ readUnits: 100 }), { scan: true });
      expect(progress).toMatchObject({ snapshots: 0, leftOut: Object.keys(LENGTHS).length });
      // The first page of each segment comes again, with what the events hold.
      expect(new Set(sent.map(({ operation }) => operation))).toStrictEqual(new Set(['Scan']));
      expect(sent.length).toBeGreaterThan(4);
      expect(sent.length).toBeLessThanOrEqual(8);
    });

    /** Scans have so many items a page. */
    const cutPages = (client: DynamoDBClient, limit: number) =>
      client.middlewareStack.add(
        (next, { commandName }) =>
          args =>
            next(/Scan/.test(commandName ?? '') ? { ...args, input: { ...args.input, Limit: limit } } : args),
        { step: 'initialize', name: 'cut', priority: 'high' },
      );

    it.each([2, 7])('counts no aggregate twice, and misses none, if a page has %p items', async limit => {
      const listed = await build(everyNEvents(5), {});
      cutPages(dynamoDbClient, limit);
      const { progress, stored: found, sent } = await build(everyNEvents(5), { scan: true });
      expect(progress).toStrictEqual({ ...listed.progress, pageToken: undefined });
      expect(found).toStrictEqual(listed.stored);
      expect(sent.filter(({ operation }) => operation === 'Scan').length).toBeGreaterThan(8);
    });

    it.each([3])('goes on from any progress, if a page has %p items', async limit => {
      const listed = await build(everyNEvents(5), {});
      cutPages(dynamoDbClient, limit);
      const { reducerVersion } = open(everyNEvents(5));
      const sum = { aggregates: 0, snapshots: 0, leftOut: 0, failures: 0 };
      let pageToken: string | undefined;
      do {
        // Another process each time, which ends after a page.
        const building = open(everyNEvents(5), eventStore, reducerVersion).snapshots.build({ scan: true, pageToken });
        const { value } = (await building.next()) as { value: BuildProgress };
        await building.return();
        for (const count of Object.keys(sum) as (keyof typeof sum)[]) sum[count] += value[count];
        ({ pageToken } = value);
      } while (pageToken !== undefined);
      const { pageToken: _, ...counts } = listed.progress;
      expect(sum).toStrictEqual(counts);
      await expect(stored(reducerVersion)).resolves.toStrictEqual(listed.stored);
    });

    it('refuses what is no token of its own, before a request', async () => {
      cutPages(dynamoDbClient, 1);
      const { snapshots } = open(everyNEvents(5));
      const tokenOf = async (options: BuildOptions, of = snapshots) => {
        const { value } = (await of.build(options).next()) as { value: BuildProgress };
        return value.pageToken as string;
      };
      const token = await tokenOf({ scan: true });
      const { nextPageToken: listToken } = await eventStore.listAggregateIds({ limit: 1 });
      const others = open(everyNEvents(5), newPokemons(eventStore.getEventStorageAdapter(), 'OTHERS')).snapshots;
      const altered = [token.slice(0, -7), `${token}A`.slice(0, 20), 'scan:', 'scan:W10', '', 42];
      requests.splice(0);
      const refused = { code: 'InvalidArgumentError', argument: 'options.pageToken' };
      for (const pageToken of [listToken, ...altered]) {
        const building = all(snapshots.build({ scan: true, pageToken: pageToken as string }));
        await expect(building).rejects.toMatchObject(refused);
      }
      await expect(all(others.build({ scan: true, pageToken: token }))).rejects.toMatchObject(refused);
      await expect(all(snapshots.build({ pageToken: token }))).rejects.toMatchObject(refused);
      await expect(all(snapshots.deleteOutdated({ pageToken: token }))).rejects.toMatchObject(refused);
      expect(requests).toStrictEqual([]);
    });

    it('sees an event that was pushed a moment ago', async () => {
      const { snapshots } = open(everyNEvents(13));
      await eventStore.pushEvent(pokemonEvent('pikachu-12', 13));
      await expect(all(snapshots.build({ scan: true }))).resolves.toMatchObject([{ snapshots: 2 }]);
    });
  },
  { inTurns: true },
);

describeOnEveryLayout(
  'build by Scans of many short aggregates',
  ({ layout, dynamoDbClient, tableNames: { events: tableName }, requests }) => {
    const COUNT = 60;
    const errors: SnapshotError[] = [];
    afterEach(() => expect(errors).toStrictEqual([]));
    const wrapped = defineTransformation({
      name: 'wrapped',
      encode: async ({ payload }) => ({ payload: { payload } }),
      decode: async ({ payload }) => ({ payload: (payload as { payload: unknown }).payload }),
    });
    const snapshotsOf = (policy: SnapshotPolicy, transformations = [wrapped]) => {
      const pokemons = newPokemons(newAdapter(layout, { tableName, dynamoDbClient, transformations }));
      const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
      const onSnapshotError = (error: SnapshotError) => void errors.push(error);
      return withSnapshots(pokemons, { storage, reducerVersion: '1', policy, onSnapshotError });
    };
    const itemSizes = async (): Promise<number> => {
      let size = 0;
      for await (const { Items = [] } of paginateScan({ client: dynamoDbClient }, { TableName: tableName })) {
        size += Items.reduce((sum, item) => sum + itemSize(item), 0);
      }
      return size;
    };

    beforeAll(async () => {
      const store = snapshotsOf(() => false);
      await Promise.all(Array.from({ length: COUNT }, (_, index) => push(store, `pikachu-${index}`, 1, 2)));
    });

    it('costs what a Scan of the table does, a read unit for each 4 KB, and needs nothing that decrypts', async () => {
      const size = await itemSizes();
      requests.splice(0);
      const { snapshots } = snapshotsOf(everyNEvents(3), []);
      await expect(all(snapshots.build({ scan: true }))).resolves.toStrictEqual([
        { aggregates: COUNT, snapshots: 0, failures: 0, leftOut: COUNT, pageToken: undefined },
      ]);
      expect(requests.map(({ operation }) => operation)).toStrictEqual(['Scan', 'Scan', 'Scan', 'Scan']);
      const units = requests.reduce((sum, { units: ofOne = 0 }) => sum + ofOne, 0);
      expect(units).toBeGreaterThanOrEqual(Math.ceil(size / 4096));
      // Each segment is rounded up.
      expect(units).toBeLessThan(size / 4096 + 4 + 1);
    });

    it('leaves to a load what only events tell that a transformation has changed', async () => {
      const { snapshots } = snapshotsOf(whenLoadCosts({ readUnits: 1 }));
      await expect(all(snapshots.build({ scan: true }))).resolves.toMatchObject([
        { aggregates: COUNT, snapshots: 0, failures: 0, leftOut: COUNT },
      ]);
      expect(requests.filter(({ operation }) => operation === 'Query')).toHaveLength(COUNT);
    });

    it('asks a policy again that fails, and counts its failures', async () => {
      const failing: SnapshotPolicy = ({ aggregateId, version }) => {
        if (aggregateId === 'pikachu-7') throw new Error('no policy');
        return aggregateId === 'pikachu-8' && version === 2;
      };
      const { snapshots } = snapshotsOf(failing);
      await expect(all(snapshots.build({ scan: true }))).resolves.toMatchObject([
        { aggregates: COUNT, snapshots: 1, failures: 1, leftOut: COUNT - 2 },
      ]);
      expect(errors.splice(0)).toMatchObject([{ aggregateId: 'pikachu-7', operation: 'write' }]);
    });
  },
);
