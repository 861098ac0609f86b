import { HashSum, hashOf } from './canonical.js';
import { PARTS, PartFiles } from './partFiles.js';
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

/** Aggregates in memory, of some 250 bytes each. */
const MAX_HELD = 20_000;

const keyOf = ({ eventStoreId, aggregateId }: StoredEvent): string => JSON.stringify([eventStoreId, aggregateId]);

/**
 * Two sets of events, compared by count and hash for each aggregate and each event store, in whatever order and from whatever
 * layout they come. No two tables are scanned in one order, so an aggregate is summed up until both sides are known. Of more
 * aggregates than fit into memory, what was summed up goes to disk by their ids, and is added up part by part in the end.
 */
export class Comparison {
  readonly #maxHeld: number;
  #held = new Map<string, Aggregate>();
  #files: PartFiles | undefined;
  /** Adds come from several segments at a time, and what is held is written by one of them. */
  #writing: Promise<void> = Promise.resolve();
  readonly #sums = new Map<string, Record<Side, HashSum>>();

  /** @param maxHeld aggregates in memory */
  constructor(maxHeld = MAX_HELD) {
    this.#maxHeld = maxHeld;
  }

  /** Waits while the disk is written to. */
  async add(side: Side, event: StoredEvent): Promise<void> {
    const hash = hashOf(event);
    const aggregate = aggregateIn(this.#held, keyOf(event));
    aggregate[side] += 1;
    if (side === 'expected') aggregate.rest.add(hash);
    else aggregate.rest.subtract(hash);

    const { eventStoreId } = event;
    const sums = this.#sums.get(eventStoreId) ?? { expected: new HashSum(), actual: new HashSum() };
    sums[side].add(hash);
    this.#sums.set(eventStoreId, sums);
    if (this.#held.size >= this.#maxHeld) this.#spill();
    await this.#writing;
  }

  /** Begins to write what is held, and holds nothing any more at once. */
  #spill(): void {
    const held = this.#held;
    this.#held = new Map();
    this.#writing = this.#writing.then(async () => {
      this.#files ??= await PartFiles.create();
      for (const [key, { expected, actual, rest }] of held) {
        await this.#files.add(key, JSON.stringify([key, expected, actual, String(rest)]));
      }
      await this.#files.end();
    });
    // It is thrown by whoever adds.
    this.#writing.catch(() => {});
  }

  async totals(): Promise<StoreTotals[]> {
    const totals = new Map<string, StoreTotals>();
    for await (const [eventStoreId, , aggregate] of this.#aggregates()) {
      const sumOf = (side: Side): string => String(this.#sums.get(eventStoreId)?.[side]);
      const sideOf = (side: Side) => ({ events: 0, aggregates: 0, hash: sumOf(side) });
      const total = totals.get(eventStoreId) ?? {
        eventStoreId,
        expected: sideOf('expected'),
        actual: sideOf('actual'),
      };
      totals.set(eventStoreId, total);
      for (const side of ['expected', 'actual'] as const) {
        total[side].events += aggregate[side];
        total[side].aggregates += Number(aggregate[side] > 0);
      }
    }
    return [...totals.values()];
  }

  async *differences(): AsyncGenerator<Difference, void, undefined> {
    for await (const [eventStoreId, aggregateId, { expected, actual, rest }] of this.#aggregates()) {
      if (expected === actual && rest.isZero) continue;
      const kind = actual === 0 ? 'missing' : expected === 0 ? 'extra' : 'different';
      yield { eventStoreId, aggregateId, kind, expected, actual };
    }
  }

  /** All of them, each once, after the last one was added. */
  async *#aggregates(): AsyncGenerator<readonly [string, string, Aggregate]> {
    if (this.#files !== undefined && this.#held.size > 0) this.#spill();
    await this.#writing;
    if (this.#files === undefined) yield* entriesOf(this.#held);
    else for (let part = 0; part < PARTS; part++) yield* entriesOf(added(await this.#files.read(part)));
  }

  /** Leaves nothing on disk. */
  async remove(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#files?.remove();
  }
}

const aggregateIn = (aggregates: Map<string, Aggregate>, key: string): Aggregate => {
  const aggregate = aggregates.get(key) ?? { expected: 0, actual: 0, rest: new HashSum() };
  aggregates.set(key, aggregate);
  return aggregate;
};

function* entriesOf(aggregates: ReadonlyMap<string, Aggregate>): Generator<readonly [string, string, Aggregate]> {
  for (const [key, aggregate] of aggregates) {
    const [eventStoreId, aggregateId] = JSON.parse(key) as [string, string];
    yield [eventStoreId, aggregateId, aggregate];
  }
}

const added = (lines: readonly string[]): ReadonlyMap<string, Aggregate> => {
  const aggregates = new Map<string, Aggregate>();
  for (const line of lines) {
    const [key, expected, actual, rest] = JSON.parse(line) as [string, number, number, string];
    const aggregate = aggregateIn(aggregates, key);
    aggregate.expected += expected;
    aggregate.actual += actual;
    aggregate.rest.add(rest);
  }
  return aggregates;
};
