/** The state of an aggregate as text, and what shows whether it is still one of that aggregate's states. */
export interface CachedState {
  /** Where the events lie that it was made of, and by what: another table's, or another reducer's, is not used. */
  readonly origin: string;
  /** Version of the last event that is in it. */
  readonly version: number;
  /** Fingerprint of that event. */
  readonly lastEvent: string;
  /** When it was made, ISO 8601. */
  readonly takenAt: string;
  readonly text: string;
  /** Whose data is in it, if its events are encrypted. */
  readonly subjects?: readonly string[] | undefined;
}

/** What a state takes in memory beside its text, in bytes: the entry, the fingerprint, the two short texts. */
const OVERHEAD = 400;

/** A text of one byte a character has two as soon as one of them needs it. */
const WIDE = /[^\0-\xff]/;

const bytesOfText = (text: string): number => text.length * (WIDE.test(text) ? 2 : 1);

/** What a state takes in memory, in bytes. */
export const sizeOf = (aggregateId: string, { text }: CachedState): number =>
  bytesOfText(text) + bytesOfText(aggregateId) + OVERHEAD;

/**
 * States by aggregate, as many as fit into so many bytes; those that were not used for the longest time go first.
 *
 * They are texts, and every load makes an aggregate of its own from one. So neither a caller nor a reducer that changes
 * its aggregate in place changes what the next load gets. Frozen aggregates would be faster to hand out, but a Date, a Map
 * and a Uint8Array cannot be frozen, and such a reducer would throw, which it does not in a replay. Text can also be
 * counted.
 *
 * A Map keeps the order in which its keys were set, which is all that it takes; lru-cache has 60 KB of other features.
 */
export class StateCache {
  readonly maxBytes: number;
  readonly #states = new Map<string, CachedState>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** What is known of the aggregate. What was kept under another origin is not seen. */
  get(aggregateId: string, origin: string): CachedState | undefined {
    const state = this.#states.get(aggregateId);
    if (state === undefined) return undefined;
    this.#states.delete(aggregateId);
    this.#states.set(aggregateId, state);
    return state.origin === origin ? state : undefined;
  }

  /** Drops the state of an aggregate whose events have changed from a version on. */
  forget(aggregateId: string, version = 0): void {
    if ((this.#states.get(aggregateId)?.version ?? 0) >= version) this.drop(aggregateId);
  }

  /** Drops a state that turned out to be of no use. */
  drop(aggregateId: string): void {
    const state = this.#states.get(aggregateId);
    if (state === undefined) return;
    this.#states.delete(aggregateId);
    this.#bytes -= sizeOf(aggregateId, state);
  }

  keep(aggregateId: string, state: CachedState): void {
    const present = this.#states.get(aggregateId);
    // Of two loads at the same time, the one that read less may end last.
    if (present !== undefined && present.origin === state.origin && present.version > state.version) return;
    this.drop(aggregateId);
    this.#states.set(aggregateId, state);
    this.#bytes += sizeOf(aggregateId, state);
    for (const oldest of this.#states.keys()) {
      if (this.#bytes <= this.maxBytes) return;
      this.drop(oldest);
    }
  }
}
