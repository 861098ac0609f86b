import { EventStore } from '@castore/core';
import { expectTypeOf } from 'expect-type';

import { at, bells, type PokemonEvent, pokemons, trainers } from './stores.js';

// What an event store over our adapters gives is typed by its event types.
const { events } = await pokemons.getEvents('1');
expectTypeOf(events).toEqualTypeOf<PokemonEvent[]>();
for (const event of events) {
  if (event.type === 'APPEARED') expectTypeOf(event.payload).toEqualTypeOf<{ name: string; level: number }>();
  if (event.type === 'CAUGHT') expectTypeOf(event.metadata).toEqualTypeOf<{ trigger: 'ball' | 'net' }>();
  if (event.type === 'LEVELLED_UP') expectTypeOf(event).not.toHaveProperty('payload');
}

await pokemons.pushEvent({ ...at, type: 'APPEARED', payload: { name: 'Pikachu', level: 5 } });
await pokemons.pushEvent({ ...at, type: 'CAUGHT', payload: { by: 'Ash' }, metadata: { trigger: 'net' } });
await pokemons.pushEvent({ ...at, type: 'LEVELLED_UP' }, { force: true });
await bells.pushEvent({ ...at, type: 'RUNG', timestamp: '2026-01-01T00:00:00.000Z' });
// @ts-expect-error: an event type of another event store
await pokemons.pushEvent({ ...at, type: 'BADGE_WON', payload: { badge: 'Boulder' } });
// @ts-expect-error: the payload of another event type
await pokemons.pushEvent({ ...at, type: 'APPEARED', payload: { by: 'Ash' } });
// @ts-expect-error: a payload that is missing
await pokemons.pushEvent({ ...at, type: 'APPEARED' });
// @ts-expect-error: metadata that is missing
await pokemons.pushEvent({ ...at, type: 'CAUGHT', payload: { by: 'Ash' } });
// @ts-expect-error: a payload that no such event has
await pokemons.pushEvent({ ...at, type: 'LEVELLED_UP', payload: { level: 6 } });
// @ts-expect-error: a payload for a type that has none
await bells.pushEvent({ ...at, type: 'RUNG', payload: undefined });

// A group over several event stores, in their order.
const { eventGroup } = await EventStore.pushEventGroup(
  { force: true },
  pokemons.groupEvent({ ...at, type: 'LEVELLED_UP' }),
  trainers.groupEvent({ ...at, type: 'BADGE_WON', payload: { badge: 'Boulder' } }),
  bells.groupEvent({ ...at, type: 'RUNG' }),
);
expectTypeOf(eventGroup[0].event).toEqualTypeOf<PokemonEvent>();
expectTypeOf(eventGroup[1].event.payload).toEqualTypeOf<{ badge: string }>();
expectTypeOf(eventGroup[1].nextAggregate?.badges).toEqualTypeOf<string[] | undefined>();
expectTypeOf(eventGroup[2].event.type).toEqualTypeOf<'RUNG'>();
// @ts-expect-error: there are three
export const fourth = eventGroup[3];
// @ts-expect-error: the payload of another event store's event
trainers.groupEvent({ ...at, type: 'BADGE_WON', payload: { name: 'Pikachu', level: 5 } });
