import type { CorrelatedEvent, CorrelatedLine, Correlation } from './api.js';

/** About 20 MB of ids. */
const MAX_EVENTS = 50_000;
/** More than these nobody reads on a page. */
const MAX_LINES = 1000;

/** Which events caused which, over all that were read since the explorer started. Payloads are not kept. */
export class SeenEvents {
  readonly #aggregates = new Map<string, Map<number, CorrelatedEvent>>();
  #count = 0;
  #isPartial = false;

  add(event: CorrelatedEvent): void {
    const key = JSON.stringify([event.eventStoreId, event.aggregateId]);
    const events = this.#aggregates.get(key) ?? new Map<number, CorrelatedEvent>();
    // To the end: what was read last is forgotten last.
    this.#aggregates.delete(key);
    this.#aggregates.set(key, events);
    if (!events.has(event.version)) this.#count += 1;
    events.set(event.version, event);
    if (this.#count > MAX_EVENTS) this.#forget();
  }

  /** Those that have the id as their correlation, their cause or their own. */
  correlationOf(id: string): Correlation {
    const all = [...this.#aggregates.values()].flatMap(events => [...events.values()]);
    const related = all.filter(
      ({ correlationId, causationId, eventId }) => correlationId === id || causationId === id || eventId === id,
    );
    return {
      lines: asTree(related).slice(0, MAX_LINES),
      matching: related.length,
      aggregatesRead: this.#aggregates.size,
      eventsRead: this.#count,
      isPartial: this.#isPartial,
    };
  }

  #forget(): void {
    this.#isPartial = true;
    const [[key, events] = []] = this.#aggregates;
    if (key === undefined || events === undefined) return;
    if (this.#aggregates.size > 1) {
      this.#aggregates.delete(key);
      this.#count -= events.size;
      return;
    }
    const [version] = events.keys();
    events.delete(version as number);
    this.#count -= 1;
  }
}

/** Roots by time, each followed by what it caused. Without recursion: a chain of causes may be as long as it likes. */
const asTree = (events: readonly CorrelatedEvent[]): CorrelatedLine[] => {
  const byTime = events.toSorted(
    (left, right) => compare(left.timestamp, right.timestamp) || left.version - right.version,
  );
  const ids = new Set(events.map(({ eventId }) => eventId).filter(id => id !== undefined));
  const causedBy = new Map<string | undefined, CorrelatedEvent[]>();
  for (const event of byTime) {
    const { causationId, eventId } = event;
    const cause =
      causationId !== undefined && causationId !== eventId && ids.has(causationId) ? causationId : undefined;
    const siblings = causedBy.get(cause) ?? [];
    siblings.push(event);
    causedBy.set(cause, siblings);
  }
  const lines: CorrelatedLine[] = [];
  const placed = new Set<CorrelatedEvent>();
  const place = (root: CorrelatedEvent): void => {
    const waiting: CorrelatedLine[] = [{ depth: 0, event: root }];
    for (let line = waiting.pop(); line !== undefined; line = waiting.pop()) {
      const { depth, event } = line;
      if (placed.has(event)) continue;
      placed.add(event);
      lines.push(line);
      const caused = event.eventId === undefined ? [] : (causedBy.get(event.eventId) ?? []);
      waiting.push(...caused.map(each => ({ depth: depth + 1, event: each })).toReversed());
    }
  };
  (causedBy.get(undefined) ?? []).forEach(place);
  // Events that caused one another in a circle hang from no root.
  byTime.forEach(place);
  return lines;
};

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
