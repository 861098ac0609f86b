import type { KeyObject } from 'node:crypto';

/** What is known of a subject's key: itself, or that it was forgotten. */
export type KnownKey = KeyObject | 'forgotten';

/** When something was asked for, by two clocks. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

interface Entry {
  readonly known: KnownKey;
  readonly askedAt: Instant;
}

/** Keeps the keys that were used last, none for longer than it may be used without asking again. */
export class SubjectKeyCache {
  readonly #maxEntries: number;
  readonly #maxAgeMs: number;
  /** The one that was used last comes last. */
  readonly #entries = new Map<string, Entry>();

  constructor(maxEntries: number, maxAgeMs: number) {
    this.#maxEntries = maxEntries;
    this.#maxAgeMs = maxAgeMs;
  }

  /** To be called before the request whose answer is then kept: the age counts from there. */
  now(): Instant {
    return { monotonic: performance.now(), wall: Date.now() };
  }

  get(keyId: string): KnownKey | undefined {
    const entry = this.#entries.get(keyId);
    if (entry === undefined) return undefined;
    this.#entries.delete(keyId);
    if (this.#isTooOld(entry)) return undefined;
    this.#entries.set(keyId, entry);
    return entry.known;
  }

  /** That a subject was forgotten is never taken back, as by an answer that was on its way when it happened. */
  set(keyId: string, known: KnownKey, askedAt: Instant): KnownKey {
    const before = this.#entries.get(keyId);
    const kept = before?.known === 'forgotten' ? 'forgotten' : known;
    this.#entries.delete(keyId);
    this.#entries.set(keyId, { known: kept, askedAt });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest);
    return kept;
  }

  /** By whichever clock says so: one may be set back, the other stands still while a Lambda function is frozen. */
  #isTooOld({ askedAt }: Entry): boolean {
    const { monotonic, wall } = this.now();
    const age = wall - askedAt.wall;
    return monotonic - askedAt.monotonic >= this.#maxAgeMs || age >= this.#maxAgeMs || age < 0;
  }
}
