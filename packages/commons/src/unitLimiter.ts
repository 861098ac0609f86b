import { setTimeout as sleep } from 'node:timers/promises';

/** A page of 1 MB, strongly consistent. Source: "Capacity unit consumption for Scan" in DynamoDB's developer guide. */
const UNITS_OF_A_PAGE = 256;

/** How time passes; another one in tests. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<unknown>;
}

const realClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/**
 * Keeps requests, whoever sends them, below a number of capacity units a second. A request is sent when the time for the
 * ones before it has passed.
 */
export class UnitLimiter {
  /** When everything that was sent will be paid for. */
  #paidAt: number;

  constructor(
    readonly unitsPerSecond: number,
    readonly clock: Clock = realClock,
  ) {
    this.#paidAt = clock.now();
  }

  /** Waits for the turn of a request that is expected to cost so many units. */
  async turn(expected: number, signal?: AbortSignal): Promise<void> {
    const start = Math.max(this.clock.now(), this.#paidAt);
    this.#paidAt = start + this.#millisecondsOf(expected);
    while (this.clock.now() < start) await this.clock.sleep(start - this.clock.now(), signal);
  }

  /** Puts right what a request was expected to cost. */
  spent(units: number, expected: number): void {
    this.#paidAt += this.#millisecondsOf(units - expected);
  }

  #millisecondsOf(units: number): number {
    return (units / this.unitsPerSecond) * 1000;
  }
}

/**
 * The same for pages of items: it asks for no more of them than a second allows, estimated from those read before. A page is
 * expected to be a full one, or what the caller knows better.
 */
export class ReadUnitLimiter {
  readonly #limiter: UnitLimiter;
  readonly #most: number;
  #unitsPerItem = 1;

  constructor(unitsPerSecond: number, clock?: Clock) {
    this.#limiter = new UnitLimiter(unitsPerSecond, clock);
    this.#most = Math.min(unitsPerSecond, UNITS_OF_A_PAGE);
  }

  /** Waits for a request's turn; how many items it may ask for, undefined for a whole page. */
  async turn(signal?: AbortSignal, expected = this.#most): Promise<number | undefined> {
    await this.#limiter.turn(expected, signal);
    return this.#most === UNITS_OF_A_PAGE ? undefined : Math.max(1, Math.floor(this.#most / this.#unitsPerItem));
  }

  /** Puts right what the request was taken to cost. */
  spent(readUnits: number, items: number, expected = this.#most): void {
    this.#limiter.spent(readUnits, expected);
    if (items > 0) this.#unitsPerItem = readUnits / items;
  }
}
