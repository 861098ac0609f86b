import { EventStore, type GroupedEvent } from '@castore/core';

import {
  DynamoDbSnapshotStorage,
  everyNEvents,
  type SnapshotError,
  type SnapshotPolicy,
  type SnapshotRetention,
  withSnapshots,
} from '../src/index.js';
import { newAggregateId, type PokemonEvent, pokemonEvent, push, rejection } from './pokemons.js';
import { describeOnEveryTable } from './support.js';

const withoutTimestamp = (event: PokemonEvent) => {
  const { timestamp: __, ...rest } = event;
  return rest;
};

describeOnEveryTable(
  'a group with force, and snapshots in the transaction of their events,',
  ({ tableName, dynamoDbClient, eventStore }) => {
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

    /** From what is stored, at every version. */
    const expectReplay = async (pokemons: ReturnType<typeof open>, aggregateId: string, lastVersion: number) => {
      for (let maxVersion = 1; maxVersion <= lastVersion; maxVersion++) {
        const { aggregate } = await pokemons.getAggregate(aggregateId, { maxVersion });
        expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId, { maxVersion })).aggregate);
      }
    };

    beforeEach(() => void errors.splice(0));
    afterEach(() => expect(errors).toStrictEqual([]));

    it.each([true, false])('leaves no snapshot that does not know of it (transactional: %s)', async transactional => {
      const aggregateId = newAggregateId();
      const pokemons = transactional
        ? open(everyNEvents(2))
        : withSnapshots(eventStore, { storage, reducerVersion: '1', policy: everyNEvents(2) });
      await push(pokemons, aggregateId, 1, 7);
      await pokemons.snapshots.settled();

      const corrected = [3, 4].map(version =>
        pokemons.groupEvent({
          ...withoutTimestamp(pokemonEvent(aggregateId, version)),
          payload: { by: 99 },
        } as never),
      );
      await EventStore.pushEventGroup({ force: true }, ...(corrected as unknown as [GroupedEvent]));

      await expect(versionOf(aggregateId)).resolves.toBe(2);
      await expectReplay(pokemons, aggregateId, 7);
    });

    it('whose answer is lost leaves neither snapshot nor state of what was read before it was written', async () => {
      const aggregateId = newAggregateId();
      const pokemons = withSnapshots(eventStore, {
        storage,
        reducerVersion: '1',
        policy: everyNEvents(1),
        cache: { maxBytes: 1_000_000 },
      });
      await push(eventStore, aggregateId, 1, 4);
      const corrected = [2, 3].map(version =>
        pokemons.groupEvent({ ...withoutTimestamp(pokemonEvent(aggregateId, version)), payload: { by: 99 } } as never),
      );
      dynamoDbClient.middlewareStack.add(
        (next, { commandName }) =>
          async args => {
            if (commandName !== 'TransactWriteItemsCommand') return next(args);
            await pokemons.getAggregate(aggregateId);
            await next(args);
            throw new Error('no answer');
          },
        { step: 'initialize', name: 'lostAnswer' },
      );
      const pushing = EventStore.pushEventGroup({ force: true }, ...(corrected as unknown as [GroupedEvent]));
      await expect(rejection(pushing)).resolves.toMatchObject({ message: 'no answer' });
      dynamoDbClient.middlewareStack.remove('lostAnswer');
      await pokemons.snapshots.settled();
      const { aggregate } = await pokemons.getAggregate(aggregateId);
      expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId)).aggregate);
    });

    it('takes away what somebody else made of the old events in between', async () => {
      const [pokemons, aggregateId] = [open(() => false), newAggregateId()];
      await push(pokemons, aggregateId, 1, 3);
      dynamoDbClient.middlewareStack.add(
        (next, { commandName }) =>
          async args => {
            if (commandName === 'QueryCommand' || commandName === 'DeleteItemCommand') return next(args);
            dynamoDbClient.middlewareStack.remove('inBetween');
            const other = open(everyNEvents(1));
            await other.getAggregate(aggregateId);
            await other.snapshots.settled();
            return next(args);
          },
        { step: 'initialize', name: 'inBetween' },
      );
      const corrected = [1, 2].map(version =>
        pokemons.groupEvent({
          ...withoutTimestamp(pokemonEvent(aggregateId, version)),
          type: 'POKEMON_RELEASED',
        } as never),
      );

      await EventStore.pushEventGroup({ force: true }, ...(corrected as unknown as [GroupedEvent]));

      await expect(versionOf(aggregateId)).resolves.toBeUndefined();
      await expectReplay(pokemons, aggregateId, 3);
    });

    it('does not happen if snapshots cannot be deleted', async () => {
      const [pokemons, aggregateId] = [open(everyNEvents(2)), newAggregateId()];
      await push(pokemons, aggregateId, 1, 3);
      const before = await eventStore.getEvents(aggregateId);
      const failure = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
      dynamoDbClient.middlewareStack.add(
        (next, { commandName }) =>
          args => {
            if (commandName === 'DeleteItemCommand') throw failure;
            return next(args);
          },
        { step: 'initialize', name: 'denied' },
      );
      const event = pokemons.groupEvent({ ...pokemonEvent(aggregateId, 2), type: 'POKEMON_RELEASED' } as never);
      const error = await rejection(
        EventStore.pushEventGroup({ force: true }, ...([event] as unknown as [GroupedEvent])),
      );
      dynamoDbClient.middlewareStack.remove('denied');
      expect(error).toMatchObject({ code: 'SnapshotFailedError', operation: 'delete', cause: failure });
      await expect(eventStore.getEvents(aggregateId)).resolves.toStrictEqual(before);
    });
  },
);
