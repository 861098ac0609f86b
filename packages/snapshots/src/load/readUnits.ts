import { types } from 'node:util';

import type { EventDetail } from '@castore/core';

import type { TailLength } from '../policies.js';

/** What a strongly consistent read unit reads, in bytes. */
export const READ_UNIT = 4096;

/** The assumed size of an event before one was read, in bytes. */
const FIRST_GUESS = 1024;

/** How much the events of a load count against those before: the mean follows a change within a few loads. */
const WEIGHT = 0.2;

/** DynamoDB's `Limit` is a signed number of 32 bits, and the adapter asks for one event more. */
const MAX_TAIL = 2 ** 31 - 2;

/** About the bytes that DynamoDB counts for a value. Source: "DynamoDB item sizes and formats" in its developer guide. */
const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number' || typeof value === 'bigint') return Math.ceil(String(value).length / 2) + 1;
  if (typeof value !== 'object' || value === null) return 1;
  if (types.isUint8Array(value)) return value.byteLength;
  const members: [string, unknown][] =
    Symbol.iterator in value ? [...(value as Iterable<unknown>)].map(element => ['', element]) : Object.entries(value);
  return members.reduce((size, [name, member]) => size + 1 + Buffer.byteLength(name) + sizeOf(member), 3);
};

export const sizeOfAll = (events: readonly EventDetail[]): number =>
  events.reduce((size, event) => size + sizeOf(event), 0);

/** What reading events costs, in read units; estimated from their content. */
export const estimateReadUnits = (events: readonly EventDetail[]): number => Math.ceil(sizeOfAll(events) / READ_UNIT);

/** How many events to ask for, if a policy names what they may cost: learnt from the events that are loaded. */
export class TailEstimate {
  readonly #tail: TailLength;
  #meanSize = FIRST_GUESS;

  constructor(tail: TailLength) {
    this.#tail = tail;
  }

  get events(): number {
    const events =
      'events' in this.#tail ? this.#tail.events : Math.ceil((this.#tail.readUnits * READ_UNIT) / this.#meanSize) + 1;
    return Math.min(events, MAX_TAIL);
  }

  learn(events: readonly EventDetail[]): void {
    const last = events.at(-1);
    if ('events' in this.#tail || last === undefined) return;
    this.#meanSize += WEIGHT * (sizeOf(last) - this.#meanSize);
  }
}
