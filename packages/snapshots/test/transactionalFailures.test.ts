import { randomBytes } from 'node:crypto';

import { putAlongside } from '@castore-dynamodb/adapter';

import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '../src/index.js';
import { describeTransactional, withoutTimestamp } from './describeTransactional.js';
import { newAggregateId, pokemonEvent, push, rejection } from './pokemons.js';

describeTransactional(
  'snapshots in the transaction of their events, which fail or do not fit,',
  ({ dynamoDbClient, errors, eventStore, open, pushGroup, requests, tableName, versionOf }) => {
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
        type: 'POKEMON_APPEARED',
        // The events alone would fit.
        payload: { name: randomBytes(138_000).toString('hex'), level: 1 },
      });
      const group = (count: number) =>
        Array.from({ length: count }, (_, index) => pokemons.groupEvent(event(index + 1) as never));
      requests.splice(0);
      const error = await rejection(pushGroup(...group(15)));
      expect(error).toMatchObject({ code: 'InvalidEventGroupError', reason: 'too-large' });
      expect((error as Error).message).toContain('1 items alongside');
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
  },
);
