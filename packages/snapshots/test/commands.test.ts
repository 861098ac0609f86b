import {
  Command,
  ConnectedEventStore,
  EventStore,
  type GroupedEvent,
  NotificationMessageQueue,
  tuple,
} from '@castore/core';

import { DynamoDbSnapshotStorage, everyNEvents, type SnapshotError, withSnapshots } from '../src/index.js';
import { newAggregateId, pokemonEvent, push } from './pokemons.js';
import { describeOnEveryTable } from './support.js';

describeOnEveryTable("Castore's own", ({ tableName, dynamoDbClient, eventStore }) => {
  const storage = new DynamoDbSnapshotStorage({ tableName, dynamoDbClient });
  const errors: SnapshotError[] = [];
  const open = (transactional: boolean) =>
    withSnapshots(eventStore, {
      storage,
      ...(transactional ? { transactional } : {}),
      reducerVersion: '1',
      policy: everyNEvents(3),
      onSnapshotError: error => void errors.push(error),
    } as Parameters<typeof withSnapshots<typeof eventStore>>[1]);

  afterEach(() => expect(errors).toStrictEqual([]));

  const expectReplayAtEveryVersion = async (
    pokemons: ReturnType<typeof open>,
    aggregateId: string,
    lastVersion: number,
    isExact = true,
  ) => {
    let used = false;
    for (let maxVersion = 1; maxVersion <= lastVersion; maxVersion++) {
      const loaded = await pokemons.getAggregate(aggregateId, { maxVersion });
      const replayed = await eventStore.getAggregate(aggregateId, { maxVersion });
      expect(loaded.aggregate).toStrictEqual(replayed.aggregate);
      expect(loaded.lastEvent).toStrictEqual(replayed.lastEvent);
      // Loads that come before a snapshot is written take others.
      expect(loaded.snapshot?.version ?? 0).toBeGreaterThanOrEqual(isExact ? 3 * Math.floor(maxVersion / 3) : 0);
      used ||= loaded.snapshot !== undefined;
    }
    expect(used).toBe(true);
  };

  it.each([false, true])('commands work, and try again on a conflict (transactional: %s)', async transactional => {
    const pokemons = open(transactional);
    const aggregateId = newAggregateId();
    await push(pokemons, aggregateId, 1, 1);
    let attempts = 0;
    const levelUp = new Command({
      commandId: 'LEVEL_UP',
      requiredEventStores: tuple(pokemons),
      eventAlreadyExistsRetries: 50,
      handler: async (_: unknown, [store]) => {
        attempts += 1;
        const { aggregate } = await store.getExistingAggregate(aggregateId);
        const { timestamp: __, ...event } = pokemonEvent(aggregateId, aggregate.version + 1);
        await store.pushEvent(event, { prevAggregate: aggregate });
      },
    });
    await Promise.all(Array.from({ length: 8 }, () => levelUp.handler({}, [pokemons])));
    await pokemons.snapshots.settled();
    expect(attempts).toBeGreaterThan(8);
    await expectReplayAtEveryVersion(pokemons, aggregateId, 9, transactional);
  });

  it.each([false, true])(
    'connected event stores and groups that straddle the boundary work (transactional: %s)',
    async transactional => {
      const pokemons = open(transactional);
      const published: string[] = [];
      const connected = new ConnectedEventStore(
        pokemons,
        new NotificationMessageQueue({
          messageQueueId: 'pokemons',
          sourceEventStores: [pokemons],
          messageQueueAdapter: {
            publishMessage: async message =>
              void published.push(
                `${(message as { event: { aggregateId: string } }).event.aggregateId} ${(message as { event: { version: number } }).event.version}`,
              ),
            publishMessages: async () => undefined,
          },
        }),
      );
      const [first, second] = [newAggregateId(), newAggregateId()];
      await push(connected, first, 1, 2);
      const group = [
        ...[3, 4, 5].map(version => [first, version] as const),
        ...[1, 2, 3, 4].map(version => [second, version] as const),
      ].map(([aggregateId, version]) => {
        const { timestamp: __, ...event } = pokemonEvent(aggregateId, version);
        return connected.groupEvent(event);
      });
      await EventStore.pushEventGroup(...(group as unknown as [GroupedEvent, GroupedEvent]));
      await push(connected, first, 6, 7);
      await pokemons.snapshots.settled();

      await expectReplayAtEveryVersion(pokemons, first, 7);
      await expectReplayAtEveryVersion(pokemons, second, 4);
      const expected = [
        ...[1, 2, 3, 4, 5, 6, 7].map(version => `${first} ${version}`),
        ...[1, 2, 3, 4].map(version => `${second} ${version}`),
      ];
      expect(published.toSorted()).toStrictEqual(expected.toSorted());
    },
  );
});
