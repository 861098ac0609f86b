import { randomBytes } from 'node:crypto';

import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { EventStore, type GroupedEvent } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { putAlongside } from '@castore-dynamodb/adapter';

import {
  DynamoDbSnapshotStorage,
  everyNEvents,
  InMemorySnapshotStorage,
  type SnapshotError,
  type SnapshotPolicy,
  type SnapshotRetention,
  withSnapshots,
} from '../src/index.js';
import { createPokemons, newAggregateId, type PokemonEvent, pokemonEvent, push, rejection } from './pokemons.js';
import { costs, describeOnEveryTable } from './support.js';

const withoutTimestamp = (event: PokemonEvent) => {
  const { timestamp: __, ...rest } = event;
  return rest;
};

describeOnEveryTable(
  'snapshots in the transaction of their events',
  ({ engine, tableName, dynamoDbClient, eventStore, requests }) => {
    const errors: SnapshotError[] = [];
    const open = (policy: SnapshotPolicy, retention?: SnapshotRetention) =>
      withSnapshots(eventStore, {
        storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient, ...(retention && { retention }) }),
        transactional: true,
        reducerVersion: '1',
        policy,
        onSnapshotError: error => void errors.push(error),
      });
    const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
    const versionOf = async (aggregateId: string, maxVersion?: number) => {
      const series = { eventStoreId: 'POKEMONS', aggregateId, reducerVersion: '1' };
      return (await storage.getSnapshot(series, maxVersion))?.version;
    };
    const pushGroup = (...group: GroupedEvent[]) => EventStore.pushEventGroup({}, ...(group as [GroupedEvent]));

    /** From what is stored, at every version. */
    const expectReplay = async (pokemons: ReturnType<typeof open>, aggregateId: string, lastVersion: number) => {
      for (let maxVersion = 1; maxVersion <= lastVersion; maxVersion++) {
        const { aggregate } = await pokemons.getAggregate(aggregateId, { maxVersion });
        expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId, { maxVersion })).aggregate);
      }
    };

    beforeEach(() => void errors.splice(0));
    afterEach(() => expect(errors).toStrictEqual([]));

    it('are there when the push is done, and cost a load and the price of a transaction', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(3)), newAggregateId()];
      await push(pokemons, aggregateId, 1, 2);
      expect(costs(requests.splice(0))).toStrictEqual(['PutItem 2', 'PutItem 1']);

      await push(pokemons, aggregateId, 3, 3);
      expect(requests.map(({ operation }) => operation)).toStrictEqual(['Query', 'Query', 'TransactWriteItems']);
      // Two for the event, two for the snapshot. DynamoDB Local counts transactions otherwise.
      if (engine.engine === 'dynoxide') expect(requests[2]?.units).toBe(4);
      await expect(versionOf(aggregateId)).resolves.toBe(3);
      await push(pokemons, aggregateId, 4, 7);
      await expect(versionOf(aggregateId)).resolves.toBe(6);
      await expectReplay(pokemons, aggregateId, 7);
    });

    it('need no load for a first event', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(1)), newAggregateId()];
      const { nextAggregate } = await pokemons.pushEvent(withoutTimestamp(pokemonEvent(aggregateId, 1)));
      expect(requests.map(({ operation }) => operation)).toStrictEqual(['TransactWriteItems']);
      const { aggregate, snapshot } = await pokemons.getAggregate(aggregateId);
      expect(snapshot?.version).toBe(1);
      expect(aggregate).toStrictEqual(nextAggregate);
    });

    it('are of the last event that is due in a group that straddles the boundary', async () => {
      const [pokemons, aggregateId, other] = [open(everyNEvents(2)), newAggregateId(), newAggregateId()];
      await push(pokemons, aggregateId, 1, 3);
      const pushed: string[] = [];
      pokemons.onEventPushed = async ({ event }) => void pushed.push(`${event.aggregateId} ${event.version}`);
      requests.splice(0);

      await pushGroup(
        ...[7, 4, 6, 5].map(version => pokemons.groupEvent(withoutTimestamp(pokemonEvent(aggregateId, version)))),
        pokemons.groupEvent(withoutTimestamp(pokemonEvent(other, 1))),
      );
      pokemons.onEventPushed = async () => undefined;

      const transaction = requests.find(({ operation }) => operation === 'TransactWriteItems');
      expect(transaction?.input.TransactItems).toHaveLength(6);
      expect(pushed).toHaveLength(5);
      await expect(versionOf(aggregateId)).resolves.toBe(6);
      await expect(versionOf(aggregateId, 5)).resolves.toBe(2);
      await expectReplay(pokemons, aggregateId, 7);
    });

    it('are not written if another writer was first, and the error is the conflict', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(3)), newAggregateId()];
      await push(pokemons, aggregateId, 1, 2);
      const winner = await eventStore.pushEvent({ ...pokemonEvent(aggregateId, 3), type: 'CAUGHT' } as never);

      const error = await rejection(pokemons.pushEvent(pokemonEvent(aggregateId, 3)));

      expect(error).toMatchObject({ code: 'EventAlreadyExistsError', version: 3, winningEvent: winner.event });
      await expect(versionOf(aggregateId)).resolves.toBeUndefined();
      await expectReplay(pokemons, aggregateId, 3);
    });

    it('are as many as there are events if that is wanted', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(1), { newest: 1 }), newAggregateId()];
      await push(pokemons, aggregateId, 1, 5);
      await pokemons.snapshots.settled();
      await expect(versionOf(aggregateId)).resolves.toBe(5);
      await expect(versionOf(aggregateId, 4)).resolves.toBeUndefined();
      await expectReplay(pokemons, aggregateId, 5);
    });

    it('whose retention fails are there, and that is reported', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(1), { newest: 1 }), newAggregateId()];
      await push(pokemons, aggregateId, 1, 1);
      await pokemons.snapshots.settled();
      const failure = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
      dynamoDbClient.middlewareStack.add(
        (next, { commandName }) =>
          args => {
            if (commandName === 'DeleteItemCommand') throw failure;
            return next(args);
          },
        { step: 'initialize', name: 'denied' },
      );
      await push(pokemons, aggregateId, 2, 2);
      await pokemons.snapshots.settled();
      dynamoDbClient.middlewareStack.remove('denied');
      expect(errors.splice(0)).toMatchObject([{ operation: 'delete', aggregateId, cause: failure }]);
      await expect(versionOf(aggregateId)).resolves.toBe(2);
    });

    it('count towards the 4 MB of a group too, before a request', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(11)), newAggregateId()];
      const event = (version: number) => ({
        ...withoutTimestamp(pokemonEvent(aggregateId, version)),
        type: 'APPEARED',
        // The events alone would fit.
        payload: { name: randomBytes(138_000).toString('hex'), level: 1 },
      });
      const group = (count: number) =>
        Array.from({ length: count }, (_, index) => pokemons.groupEvent(event(index + 1) as never));
      requests.splice(0);
      const error = await rejection(pushGroup(...group(15)));
      expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-large' });
      expect((error as Error).message).toContain('put alongside');
      expect(requests).toHaveLength(0);
      await expect(pushGroup(...group(10))).resolves.toMatchObject({ eventGroup: { length: 10 } });
    });

    it('count towards the limit of a group', async () => {
      const [pokemons, aggregateId, other] = [open(everyNEvents(50)), newAggregateId(), newAggregateId()];
      const group = (id: string, count: number) =>
        Array.from({ length: count }, (_, index) => pokemons.groupEvent(withoutTimestamp(pokemonEvent(id, index + 1))));
      await pushGroup(...group(aggregateId, 99));
      await expect(versionOf(aggregateId)).resolves.toBe(50);
      await expect(pushGroup(...group(other, 100))).rejects.toMatchObject({
        code: 'InvalidEventGroupError',
        reason: 'too-many-events',
      });
    });

    it('go with other items in the same transaction', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(1)), newAggregateId()];
      const grouped = pokemons.groupEvent(withoutTimestamp(pokemonEvent(aggregateId, 1)));
      const Item = { aggregateId: { S: `#unique#${aggregateId}` }, version: { N: '1' } };
      putAlongside(grouped, async () => [{ TableName: tableName, Item }]);
      await pushGroup(grouped);
      expect(requests[0]?.input.TransactItems).toHaveLength(3);
    });

    it('that cannot be made leave the events alone', async () => {
      const aggregateId = newAggregateId();
      const pokemons = withSnapshots(eventStore, {
        storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
        transactional: true,
        reducerVersion: '1',
        policy: everyNEvents(1),
        onSnapshotError: error => void errors.push(error),
        serialize: () => () => 'a function',
        deserialize: () => undefined as never,
      });
      await push(pokemons, aggregateId, 1, 1);
      expect(errors.splice(0)).toMatchObject([{ operation: 'write', cause: { code: 'UnstorableStateError' } }]);
      expect(requests.map(({ operation }) => operation)).toStrictEqual(['PutItem']);
    });

    it.each<[string, (failing: DynamoDbSnapshotStorage) => object]>([
      [
        'a policy that throws',
        () => ({
          policy: () => {
            throw null;
          },
        }),
      ],
      [
        'a storage that throws null',
        failing => ({ storage: Object.assign(failing, { toPut: () => Promise.reject(null) }) }),
      ],
      [
        'a storage that has nothing to put',
        failing => ({ storage: Object.assign(failing, { toPut: async () => undefined }) }),
      ],
      [
        'a retention that throws',
        failing => ({
          storage: Object.assign(failing, { applyRetention: () => Promise.reject({ message: { code: 1 } }) }),
        }),
      ],
    ])('never fail a push: %s', async (_, wrong) => {
      const aggregateId = newAggregateId();
      const pokemons = withSnapshots(eventStore, {
        storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
        transactional: true,
        reducerVersion: '1',
        policy: everyNEvents(1),
        onSnapshotError: error => void errors.push(error),
        ...wrong(new DynamoDbSnapshotStorage({ tableName, dynamoDbClient })),
      });
      await push(pokemons, aggregateId, 1, 1);
      await pokemons.snapshots.settled();
      await expect(eventStore.getEvents(aggregateId)).resolves.toMatchObject({ events: { length: 1 } });
      expect(errors.splice(0).length).toBeGreaterThan(0);
    });

    it('are not made if the version before is missing', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(3)), newAggregateId()];
      await push(pokemons, aggregateId, 1, 1);
      await push(pokemons, aggregateId, 3, 3);
      expect(errors.splice(0)).toMatchObject([{ cause: { code: 'IncompleteHistoryError', version: 2 } }]);
      await expect(versionOf(aggregateId)).resolves.toBeUndefined();
    });

    it('are written once if a transaction in the way lets the push try again', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(1)), newAggregateId()];
      let refusals = 1;
      dynamoDbClient.middlewareStack.add(
        (next, { commandName }) =>
          async args => {
            if (!commandName?.startsWith('TransactWriteItems') && !commandName?.includes('Group')) return next(args);
            if (refusals-- <= 0) return next(args);
            const CancellationReasons = [{ Code: 'None' }, { Code: 'TransactionConflict' }];
            throw Object.assign(new Error('in the way'), { name: 'TransactionCanceledException', CancellationReasons });
          },
        { step: 'finalizeRequest', name: 'inTheWay' },
      );
      await push(pokemons, aggregateId, 1, 1).finally(() => dynamoDbClient.middlewareStack.remove('inTheWay'));
      expect(refusals).toBeLessThan(0);
      await expect(versionOf(aggregateId)).resolves.toBe(1);
    });

    it('that need repair are taken by a load', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(3)), newAggregateId()];
      await push(eventStore, aggregateId, 1, 4);
      await pokemons.getAggregate(aggregateId);
      await pokemons.snapshots.settled();
      await expect(versionOf(aggregateId)).resolves.toBe(4);
    });

    it('are one with their events: whoever sees the one sees the other', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(1)), newAggregateId()];
      const seen: (readonly [number, number])[] = [];
      let isDone = false;
      const watching = (async () => {
        while (!isDone) {
          const snapshot = await versionOf(aggregateId);
          const { events } = await eventStore.getEvents(aggregateId);
          seen.push([snapshot ?? 0, events.length]);
        }
      })();
      await push(pokemons, aggregateId, 1, 20);
      isDone = true;
      await watching;
      // The snapshot was read first, so there may be more events by then, and never fewer.
      expect(seen.filter(([snapshot, events]) => snapshot > events)).toStrictEqual([]);
      expect(seen.length).toBeGreaterThan(0);
    });
  },
);

describe('transactional snapshots', () => {
  const eventStore = createPokemons(new InMemoryEventStorageAdapter());

  it('need a storage that can', () => {
    const storage = new InMemorySnapshotStorage();
    // @ts-expect-error it writes into memory
    expect(() => withSnapshots(eventStore, { storage, transactional: true, reducerVersion: '1' })).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument: 'options.storage' }),
    );
  });

  it('need an adapter that can', async () => {
    const dynamoDbClient = { send: () => Promise.reject(new TransactWriteItemsCommand({ TransactItems: [] })) };
    const storage = new DynamoDbSnapshotStorage({ tableName: 'events', dynamoDbClient: dynamoDbClient as never });
    const pokemons = withSnapshots(eventStore, { storage, transactional: true, reducerVersion: '1' });
    await expect(pokemons.pushEvent(pokemonEvent('pikachu', 1))).rejects.toMatchObject({
      code: 'InvalidEventGroupError',
      reason: 'foreign-adapter',
    });
  });
});
