import type { EventDetail } from '@castore/core';

import { payloadOf, type Shape } from './shapes.js';
import { textOf } from './text.js';

export const EVENT_STORE_ID = 'POKEMONS';

/** Bytes of an event's item in DynamoDB, about; or the kind of data in it. */
export type EventSize = 300 | 2000 | Shape;

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

const payloadFor = (version: number, size: EventSize): object => {
  if (size === 300) return smallPayload(version);
  return size === 2000 ? largePayload(version) : payloadOf(size, version);
};

export const eventOf = (aggregateId: string, version: number, size: EventSize): EventDetail => ({
  aggregateId,
  version,
  type: 'POKEMON_LEVELED_UP',
  timestamp: new Date(Date.UTC(2026, 0, 1) + version * 1000).toISOString(),
  payload: payloadFor(version, size),
  metadata: { by: textOf(version, 20) },
});
