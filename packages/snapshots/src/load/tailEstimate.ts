import { serialize } from 'node:v8';

import type { EventDetail } from '@castore/core';

import type { TailLength } from '../policies/policy.js';

/** What a strongly consistent read unit reads, in bytes. */
const READ_UNIT = 4096;

/** What an event is taken for before one was seen, in bytes. */
const FIRST_GUESS = 1024;

/** How much the events of a load count against those before: the mean follows a change within a few loads. */
const WEIGHT = 0.2;

/** About what the events weigh as items: v8 spends on names, numbers and structure nearly what DynamoDB does. */
const sizeOf = (events: readonly EventDetail[]): number =>
  events.reduce((sum, event) => sum + serialize(event).byteLength, 0);

export const estimateReadUnits = (events: readonly EventDetail[]): number => Math.ceil(sizeOf(events) / READ_UNIT);

/** How many events to ask for, where a policy names what they may cost: learnt from the events that are loaded. */
export class TailEstimate {
  readonly #tail: TailLength;
  #meanSize = FIRST_GUESS;

  constructor(tail: TailLength) {
    this.#tail = tail;
  }

  get events(): number {
    if ('events' in this.#tail) return this.#tail.events;
    return Math.ceil((this.#tail.readUnits * READ_UNIT) / this.#meanSize) + 1;
  }

  learn(events: readonly EventDetail[]): void {
    const last = events.at(-1);
    if ('events' in this.#tail || last === undefined) return;
    this.#meanSize += WEIGHT * (sizeOf([last]) - this.#meanSize);
  }
}
