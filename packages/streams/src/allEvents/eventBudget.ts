const MAX_PAGE_SIZE = 100;

/** A page takes this part of what is left, so that many aggregates share it. */
const SHARE = 16;

/** How many events may be in memory at a time. Beyond that, each aggregate still gets one. */
export class EventBudget {
  #left: number;

  constructor(events: number) {
    this.#left = events;
  }

  /** How many events to ask for now. */
  take(): number {
    const count = Math.max(1, Math.min(MAX_PAGE_SIZE, Math.floor(this.#left / SHARE)));
    this.#left -= count;
    return count;
  }

  /** Events that are in memory no more, or never were. */
  giveBack(count: number): void {
    this.#left += count;
  }
}
