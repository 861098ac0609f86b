import { ConnectedEventStore, NotificationMessageQueue } from '@castore/core';
import { DynamoDbSnapshotStorage, everyNEvents, withSnapshots } from '@castore-dynamodb/snapshots';

import { levelUp, type Pokemons, rejection } from '../support.js';
import { describeWithResults, levelUpCommand, newInput, newRequestId } from './support.js';

describeWithResults(
  'runOnce, with what wraps event stores and listens to them',
  ({ pokemons, levelsOf, connect, dynamoDbClient, once, tableName }) => {
    it('tells onEventPushed once, when the events are stored, and lets its errors through', async () => {
      const store = connect();
      const told: unknown[] = [];
      const failure = new Error('not told');
      store.onEventPushed = async ({ event, nextAggregate }) => {
        expect((await pokemons.getEvents(event.aggregateId)).events).toContainEqual(event);
        told.push([event.version, nextAggregate?.level]);
        if (told.length > 1) throw failure;
      };
      const input = newInput();
      for (let call = 0; call < 2; call++) await once(levelUpCommand(store)).handler(input, [store]);
      expect(told).toStrictEqual([[1, 1]]);

      const failing = newInput();
      await expect(rejection(once(levelUpCommand(store)).handler(failing, [store]))).resolves.toBe(failure);
      await expect(once(levelUpCommand(store)).handler(failing, [store])).resolves.toMatchObject({ level: 1 });
      await expect(levelsOf(failing.aggregateId)).resolves.toStrictEqual([1]);
    });

    it('lets a conflict of onEventPushed through, which is no reason to run again', async () => {
      const store = connect();
      const input = newInput();
      store.onEventPushed = async ({ event }) => void (await pokemons.pushEvent(levelUp(event.aggregateId, 1)));
      let runs = 0;
      const command = once(levelUpCommand(store, () => void runs++));
      await expect(rejection(command.handler(input, [store]))).resolves.toMatchObject({
        code: 'EventAlreadyExistsError',
      });
      await expect(command.handler(input, [store])).resolves.toMatchObject({ level: 1 });
      expect(runs).toBe(1);
      await expect(levelsOf(input.aggregateId)).resolves.toStrictEqual([1]);
    });

    it.each([false, true])(
      'works with snapshots, gapless adapters and connected event stores (%s)',
      async transactional => {
        const published: number[] = [];
        const withThem = withSnapshots(connect({ gapless: true }), {
          storage: new DynamoDbSnapshotStorage({ tableName, dynamoDbClient }),
          ...(transactional ? { transactional } : {}),
          reducerVersion: '1',
          policy: everyNEvents(2),
        } as Parameters<typeof withSnapshots<Pokemons>>[1]);
        const connected = new ConnectedEventStore(
          withThem,
          new NotificationMessageQueue({
            messageQueueId: 'pokemons',
            sourceEventStores: [withThem],
            messageQueueAdapter: {
              publishMessage: async message =>
                void published.push((message as { event: { version: number } }).event.version),
              publishMessages: async () => undefined,
            },
          }),
        );
        const store = connected as unknown as Pokemons;
        const { aggregateId } = newInput();
        for (let call = 0; call < 4; call++) {
          const input = { aggregateId, requestId: newRequestId() };
          const command = once(levelUpCommand(store));
          const answer = await command.handler(input, [store]);
          expect(answer).toMatchObject({ level: call + 1 });
          await expect(command.handler(input, [store])).resolves.toStrictEqual(answer);
        }
        await withThem.snapshots.settled();
        const { aggregate, snapshot } = await withThem.getAggregate(aggregateId);
        expect(aggregate).toMatchObject({ aggregateId, version: 4, level: 4 });
        expect(snapshot?.version).toBe(4);
        expect(published).toStrictEqual([1, 2, 3, 4]);
      },
    );
  },
);
