/** Between attempts, in milliseconds: at random up to a ceiling that doubles each time. */
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 15_000;

/** In milliseconds. A connection that was there for so long was a good one, and the next attempt is a first one again. */
const STEADY_MS = 10_000;

/** How long to wait between connections. One that is taken and dropped at once counts as a failure, too. */
export class BackOff {
  #failures = 0;
  #liveSince = Number.POSITIVE_INFINITY;

  /** In a row. */
  get failures(): number {
    return this.#failures;
  }

  live(): void {
    this.#liveSince = performance.now();
  }

  /** Something new came: whatever happens, the subscription gets on. */
  progress(): void {
    this.#failures = 0;
  }

  /** After a failure: how long to wait, in milliseconds. */
  next(): number {
    if (performance.now() - this.#liveSince >= STEADY_MS) this.#failures = 0;
    this.#liveSince = Number.POSITIVE_INFINITY;
    return Math.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++);
  }
}
