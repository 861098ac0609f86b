import type { EventDetail } from '@castore/core';

/** Both inclusive. */
export interface VersionRange {
  readonly first: number;
  readonly last: number;
}

/** What a feed has shown of an aggregate. */
interface Shown {
  /** The highest version. */
  last: number;
  /** Versions that were read from the event store, and whose records are still to come. */
  ahead: Set<number>;
}

/** Aggregates that are remembered, those that were written last: about 200 bytes each. */
const MAX_AGGREGATES = 100_000;

/**
 * Keeps the versions of each aggregate in order: it notices an event that came before an earlier one. Of an aggregate that
 * it has not seen yet, it cannot know what is missing; of one that was deleted and begun anew, everything is shown.
 */
export class VersionGate {
  readonly #shown = new Map<string, Shown>();

  /** For the events of a page, which are remembered as a whole or not at all. */
  begin(): GatePage {
    return new GatePage(this.#shown);
  }
}

class GatePage {
  readonly #shown: Map<string, Shown>;
  readonly #draft = new Map<string, Shown>();

  constructor(shown: Map<string, Shown>) {
    this.#shown = shown;
  }

  /** Whether an event is to be shown, and what is missing before it. */
  arrive(
    eventStoreId: string,
    { aggregateId, version }: EventDetail,
  ): { isShown: boolean; missing: VersionRange | undefined } {
    const key = keyOf(eventStoreId, aggregateId);
    const shown = this.#get(key);
    if (shown === undefined) {
      this.#draft.set(key, { last: version, ahead: new Set() });
      return { isShown: true, missing: undefined };
    }
    const { last } = shown;
    const isShown = !shown.ahead.delete(version);
    shown.last = Math.max(last, version);
    return { isShown, missing: version > last + 1 ? { first: last + 1, last: version - 1 } : undefined };
  }

  /** Events that are shown ahead of their records. */
  showAhead(eventStoreId: string, aggregateId: string, events: readonly EventDetail[]): void {
    const ahead = this.#get(keyOf(eventStoreId, aggregateId))?.ahead;
    for (const { version } of events) ahead?.add(version);
  }

  commit(): void {
    for (const [key, shown] of this.#draft) {
      this.#shown.delete(key);
      this.#shown.set(key, shown);
    }
    for (const key of this.#shown.keys()) {
      if (this.#shown.size <= MAX_AGGREGATES) break;
      this.#shown.delete(key);
    }
  }

  #get(key: string): Shown | undefined {
    const draft = this.#draft.get(key);
    const kept = this.#shown.get(key);
    if (draft !== undefined || kept === undefined) return draft;
    const copy = { last: kept.last, ahead: new Set(kept.ahead) };
    this.#draft.set(key, copy);
    return copy;
  }
}

const keyOf = (eventStoreId: string, aggregateId: string): string => `${eventStoreId}\0${aggregateId}`;
