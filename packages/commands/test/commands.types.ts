import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  Command,
  type CommandInput,
  type CommandOutput,
  type EventStore,
  type OnEventAlreadyExistsCallback,
  tuple,
} from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { InMemorySnapshotStorage, withSnapshots } from '@castore-dynamodb/snapshots';
import { expectTypeOf } from 'expect-type';

import {
  type AggregateCheck,
  appendEvents,
  pushEventsTransaction,
  retryOnConflict,
  runOnce,
  unchanged,
} from '../src/index.js';
import { newPokemons, type Pokemons } from './support.js';

const pokemons = newPokemons(new InMemoryEventStorageAdapter());

// retryOnConflict goes into a Command, whose types stay what they are.
const levelUp = new Command({
  commandId: 'LEVEL_UP',
  requiredEventStores: tuple(pokemons),
  ...retryOnConflict({ retries: 5, firstDelayMs: 10, maxDelayMs: 1_000 }),
  handler: async ({ levels }: { levels: number }, [store]) => {
    expectTypeOf(store).toExtend<EventStore>();
    return { levels };
  },
});
expectTypeOf(levelUp.handler({ levels: 1 }, [pokemons])).resolves.toEqualTypeOf<{ levels: number }>();
expectTypeOf(retryOnConflict().onEventAlreadyExists).toEqualTypeOf<OnEventAlreadyExistsCallback>();
// @ts-expect-error: a misspelt option
retryOnConflict({ maxDelay: 1 });

// appendEvents takes the event store's events, without their places, and gives them back with them.
type PokemonEvent = NonNullable<Pokemons['_types']>['details'];
const events = await appendEvents(pokemons, 'a', [
  { type: 'POKEMON_LEVELED_UP', payload: { by: 1 } },
  { type: 'POKEMON_LEVELED_UP', payload: { by: 1, source: 'ash' }, timestamp: '2026-01-01T00:00:00.000Z' },
  { type: 'POKEMON_RELEASED' },
]);
expectTypeOf(events).toEqualTypeOf<PokemonEvent[]>();
const withThem = withSnapshots(pokemons, { storage: new InMemorySnapshotStorage(), reducerVersion: '1' });
expectTypeOf(appendEvents(withThem, 'a', [{ type: 'POKEMON_RELEASED' }], { retries: 3 })).resolves.toEqualTypeOf<
  PokemonEvent[]
>();
// Events of any event store, when nothing is known of it.
await appendEvents(pokemons as EventStore, 'a', [{ type: 'ANY', payload: { a: 1 }, metadata: 1 }]);

// @ts-expect-error: an event type of another event store
await appendEvents(pokemons, 'a', [{ type: 'OPENED' }]);
// @ts-expect-error: the payload of another event type
await appendEvents(pokemons, 'a', [{ type: 'POKEMON_LEVELED_UP', payload: { sum: 1 } }]);
// @ts-expect-error: a payload that is missing
await appendEvents(pokemons, 'a', [{ type: 'POKEMON_LEVELED_UP' }]);
// @ts-expect-error: a payload for a type that has none
await appendEvents(pokemons, 'a', [{ type: 'POKEMON_RELEASED', payload: 1 }]);
// @ts-expect-error: the version is for appendEvents to find
await appendEvents(pokemons, 'a', [{ type: 'POKEMON_RELEASED', version: 1 }]);
// @ts-expect-error: an event that is not in an array
await appendEvents(pokemons, 'a', { type: 'POKEMON_RELEASED' });
// @ts-expect-error: no event store
await appendEvents({ eventStoreId: 'POKEMONS' }, 'a', [{ type: 'POKEMON_RELEASED' }]);
// @ts-expect-error: a misspelt option
await appendEvents(pokemons, 'a', [{ type: 'POKEMON_RELEASED' }], { retry: 1 });

// unchanged is for pushEventsTransaction.
expectTypeOf(unchanged(withThem, 'a', 0)).toEqualTypeOf<AggregateCheck>();
const { eventGroup } = await pushEventsTransaction(
  [pokemons.groupEvent({ aggregateId: 'a', version: 1, type: 'POKEMON_RELEASED' })],
  { checks: [unchanged(pokemons, 'b', 3)] },
);
expectTypeOf(eventGroup[0].event).toEqualTypeOf<PokemonEvent>();
// @ts-expect-error: no version
unchanged(pokemons, 'b');
await pushEventsTransaction([pokemons.groupEvent({ aggregateId: 'a', version: 1, type: 'POKEMON_RELEASED' })], {
  // @ts-expect-error: a check that is none
  checks: ['b'],
});

// runOnce makes a command of the same types.
declare const dynamoDbClient: DynamoDBClient;
const table = { tableName: 'results', dynamoDbClient, days: 7 };
const once = runOnce({ command: levelUp, ...table, key: ({ levels }) => String(levels) });
expectTypeOf(once).toEqualTypeOf<typeof levelUp>();
expectTypeOf<CommandInput<typeof once>>().toEqualTypeOf<{ levels: number }>();
expectTypeOf<CommandOutput<typeof once>>().toEqualTypeOf<{ levels: number }>();
expectTypeOf(once.handler({ levels: 1 }, [pokemons])).resolves.toEqualTypeOf<{ levels: number }>();
// @ts-expect-error: an input of another command
await once.handler({ sum: 1 }, [pokemons]);
// @ts-expect-error: a key of a member that the input has not
runOnce({ command: levelUp, ...table, key: ({ id }) => id });
// @ts-expect-error: a key that is no string
runOnce({ command: levelUp, ...table, key: ({ levels }) => levels });
// @ts-expect-error: no days
runOnce({ command: levelUp, tableName: 'results', dynamoDbClient, key: () => '' });
// @ts-expect-error: no command
runOnce({ command: () => undefined, ...table, key: () => '' });
