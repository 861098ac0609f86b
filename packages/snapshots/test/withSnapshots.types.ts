import { Command, ConnectedEventStore, EventStore, type NotificationMessageChannel, tuple } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { expectTypeOf } from 'expect-type';

import {
  DynamoDbSnapshotStorage,
  type EventStoreWithSnapshots,
  everyNEvents,
  InMemorySnapshotStorage,
  S3SnapshotStorage,
  type SnapshotRetention,
  whenLoadCosts,
  withSnapshots,
} from '../src/index.js';
import { newPokemons, type Pokemon, type PokemonEvent, type Pokemons } from './pokemons.js';

const eventStore = newPokemons(new InMemoryEventStorageAdapter());
const storage = new InMemorySnapshotStorage();
const pokemons = withSnapshots(eventStore, { storage, reducerVersion: '1' });

expectTypeOf(pokemons).toEqualTypeOf<EventStoreWithSnapshots<Pokemons>>();

// It stands wherever its event store does.
expectTypeOf(pokemons).toExtend<Pokemons>();
expectTypeOf(pokemons).toExtend<EventStore>();
expectTypeOf(pokemons.pushEvent).toEqualTypeOf<Pokemons['pushEvent']>();
expectTypeOf(pokemons.eventStoreId).toEqualTypeOf<Pokemons['eventStoreId']>();

const loaded = await pokemons.getAggregate('1', { maxVersion: 1, at: '2026' });
expectTypeOf(loaded.aggregate).toEqualTypeOf<Pokemon | undefined>();
expectTypeOf(loaded.events).toEqualTypeOf<PokemonEvent[]>();
expectTypeOf(loaded.lastEvent).toEqualTypeOf<PokemonEvent | undefined>();
expectTypeOf(loaded.snapshot).toEqualTypeOf<{ version: number; reducerVersion: string; takenAt: string } | undefined>();
const existing = await pokemons.getExistingAggregate('1');
expectTypeOf(existing.aggregate).toEqualTypeOf<Pokemon>();
expectTypeOf(existing.lastEvent).toEqualTypeOf<PokemonEvent>();

export const levelUp = new Command({
  commandId: 'LEVEL_UP',
  requiredEventStores: tuple(pokemons),
  handler: async (_: unknown, [store]) => {
    expectTypeOf(store).toEqualTypeOf<typeof pokemons>();
  },
});

const connected = new ConnectedEventStore(pokemons, {} as NotificationMessageChannel<Pokemons>);
expectTypeOf(connected.getAggregate).returns.resolves.toHaveProperty('aggregate').toEqualTypeOf<Pokemon | undefined>();

const { eventGroup } = await EventStore.pushEventGroup(
  pokemons.groupEvent({ aggregateId: '1', version: 1, type: 'POKEMON_RELEASED' }),
  connected.groupEvent({ aggregateId: '2', version: 1, type: 'POKEMON_RELEASED' }),
);
expectTypeOf(eventGroup[0].nextAggregate).toEqualTypeOf<Pokemon | undefined>();
// @ts-expect-error the event store has no such event
pokemons.groupEvent({ aggregateId: '1', version: 1, type: 'EVOLVED' });

// In memory only, no reducer can read what another one made.
expectTypeOf(withSnapshots(eventStore, { cache: { maxBytes: 1 } })).toEqualTypeOf<EventStoreWithSnapshots<Pokemons>>();
withSnapshots(eventStore, { storage, reducerVersion: '1', cache: { maxBytes: 1 } });
// @ts-expect-error it takes a storage to take snapshots
void (() => withSnapshots(eventStore, { cache: { maxBytes: 1 }, policy: everyNEvents(3) }));
// @ts-expect-error how much
void (() => withSnapshots(eventStore, { cache: {} }));
// @ts-expect-error one or the other, or both
void (() => withSnapshots(eventStore, { reducerVersion: '1' }));

// @ts-expect-error nothing else can tell that a reducer has changed
withSnapshots(eventStore, { storage });
// @ts-expect-error what is serialized has to come back
withSnapshots(eventStore, { storage, reducerVersion: '1', serialize: (pokemon: Pokemon) => pokemon.name });
withSnapshots(eventStore, {
  storage,
  reducerVersion: '1',
  serialize: pokemon => {
    expectTypeOf(pokemon).toEqualTypeOf<Pokemon>();
    return [pokemon.name];
  },
  // @ts-expect-error that is no pokemon
  deserialize: serialized => serialized as string,
});
withSnapshots(eventStore, { storage, reducerVersion: '1', policy: ({ version }) => version > 7 });
// @ts-expect-error the number of events is only known if they were read
withSnapshots(eventStore, { storage, reducerVersion: '1', policy: ({ events }) => events > 7 });

// @ts-expect-error an instant is a text, as timestamps are
void (() => pokemons.getAggregate('1', { at: new Date() }));
// @ts-expect-error there is no such option
void (() => pokemons.getAggregate('1', { minVersion: 1 }));
// @ts-expect-error S3 is no part of a transaction
void ((s3: S3SnapshotStorage) => withSnapshots(eventStore, { storage: s3, reducerVersion: '1', transactional: true }));
// @ts-expect-error an error there has nobody to go to
void (() => withSnapshots(eventStore, { storage, reducerVersion: '1', onSnapshotError: 'console' }));
// @ts-expect-error a policy is a function
void (() => withSnapshots(eventStore, { storage, reducerVersion: '1', policy: 100 }));
// @ts-expect-error not so many events, but a cost
void (() => whenLoadCosts(3));
// @ts-expect-error not a cost, but so many events
void (() => everyNEvents({ readUnits: 3 }));
// @ts-expect-error one or the other
export const both: SnapshotRetention = { newest: 3, days: 30 };
// @ts-expect-error an attribute is for a time to live
export const newestByAttribute: SnapshotRetention = { newest: 3, attribute: 'expiresAt' };
// @ts-expect-error S3 has lifecycle rules for that
void ((s3Client: never) => new S3SnapshotStorage({ bucketName: 'b', s3Client, retention: { days: 30 } }));
// @ts-expect-error which client
void (() => new DynamoDbSnapshotStorage({ tableName: 'events' }));
