import {
  Command,
  ConnectedEventStore,
  type EventDetail,
  EventStore,
  type MessageChannelAdapter,
  NotificationMessageBus,
  StateCarryingMessageBus,
  tuple,
} from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';

import { everyNEvents, InMemorySnapshotStorage, withSnapshots } from '../src/index.js';
import { setUp } from './inMemory.js';
import { newAggregateId, pokemonEvent, push, rejection } from './pokemons.js';

describe('the event store', () => {
  it('works in a Command, which retries on a conflict', async () => {
    const { pokemons, aggregateId } = setUp({ policy: everyNEvents(3) });
    const levelUp = new Command({
      commandId: 'LEVEL_UP',
      requiredEventStores: tuple(pokemons),
      eventAlreadyExistsRetries: 50,
      handler: async (_: unknown, [store]) => {
        const { aggregate } = await store.getAggregate(aggregateId);
        await store.pushEvent(pokemonEvent(aggregateId, (aggregate?.version ?? 0) + 1));
      },
    });
    await Promise.all(Array.from({ length: 10 }, () => levelUp.handler({}, [pokemons])));

    await pokemons.snapshots.settled();
    const { aggregate, snapshot } = await pokemons.getExistingAggregate(aggregateId);
    expect(aggregate.version).toBe(10);
    expect(snapshot?.version).toBe(9);
  });

  it('works in groups, also if a group straddles the boundary', async () => {
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp();
    await push(pokemons, aggregateId, 1, 3);
    const pushed: number[] = [];
    pokemons.onEventPushed = async ({ event }) => void pushed.push(event.version);

    const group = [4, 5, 6].map(version => {
      const { timestamp: _, ...event } = pokemonEvent(aggregateId, version);
      return pokemons.groupEvent(event);
    });
    await EventStore.pushEventGroup(...(group as [never, never]));
    await pokemons.snapshots.settled();

    expect(pushed).toStrictEqual([4, 5, 6]);
    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 5 });
    for (const maxVersion of [4, 5, 6]) {
      const { aggregate } = await pokemons.getAggregate(aggregateId, { maxVersion });
      expect(aggregate).toStrictEqual((await eventStore.getAggregate(aggregateId, { maxVersion })).aggregate);
    }
  });

  it('works inside a connected event store, and around one', async () => {
    const messages: { eventStoreId: string; event: EventDetail; aggregate?: unknown }[] = [];
    const messageBusAdapter: MessageChannelAdapter = {
      publishMessage: async message => void messages.push(message as never),
      publishMessages: async several => void messages.push(...(several as never[])),
    };
    const { eventStore, pokemons, aggregateId, getSnapshot } = setUp();
    const common = { messageBusId: 'messages', messageBusAdapter };
    const outside = new ConnectedEventStore(
      pokemons,
      new StateCarryingMessageBus({ ...common, sourceEventStores: [pokemons] }),
    );
    const connected = new ConnectedEventStore(
      eventStore,
      new NotificationMessageBus({ ...common, sourceEventStores: [eventStore] }),
    );
    const inside = withSnapshots(connected as never as typeof eventStore, {
      storage: new InMemorySnapshotStorage(),
      reducerVersion: '1',
      policy: everyNEvents(5),
    });
    const otherId = newAggregateId();

    await push(outside, aggregateId, 1, 4);
    const { timestamp: __, ...fifth } = pokemonEvent(aggregateId, 5);
    const { timestamp: ___, ...other } = pokemonEvent(otherId, 1);
    await EventStore.pushEventGroup(outside.groupEvent(fifth), inside.groupEvent(other));
    await pokemons.snapshots.settled();

    await expect(getSnapshot(aggregateId)).resolves.toMatchObject({ version: 5 });
    await expect(outside.getAggregate(aggregateId)).resolves.toMatchObject({
      aggregate: { version: 5 },
      snapshot: { version: 5 },
    });
    // Each event is published once, with the aggregate as a replay makes it, whichever snapshot it came from.
    const published = messages.splice(0).map(({ event, aggregate }) => [event.aggregateId, event.version, aggregate]);
    const replayed = await Promise.all(
      [1, 2, 3, 4, 5].map(async maxVersion => {
        const { aggregate } = await eventStore.getAggregate(aggregateId, { maxVersion });
        return [aggregateId, maxVersion, aggregate];
      }),
    );
    expect(published.filter(([id]) => id === aggregateId)).toStrictEqual(replayed);
    expect(published.filter(([id]) => id === otherId)).toStrictEqual([[otherId, 1, undefined]]);

    await push(inside, aggregateId, 6, 10);
    await inside.snapshots.settled();
    await expect(inside.getAggregate(aggregateId)).resolves.toMatchObject({ snapshot: { version: 10 } });
    expect(messages.map(({ event }) => event.version)).toStrictEqual([6, 7, 8, 9, 10]);
  });

  it('hands its adapter and its hook through, both ways', async () => {
    const { eventStore, pokemons } = setUp();
    expect(pokemons.eventStorageAdapter).toBe(eventStore.eventStorageAdapter);
    const other = new InMemoryEventStorageAdapter();
    pokemons.eventStorageAdapter = other;
    expect(eventStore.getEventStorageAdapter()).toBe(other);
    expect(pokemons.getEventStorageAdapter()).toBe(other);
    const hook = async () => undefined;
    pokemons.onEventPushed = hook;
    expect(eventStore.onEventPushed).toBe(hook);
  });

  it('passes errors of the event store on as they are', async () => {
    const { eventStore, pokemons, aggregateId } = setUp();
    await push(pokemons, aggregateId, 1, 1);
    const conflict = await rejection(pokemons.pushEvent(pokemonEvent(aggregateId, 1)));
    expect(conflict).toMatchObject({ code: 'EventAlreadyExistsError' });
    const failure = new Error('no table');
    eventStore.getEventStorageAdapter().getEvents = () => Promise.reject(failure);
    await expect(pokemons.getAggregate(aggregateId)).rejects.toBe(failure);
  });

  it.each<[string, object, string]>([
    ['no storage', { storage: undefined }, 'options.storage'],
    ['a storage that is none', { storage: {} }, 'options.storage'],
    ['no reducer version', { reducerVersion: undefined }, 'options.reducerVersion'],
    ['an empty reducer version', { reducerVersion: '' }, 'options.reducerVersion'],
    ['half a surrogate pair', { reducerVersion: '\ud800' }, 'options.reducerVersion'],
    ['a policy that is no function', { policy: 100 }, 'options.policy'],
    ['serialize alone', { serialize: String }, 'options.serialize'],
    ['a callback that is no function', { onSnapshotError: 'log' }, 'options.onSnapshotError'],
    ['an option that is misspelt', { reducerversion: '1' }, 'options.reducerversion'],
    ['a tail of nothing', { policy: Object.assign(() => true, { tail: { events: 0 } }) }, 'options.policy.tail.events'],
    ['a tail that is no object', { policy: Object.assign(() => true, { tail: 5 }) }, 'options.policy.tail'],
  ])('refuses %s', (_, wrong, argument) => {
    expect(() => setUp(wrong as never)).toThrow(expect.objectContaining({ code: 'InvalidArgumentError', argument }));
  });
});
