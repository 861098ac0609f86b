import { HashSum, hashOf } from './canonical.js';
import type { StoredEvent } from './storedEvent.js';

/** An aggregate that is not the same on both sides. */
export interface Difference {
  readonly eventStoreId: string;
  readonly aggregateId: string;
  readonly kind: 'missing' | 'extra' | 'different';
  /** Events that the one side has, and the other. */
  readonly expected: number;
  readonly actual: number;
}

export type Side = 'expected' | 'actual';

interface Aggregate {
  expected: number;
  actual: number;
  /** Of what is expected, less what there is. */
  readonly rest: HashSum;
}

interface StoreTotals {
  readonly eventStoreId: string;
  readonly expected: { events: number; aggregates: number; hash: string };
  readonly actual: { events: number; aggregates: number; hash: string };
}

/**
 * Two sets of events, compared by count and hash for each aggregate and each event store, in whatever order and from whatever
 * layout they come. Holds some 250 bytes for each aggregate.
 */
export class Comparison {
  readonly #eventStores = new Map<string, Map<string, Aggregate>>();
  readonly #sums = new Map<string, Record<Side, HashSum>>();

  add(side: Side, event: StoredEvent): void {
    const { eventStoreId, aggregateId } = event;
    const hash = hashOf(event);
    const aggregates = this.#eventStores.get(eventStoreId) ?? new Map<string, Aggregate>();
    const aggregate = aggregates.get(aggregateId) ?? { expected: 0, actual: 0, rest: new HashSum() };
    aggregate[side] += 1;
    if (side === 'expected') aggregate.rest.add(hash);
    else aggregate.rest.subtract(hash);
    aggregates.set(aggregateId, aggregate);
    this.#eventStores.set(eventStoreId, aggregates);

    const sums = this.#sums.get(eventStoreId) ?? { expected: new HashSum(), actual: new HashSum() };
    sums[side].add(hash);
    this.#sums.set(eventStoreId, sums);
  }

  totals(): StoreTotals[] {
    return [...this.#eventStores].map(([eventStoreId, aggregates]) => {
      const sideOf = (side: Side) => ({
        events: [...aggregates.values()].reduce((sum, aggregate) => sum + aggregate[side], 0),
        aggregates: [...aggregates.values()].filter(aggregate => aggregate[side] > 0).length,
        hash: String(this.#sums.get(eventStoreId)?.[side]),
      });
      return { eventStoreId, expected: sideOf('expected'), actual: sideOf('actual') };
    });
  }

  *differences(): Generator<Difference> {
    for (const [eventStoreId, aggregates] of this.#eventStores) {
      for (const [aggregateId, { expected, actual, rest }] of aggregates) {
        if (expected === actual && rest.isZero) continue;
        const kind = actual === 0 ? 'missing' : expected === 0 ? 'extra' : 'different';
        yield { eventStoreId, aggregateId, kind, expected, actual };
      }
    }
  }
}
