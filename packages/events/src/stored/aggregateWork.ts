import type { EventStore } from '@castore/core';
import type { StoredEvent, StoredEvents, StoredEventsPage, StoredEventsRange } from '@castore-dynamodb/adapter';
import { backOffMs, pause } from '@castore-dynamodb/commons';

import { AggregateBusyError } from '../errors.js';
import { Meter } from './meter.js';
import { type RemainingCopy, remainingCopies } from './remainingCopies.js';
import { type SnapshotDeletion, snapshotDeletionOf } from './snapshotDeletion.js';
import { type StoredEventsOptions, storedEventsIn } from './storedOptions.js';

/** What was done, and what it cost. */
export interface StoredEventsResult {
  /** Events that were changed or removed; those on which it was done before do not count. */
  readonly events: number;
  /** Snapshots that were deleted. */
  readonly snapshots: number;
  /** Of the requests to the event table. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Where something of the events may still be. */
  readonly copies: readonly RemainingCopy[];
}

const MAX_ATTEMPTS = 10;
const BACK_OFF = { firstDelayMs: 20, maxDelayMs: 250 };

/** What one call does to an event store: its requests, what they cost, and what is to be told in the end. */
export class AggregateWork {
  readonly eventStoreId: string;
  readonly stored: StoredEvents;
  readonly meter: Meter;
  readonly snapshotDeletion: SnapshotDeletion;
  readonly #options: StoredEventsOptions;
  /** Objects that the events referred to. */
  readonly references = new Set<string>();
  events = 0;
  snapshots = 0;

  /** @throws InvalidArgumentError */
  constructor(eventStore: Pick<EventStore, 'eventStoreId' | 'getEventStorageAdapter'>, options: StoredEventsOptions) {
    this.stored = storedEventsIn(eventStore);
    this.eventStoreId = eventStore.eventStoreId;
    this.meter = new Meter(options);
    this.snapshotDeletion = snapshotDeletionOf(eventStore, this.stored.table, options.snapshots, this.meter);
    this.#options = options;
  }

  async read(aggregateId: string, range: StoredEventsRange): Promise<StoredEventsPage> {
    return this.meter.read(async bound => {
      const limit = Math.min(range.limit ?? Number.POSITIVE_INFINITY, bound ?? Number.POSITIVE_INFINITY);
      const page = await this.stored.read(aggregateId, { ...range, ...(Number.isFinite(limit) && { limit }) });
      return { ...page, count: page.events.length };
    });
  }

  async readOne(aggregateId: string, version: number): Promise<StoredEvent | undefined> {
    const { events } = await this.read(aggregateId, { minVersion: version, maxVersion: version });
    return events[0];
  }

  /** All events of an aggregate, the oldest first, page by page. */
  async *pages(aggregateId: string): AsyncGenerator<readonly StoredEvent[], void, undefined> {
    let minVersion = 1;
    for (;;) {
      const { events, hasMore } = await this.read(aggregateId, { minVersion });
      const last = events.at(-1);
      if (last !== undefined) yield events;
      if (!hasMore || last === undefined) return;
      minVersion = last.version + 1;
    }
  }

  async deleteSnapshots(aggregateId: string): Promise<void> {
    // Nobody takes snapshots of what has no id.
    if (aggregateId === '') return;
    // Others count meanwhile: it is read after the wait.
    const count = await this.snapshotDeletion.deleteOf(aggregateId);
    this.snapshots += count;
  }

  /**
   * Does something to what was read, and again if it has changed meanwhile.
   *
   * @throws AggregateBusyError if it changes all the time
   */
  async untilUnchanged(aggregateId: string, attempt: () => Promise<'done' | 'changed' | 'progress'>): Promise<void> {
    for (let failures = 0; ; ) {
      const outcome = await attempt();
      if (outcome === 'done') return;
      failures = outcome === 'changed' ? failures + 1 : 0;
      if (failures >= MAX_ATTEMPTS) throw new AggregateBusyError(this.eventStoreId, aggregateId, failures);
      if (failures > 0) await pause(backOffMs(failures, BACK_OFF));
    }
  }

  remember(references: readonly string[]): void {
    for (const reference of references) this.references.add(reference);
  }

  copies(): RemainingCopy[] {
    return remainingCopies({
      eventStoreId: this.eventStoreId,
      tableName: this.stored.table.tableName,
      options: this.#options,
      references: [...this.references],
      snapshotObjects: this.snapshotDeletion.objects,
      isTold: this.snapshotDeletion.isTold,
    });
  }

  result(): StoredEventsResult {
    const { readUnits, writeUnits } = this.meter;
    return { events: this.events, snapshots: this.snapshots, readUnits, writeUnits, copies: this.copies() };
  }
}
