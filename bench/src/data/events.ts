import type { EventDetail } from '@castore/core';

export const EVENT_STORE_ID = 'POKEMONS';

/** Bytes of an event's item in DynamoDB, about. */
export type EventSize = 300 | 2000;

/** Text that differs from event to event, and is the same in every run. */
const textOf = (seed: number, length: number): string =>
  (seed * 2_654_435_761)
    .toString(36)
    .repeat(Math.ceil(length / 6))
    .slice(0, length);

const smallPayload = (version: number): object => ({
  name: 'pikachu',
  level: version % 100,
  trainer: { id: textOf(version, 12), badges: 8 },
  moves: ['thunder', 'quick attack'],
  shiny: false,
  note: textOf(version + 1, 60),
});

const largePayload = (version: number): object => ({
  name: 'pikachu',
  lines: Array.from({ length: 14 }, (_, line) => ({
    sku: textOf(version + line, 10),
    quantity: line,
    price: line * 1.25 + 0.5,
    note: textOf(version * line + 1, 60),
    gift: line % 2 === 0,
  })),
});

export const eventOf = (aggregateId: string, version: number, size: EventSize): EventDetail => ({
  aggregateId,
  version,
  type: 'POKEMON_LEVELED_UP',
  timestamp: new Date(Date.UTC(2026, 0, 1) + version * 1000).toISOString(),
  payload: size === 300 ? smallPayload(version) : largePayload(version),
  metadata: { by: textOf(version, 20) },
});
