import { isAfter } from '../protocol/position.js';

/** An event that was read, as subscribers get it. */
export interface LogEntry {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly type: string;
  /** `"eventStoreId":…,"event":…`: JSON, made once for all subscribers. */
  readonly json: string;
  /** The shard and the sequence number of its record. */
  readonly shard: string;
  readonly sequenceNumber: string;
  /** Where a subscriber is who has got it. */
  readonly position: string;
}

/** In bytes. An object, so that tests can fill a small one. */
export const LOG_LIMITS = { maxSize: 32 * 1024 * 1024 };

/** What an entry takes besides its texts. */
const ENTRY_SIZE = 300;

/**
 * The last events of a feed, in the order in which they were read. A subscriber is an index into it; the oldest entries go
 * when there are too many, whether all subscribers have them or not.
 */
export class EventLog {
  #entries: (LogEntry | undefined)[] = [];
  /** How many of the array's first elements are gone. */
  #gone = 0;
  /** The index of the array's first element. */
  #offset = 0;
  #size = 0;
  readonly #evicted = new Map<string, string>();

  /** The index of the oldest entry. */
  get start(): number {
    return this.#offset + this.#gone;
  }

  /** The index of the next entry. */
  get end(): number {
    return this.#offset + this.#entries.length;
  }

  get(index: number): LogEntry {
    return this.#entries[index - this.#offset] as LogEntry;
  }

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#size += sizeOf(entry);
    while (this.#size > LOG_LIMITS.maxSize && this.start < this.end - 1) this.#evict();
  }

  /** Of each shard, the last sequence number that is gone from the log. */
  get evicted(): ReadonlyMap<string, string> {
    return this.#evicted;
  }

  forgetEvicted(shard: string): void {
    this.#evicted.delete(shard);
  }

  #evict(): void {
    const entry = this.#entries[this.#gone] as LogEntry;
    this.#entries[this.#gone++] = undefined;
    this.#size -= sizeOf(entry);
    if (isAfter(entry.sequenceNumber, this.#evicted.get(entry.shard))) {
      this.#evicted.set(entry.shard, entry.sequenceNumber);
    }
    if (this.#gone < 1_000 || this.#gone < this.#entries.length / 2) return;
    this.#entries = this.#entries.slice(this.#gone);
    this.#offset += this.#gone;
    this.#gone = 0;
  }
}

const sizeOf = ({ json, position }: LogEntry): number => 2 * (json.length + position.length) + ENTRY_SIZE;
