import { setTimeout as sleep } from 'node:timers/promises';

/** A page of 1 MB, strongly consistent. Source: "Capacity unit consumption for Scan" in DynamoDB's developer guide. */
const UNITS_OF_A_PAGE = 256;

/** How time passes; another one in tests. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}

const realClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/**
 * Keeps reading, by however many readers, below a number of read units a second. A request is sent when the time for
 * the ones before it has passed. It asks for no more items than a second allows, estimated from the items read before.
 */
export class ReadUnitLimiter {
  /** When everything that was read will be paid for. */
  #paidAt: number;
  #unitsPerItem = 1;

  constructor(
    readonly unitsPerSecond: number,
    readonly clock: Clock = realClock,
  ) {
    this.#paidAt = clock.now();
  }

  /** Waits for a request's turn; how many items it may ask for, undefined for a whole page. */
  async turn(signal: AbortSignal): Promise<number | undefined> {
    const units = Math.min(this.unitsPerSecond, UNITS_OF_A_PAGE);
    const start = Math.max(this.clock.now(), this.#paidAt);
    this.#paidAt = start + this.#millisecondsOf(units);
    while (this.clock.now() < start) await this.clock.sleep(start - this.clock.now(), signal);
    return units === UNITS_OF_A_PAGE ? undefined : Math.max(1, Math.floor(units / this.#unitsPerItem));
  }

  /** Puts right what the request was taken to cost. */
  spent(readUnits: number, items: number): void {
    const expected = Math.min(this.unitsPerSecond, UNITS_OF_A_PAGE);
    this.#paidAt += this.#millisecondsOf(readUnits - expected);
    if (items > 0) this.#unitsPerItem = readUnits / items;
  }

  #millisecondsOf(units: number): number {
    return (units / this.unitsPerSecond) * 1000;
  }
}
