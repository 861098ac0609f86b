import { type EventDetail, EventStore, EventType } from '@castore/core';

import type { DynamoDbEventStorageAdapter, DynamoDbSingleTableEventStorageAdapter } from '../../src/index.js';

export declare const tablePerStore: DynamoDbEventStorageAdapter;
export declare const singleTable: DynamoDbSingleTableEventStorageAdapter;

interface PokemonAggregate {
  aggregateId: string;
  version: number;
  level: number;
}

/** One with a payload, one with payload and metadata, one with neither. */
const appeared = new EventType<'APPEARED', { name: string; level: number }>({ type: 'APPEARED' });
const caught = new EventType<'CAUGHT', { by: string }, { trigger: 'ball' | 'net' }>({ type: 'CAUGHT' });
const levelledUp = new EventType<'LEVELLED_UP', never, never>({ type: 'LEVELLED_UP' });

export type PokemonEvent =
  | EventDetail<'APPEARED', { name: string; level: number }, never>
  | EventDetail<'CAUGHT', { by: string }, { trigger: 'ball' | 'net' }>
  | EventDetail<'LEVELLED_UP', never, never>;

/** A union of event types. */
export const pokemons = new EventStore({
  eventStoreId: 'POKEMONS',
  eventTypes: [appeared, caught, levelledUp],
  reducer: (pokemon: PokemonAggregate, { aggregateId, version }: PokemonEvent): PokemonAggregate => ({
    ...pokemon,
    aggregateId,
    version,
  }),
  eventStorageAdapter: singleTable,
});

interface TrainerAggregate {
  aggregateId: string;
  version: number;
  badges: string[];
}

const badgeWon = new EventType<'BADGE_WON', { badge: string }>({ type: 'BADGE_WON' });

export const trainers = new EventStore({
  eventStoreId: 'TRAINERS',
  eventTypes: [badgeWon],
  reducer: (
    trainer: TrainerAggregate,
    { version }: EventDetail<'BADGE_WON', { badge: string }, never>,
  ): TrainerAggregate => ({
    ...trainer,
    version,
  }),
  eventStorageAdapter: tablePerStore,
});

const rung = new EventType<'RUNG', never, never>({ type: 'RUNG' });

/** Nothing but an event without payload and metadata. */
export const bells = new EventStore({
  eventStoreId: 'BELLS',
  eventTypes: [rung],
  reducer: (_: { aggregateId: string; version: number }, event: EventDetail<'RUNG', never, never>) => ({
    aggregateId: event.aggregateId,
    version: event.version,
  }),
  eventStorageAdapter: singleTable,
});

/** What every event of these examples has. */
export const at = { aggregateId: '1', version: 1 };
