import { TIMEOUTS } from './timeouts.js';

/** Notices work that a user's handler holds up and that cannot be ended. */
export class StuckWork {
  /** When each piece of work that is under way last got on. */
  readonly #gotOnAt = new Map<object, number>();

  /** Work that says whenever it gets on. */
  async watch<RESULT>(work: (getOn: () => void) => Promise<RESULT>): Promise<RESULT> {
    const key = {};
    const getOn = (): void => void this.#gotOnAt.set(key, performance.now());
    getOn();
    try {
      return await work(getOn);
    } finally {
      this.#gotOnAt.delete(key);
    }
  }

  /** Whether some work has not got on for too long. */
  get isStuck(): boolean {
    const now = performance.now();
    return [...this.#gotOnAt.values()].some(gotOnAt => now - gotOnAt > TIMEOUTS.handler);
  }
}
