import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { EXACT_UNITS } from '@castore-dynamodb/testing/eventTables';

import { DynamoDbSnapshotStorage, everyNEvents, InMemorySnapshotStorage, withSnapshots } from '../src/index.js';
import { describeTransactional, withoutTimestamp } from './describeTransactional.js';
import { newAggregateId, newPokemons, pokemonEvent, push, rejection } from './pokemons.js';
import { costs } from './support.js';

describeTransactional(
  'snapshots in the transaction of their events',
  ({ dynamoDbClient, engine, eventStore, expectReplay, open, pushGroup, requests, tableName, versionOf }) => {
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

    it('are made of copies of the events: what a reducer does with these, the caller does not see', async () => {
      const changing = newPokemons(eventStore.getEventStorageAdapter());
      const { buildAggregate } = changing;
      changing.buildAggregate = (events, aggregate) => {
        const next = buildAggregate(events, aggregate);
        for (const event of events) if ('payload' in event) Object.assign(event.payload as object, { name: 'Raichu' });
        return next;
      };
      const pokemons = withSnapshots(changing, {
        storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
        transactional: true,
        reducerVersion: '1',
        policy: everyNEvents(1),
      });
      const aggregateId = newAggregateId();
      const { event } = await pokemons.pushEvent(withoutTimestamp(pokemonEvent(aggregateId, 1)));
      expect((await eventStore.getEvents(aggregateId)).events).toStrictEqual([event]);
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
      const winner = await eventStore.pushEvent({ ...pokemonEvent(aggregateId, 3), type: 'POKEMON_RELEASED' } as never);

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
  { engines: EXACT_UNITS },
);

describe('transactional snapshots', () => {
  const eventStore = newPokemons(new InMemoryEventStorageAdapter());

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
