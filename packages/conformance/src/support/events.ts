import { randomUUID } from 'node:crypto';

import type { EventDetail } from '@castore/core';

export const newAggregateId = (): string => `pikachu-${randomUUID()}`;

/** A time of the past, the later the greater `seconds` is. */
export const timestampAt = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

/** An event at `version`, with a timestamp that grows with it. */
export const caught = (aggregateId: string, version = 1, rest: Partial<EventDetail> = {}): EventDetail => ({
  aggregateId,
  version,
  type: 'POKEMON_CAUGHT',
  timestamp: timestampAt(version),
  ...rest,
});

/** An event whose timestamp is left to the adapter. */
export const untimed = (aggregateId: string, version = 1): Omit<EventDetail, 'timestamp'> => ({
  aggregateId,
  version,
  type: 'POKEMON_CAUGHT',
});

/** Versions 1 to `count` of an aggregate. */
export const history = (aggregateId: string, count: number, rest: Partial<EventDetail> = {}): EventDetail[] =>
  Array.from({ length: count }, (_, index) => caught(aggregateId, index + 1, rest));

/** The same elements in an order that is neither theirs nor its reverse. */
export const shuffle = <ELEMENT>(elements: readonly ELEMENT[]): ELEMENT[] => [
  ...elements.filter((_, index) => index % 2 === 1).toReversed(),
  ...elements.filter((_, index) => index % 2 === 0),
];
