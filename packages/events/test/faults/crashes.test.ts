import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSnapshotStorage, withSnapshots } from '@castore-dynamodb/snapshots';
import { describeOnEveryLayout, newAggregateId } from '@castore-dynamodb/testing/eventTables';
import { PRESET_TIMEOUT_MS, preset } from '@castore-dynamodb/testing/preset';

import { deleteAggregate, deleteEventStore, eraseAggregate, redactEvent, redactionsOf } from '../../src/index.js';
import { caught, eventsOf, itemsIn, push, type Store, storeOf } from '../stored/support.js';

const EVENTS = preset({ quick: 2, soak: 120 });

/** A process that ends: at its nth request, before DynamoDB has it or after it was carried out. */
const dieAt = (client: DynamoDBClient, request: number, when: 'before' | 'after') => {
  let sent = 0;
  const underWay = new Set<Promise<unknown>>();
  client.middlewareStack.add(
    next => async args => {
      sent += 1;
      if (sent > request || (sent === request && when === 'before')) throw new Error('Killed.');
      const sending = next(args);
      underWay.add(sending);
      const result = await sending;
      if (sent >= request) throw new Error('Killed.');
      return result;
    },
    { step: 'initialize', name: 'dieAt' },
  );
  return { client, settled: () => Promise.allSettled(underWay) };
};

describeOnEveryLayout(
  'A process that ends in the middle',
  tables => {
    const { engine, dynamoDbClient } = tables;
    const tableName = tables.tableNames.events;
    const healthy = storeOf(tables);
    let isBuilding = false;
    const withThem = (eventStore: Store, client: DynamoDBClient) =>
      withSnapshots(eventStore, {
        storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient: client }),
        reducerVersion: '1',
        policy: () => isBuilding,
      });
    const snapshotting = withThem(healthy, dynamoDbClient);
    const buildAll = async (): Promise<void> => {
      isBuilding = true;
      for await (const _progress of snapshotting.snapshots.build());
      isBuilding = false;
    };
    const namesOf = async (aggregateId: string) => (await snapshotting.getAggregate(aggregateId)).aggregate?.names;
    const ash = Array.from({ length: EVENTS }, (_, index) => `Ash ${index + 1}`);

    const works = {
      redactEvent: {
        run: (eventStore: Store, aggregateId: string) =>
          redactEvent(eventStore, {
            aggregateId,
            version: 1,
            reason: 'Article 17',
            redact: ({ payload, metadata }) => ({ payload: { ...payload, name: 'someone' }, metadata }),
          }),
        // Whenever it ended: the aggregate is what its events say, and they are from before or after.
        isRight: (names: (string | undefined)[]) => ['Ash 1', 'someone'].includes(names[0] ?? ''),
        end: ['someone', ...ash.slice(1)],
      },
      eraseAggregate: {
        run: (eventStore: Store, aggregateId: string) =>
          eraseAggregate(eventStore, aggregateId, { reason: 'Article 17' }),
        isRight: (names: (string | undefined)[]) =>
          names.every((name, index) => name === undefined || name === ash[index]),
        end: ash.map(() => undefined),
      },
      deleteAggregate: {
        run: (eventStore: Store, aggregateId: string) => deleteAggregate(eventStore, aggregateId),
        isRight: (names: (string | undefined)[]) => names.every((name, index) => name === ash[index]),
        end: undefined,
      },
    };

    it.each(Object.entries(works))(
      'leaves nothing wrong, and %s called again does the rest',
      async (name, work) => {
        const other = newAggregateId();
        await push(healthy, other, 2);
        for (let request = 1, isDone = false; !isDone; request++) {
          for (const when of ['before', 'after'] as const) {
            const aggregateId = newAggregateId();
            await push(healthy, aggregateId, EVENTS);
            await buildAll();
            expect((await snapshotting.getAggregate(aggregateId)).snapshot).toBeDefined();
            const { client, settled } = dieAt(engine.client(), request, when);
            const dying = withThem(storeOf(tables, { client }), client) as never as Store;
            isDone = await work.run(dying, aggregateId).then(
              () => true,
              () => false,
            );
            await settled();

            const events = await eventsOf(healthy, aggregateId);
            const names = events.map(({ payload }) => (payload as { name?: string } | undefined)?.name);
            expect(work.isRight(names)).toBe(true);
            expect((await namesOf(aggregateId)) ?? []).toEqual(names);
            await work.run(snapshotting, aggregateId);
            expect(await namesOf(aggregateId)).toEqual(work.end);
            const redacted = await redactionsOf(healthy, aggregateId);
            expect(redacted.every(({ redactions }) => redactions.length === 1)).toBe(true);
            expect(redacted).toHaveLength({ redactEvent: 1, eraseAggregate: EVENTS }[name] ?? 0);
            await deleteAggregate(snapshotting as never as Store, aggregateId);
          }
        }
        await expect(eventsOf(healthy, other)).resolves.toStrictEqual([caught(other, 1), caught(other, 2)]);
        await deleteAggregate(snapshotting as never as Store, other);
      },
      PRESET_TIMEOUT_MS,
    );

    it(
      'leaves what deleteEventStore removes when it is called again',
      async () => {
        for (let request = 1, isDone = false; !isDone; request += 3) {
          for (const aggregateId of ['one', 'other']) await push(healthy, aggregateId, 2);
          await push(healthy, 'headless', 3, 3);
          await buildAll();
          const { client, settled } = dieAt(engine.client(), request, 'after');
          const dying = storeOf(tables, { client });
          isDone = await (async () => {
            try {
              for await (const _progress of deleteEventStore(dying, { confirm: 'POKEMONS' }));
              return true;
            } catch {
              return false;
            }
          })();
          await settled();
          for await (const _progress of deleteEventStore(healthy, { confirm: 'POKEMONS' }));
          await expect(itemsIn(dynamoDbClient, tableName)).resolves.toEqual([]);
        }
      },
      PRESET_TIMEOUT_MS,
    );
  },
  // Where items lie makes no difference to this.
  { layouts: preset({ quick: ['single-table'], soak: undefined }) },
);
