import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventDetail, EventStore, type GroupedEvent } from '@castore/core';
import { expectTypeOf } from 'expect-type';

import { formatEventForTransaction, pushEventsTransaction } from '../../src/index.js';
import { at, bells, type PokemonEvent, pokemons, trainers } from './stores.js';

declare const dynamoDbClient: DynamoDBClient;
const badge = { ...at, type: 'BADGE_WON', payload: { badge: 'Boulder' } } as const;

// An event is held against the event types of its event store.
expectTypeOf(formatEventForTransaction(pokemons, { ...at, type: 'LEVELLED_UP' })).toEqualTypeOf<
  GroupedEvent<PokemonEvent, { aggregateId: string; version: number; level: number }>
>();
formatEventForTransaction(pokemons, { ...at, type: 'APPEARED', payload: { name: 'Pikachu', level: 5 } });
formatEventForTransaction(bells, { ...at, type: 'RUNG', timestamp: '2026-01-01T00:00:00.000Z' });
// @ts-expect-error: an event type of another event store
formatEventForTransaction(pokemons, badge);
// @ts-expect-error: the payload of another event type
formatEventForTransaction(pokemons, { ...at, type: 'APPEARED', payload: { by: 'Ash' } });
// @ts-expect-error: a payload that is missing
formatEventForTransaction(trainers, { ...at, type: 'BADGE_WON' });
// @ts-expect-error: a payload for a type that has none
formatEventForTransaction(bells, { ...at, type: 'RUNG', payload: 1 });
// @ts-expect-error: no version
formatEventForTransaction(bells, { aggregateId: '1', type: 'RUNG' });
// @ts-expect-error: no event store
formatEventForTransaction({ eventStoreId: 'BELLS' }, { ...at, type: 'RUNG' });

// What comes back is typed event by event.
const { eventGroup } = await pushEventsTransaction([
  formatEventForTransaction(pokemons, { ...at, type: 'LEVELLED_UP' }),
  formatEventForTransaction(trainers, badge),
  bells.groupEvent({ ...at, type: 'RUNG' }),
]);
expectTypeOf(eventGroup[0].event).toEqualTypeOf<PokemonEvent>();
expectTypeOf(eventGroup[0].nextAggregate?.level).toEqualTypeOf<number | undefined>();
expectTypeOf(eventGroup[1].event).toEqualTypeOf<EventDetail<'BADGE_WON', { badge: string }, never>>();
expectTypeOf(eventGroup[2].event).toEqualTypeOf<EventDetail<'RUNG', never, never>>();
expectTypeOf(eventGroup.length).toEqualTypeOf<3>();

// The same as Castore's own.
const byCastore = await EventStore.pushEventGroup(
  {},
  formatEventForTransaction(pokemons, { ...at, type: 'LEVELLED_UP' }),
  formatEventForTransaction(trainers, badge),
  bells.groupEvent({ ...at, type: 'RUNG' }),
);
expectTypeOf(byCastore.eventGroup).toEqualTypeOf<typeof eventGroup>();

// Any number of events, when it is not known: one or more.
declare const some: [GroupedEvent, ...GroupedEvent[]];
const { eventGroup: group } = await pushEventsTransaction(some, { force: true, dynamoDbClient });
expectTypeOf(group).toEqualTypeOf<{ event: EventDetail; nextAggregate?: { aggregateId: string; version: number } }[]>();

// With checks of other aggregates.
const checks = [
  { eventStoreId: 'BELLS', aggregateId: '1', version: 0, eventStorageAdapter: bells.getEventStorageAdapter() },
];
await pushEventsTransaction(some, { checks });
// @ts-expect-error: a check of no event store
await pushEventsTransaction(some, { checks: [{ aggregateId: '1', version: 0 }] });

// @ts-expect-error: no events
await pushEventsTransaction([]);
// @ts-expect-error: perhaps no events
await pushEventsTransaction(some as GroupedEvent[]);
// @ts-expect-error: an event that was not formatted
await pushEventsTransaction([badge]);
// @ts-expect-error: events one by one
await pushEventsTransaction(formatEventForTransaction(trainers, badge));
// @ts-expect-error: a misspelt option
await pushEventsTransaction(some, { forced: true });
